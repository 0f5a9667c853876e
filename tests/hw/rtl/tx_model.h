// SPDX-License-Identifier: Apache-2.0
// What the chip has to make of a packet, from FS 9.1 and 9.2 and nothing of the RTL: byte by byte, whole packets at
// once. Called by tests/hw/rtl/tx_*_test.cpp.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/hw/rtl/tx_setup.h"

namespace ringside::rtl_test {

/// Bytes 0..15 of a context descriptor (FS 9.1).
struct tx_context {
  std::uint8_t ipcss = 0, ipcso = 0, tucss = 0, tucso = 0;
  std::uint16_t ipcse = 0, tucse = 0;
  std::uint32_t paylen = 0;
  std::uint8_t hdrlen = 0;
  std::uint16_t mss = 0;
  bool tse = false, tcp = false, ip = false;

  std::uint64_t low() const {
    return std::uint64_t{ipcss} | std::uint64_t{ipcso} << 8 | std::uint64_t{ipcse} << 16 | std::uint64_t{tucss} << 32 |
           std::uint64_t{tucso} << 40 | std::uint64_t{tucse} << 48;
  }
  std::uint64_t high() const {
    return paylen | (tcp ? txd::TCP : 0) | (ip ? txd::IP : 0) | (tse ? txd::TSE : 0) | txd::DEXT |
           std::uint64_t{hdrlen} << 40 | std::uint64_t{mss} << 48;
  }
};

/// What goes with the bytes of a packet.
struct tx_options {
  bool ixsm = false, txsm = false;  // POPTS
  bool vlan = false;                // VLE with CTRL.VME
  std::uint16_t vet = 0x8100, tci = 0;
  bool legacy_sum = false;  // IC
  std::uint8_t cso = 0, css = 0;
  bool ifcs = true, psp = true;
};

namespace tx_model_parts {

inline std::uint32_t sum_of(const bytes& frame, std::size_t from, std::size_t upto) {
  std::uint32_t sum = 0;
  for (std::size_t i = from; i <= upto && i < frame.size(); ++i)
    sum += (i - from) % 2 == 0 ? std::uint32_t{frame[i]} << 8 : frame[i];
  return sum;
}
inline std::uint16_t folded(std::uint32_t sum) {
  while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
  return static_cast<std::uint16_t>(sum);
}
inline void put16(bytes& frame, std::size_t at, std::uint32_t value) {
  frame.at(at) = static_cast<std::uint8_t>(value >> 8);
  frame.at(at + 1) = static_cast<std::uint8_t>(value);
}
inline std::uint32_t get16(const bytes& frame, std::size_t at) {
  return std::uint32_t{frame.at(at)} << 8 | frame.at(at + 1);
}

}  // namespace tx_model_parts

/// One frame with its options, as it stands on the wire; `l4_length` joins the sum of TXSM (T-33).
inline bytes frame_on_wire(const bytes& before, const tx_options& o, const tx_context& c, std::uint32_t l4_length = 0) {
  using namespace tx_model_parts;
  bytes frame = before;
  const auto insert = [&](bool on, std::size_t from, std::size_t last, std::size_t at, std::uint32_t seed,
                          bool never_zero) {
    if (!on || from >= before.size() || (last != 0 && from > last) || at + 1 >= before.size()) return;
    const std::size_t end = last == 0 ? before.size() - 1 : last;
    auto value = static_cast<std::uint16_t>(~folded(sum_of(before, from, end) + seed));
    if (never_zero && value == 0) value = 0xFFFF;
    put16(frame, at, value);
  };
  insert(o.ixsm, c.ipcss, c.ipcse, c.ipcso, 0, false);
  insert(o.legacy_sum && !(o.ixsm && o.txsm), o.css, 0, o.cso, 0, false);
  insert(o.txsm, c.tucss, c.tucse, c.tucso, l4_length, true);
  const bool tagged = o.vlan && frame.size() >= 12;
  if (tagged) {
    const bytes tag = {static_cast<std::uint8_t>(o.vet >> 8), static_cast<std::uint8_t>(o.vet),
                       static_cast<std::uint8_t>(o.tci >> 8), static_cast<std::uint8_t>(o.tci)};
    frame.insert(frame.begin() + 12, tag.begin(), tag.end());
  }
  if (!o.ifcs && !tagged) return frame;
  if (o.psp && frame.size() < 60) frame.resize(60, 0);
  return with_fcs(frame);
}

/// The frames of a TSO packet (T-30 to T-34).
inline std::vector<bytes> segments_on_wire(const bytes& packet, const tx_options& o, const tx_context& c) {
  using namespace tx_model_parts;
  std::vector<bytes> out;
  const std::size_t header = c.hdrlen;
  const bool unusable = c.mss == 0 || c.paylen == 0 || header == 0 || header > 240 || header + c.mss > 16288 ||
                        ((c.ip || c.tcp) && c.ipcss + 6U > header) || (c.tcp && c.tucss + 14U > header) ||
                        (!c.tcp && c.ip && c.tucss + 6U > header);
  if (unusable) return out;
  for (std::uint32_t number = 0, done = 0; done < c.paylen; ++number) {
    const std::uint32_t size = std::min<std::uint32_t>(c.mss, c.paylen - done);
    if (header + done + size > packet.size()) break;  // EOP came before the segment was whole
    const bool last = done + size == c.paylen;
    bytes frame(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(header));
    frame.insert(frame.end(), packet.begin() + static_cast<std::ptrdiff_t>(header + done),
                 packet.begin() + static_cast<std::ptrdiff_t>(header + done + size));
    const auto length = static_cast<std::uint32_t>(frame.size());
    if (c.ip) {
      put16(frame, c.ipcss + 2U, length - c.ipcss);
      put16(frame, c.ipcss + 4U, get16(packet, c.ipcss + 4U) + number);
    } else if (c.tcp) {
      put16(frame, c.ipcss + 4U, length - c.ipcss - 40);
    }
    if (c.tcp) {
      const std::uint32_t sequence = (get16(packet, c.tucss + 4U) << 16 | get16(packet, c.tucss + 6U)) + number * c.mss;
      put16(frame, c.tucss + 4U, sequence >> 16);
      put16(frame, c.tucss + 6U, sequence);
      if (!last) frame.at(c.tucss + 13U) &= 0xF6;
    } else if (c.ip) {
      put16(frame, c.tucss + 4U, length - c.tucss);
    }
    out.push_back(frame_on_wire(frame, o, c, c.ip || c.tcp ? length - c.tucss : 0));
    done += size;
  }
  return out;
}

}  // namespace ringside::rtl_test

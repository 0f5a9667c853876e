// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/model/frame_filter.h"

#include <zlib.h>

#include <algorithm>

#include "common/ethernet.h"

namespace ringside::tlm::model {
namespace {

// The chip's own limits: from the sheet here, again in the checker, each by itself.
constexpr std::size_t max_short = 1522;    // LPE = 0, FS 6.8
constexpr std::size_t max_long = 16384;    // LPE = 1
constexpr std::uint16_t pause_opcode = 1;  // IEEE 802.3 annex 31B

// IEEE 802.3 3.2.9: the FCS is the CRC-32 of what precedes it, least significant byte of zlib's value first.
bool fcs_is_good(std::span<const std::uint8_t> bytes) {
  if (bytes.size() <= ethernet::fcs_bytes) return false;
  const std::size_t n = bytes.size() - ethernet::fcs_bytes;
  const uLong crc = crc32(0L, bytes.data(), static_cast<uInt>(n));
  for (unsigned i = 0; i < ethernet::fcs_bytes; ++i)
    if (bytes[n + i] != static_cast<std::uint8_t>(crc >> (8 * i))) return false;
  return true;
}

bool is_broadcast(std::span<const std::uint8_t> bytes) {
  return std::all_of(bytes.begin(), bytes.begin() + ethernet::address_bytes, [](std::uint8_t b) { return b == 0xFF; });
}
bool is_group(std::span<const std::uint8_t> bytes) {
  return (bytes[0] & 1) != 0;
}

// RAL holds bytes 0 to 3, byte 0 lowest; RAH bytes 4 and 5.
bool equals(std::span<const std::uint8_t> bytes, std::uint32_t low, std::uint32_t high) {
  const std::uint32_t da_low = bytes[0] | static_cast<std::uint32_t>(bytes[1]) << 8 |
                               static_cast<std::uint32_t>(bytes[2]) << 16 | static_cast<std::uint32_t>(bytes[3]) << 24;
  const std::uint32_t da_high = bytes[4] | static_cast<std::uint32_t>(bytes[5]) << 8;
  return da_low == low && da_high == (high & rah::ADDR);
}

// Why a bad frame is thrown away (FS 6.8): its length decides first; RX_ER before an FCS that it may well have spoiled.
drop_reason fault_of(std::size_t length, const verdict& v) {
  if (length < ethernet::least_frame) return v.fcs_good ? drop_reason::undersize : drop_reason::fragment;
  if (v.too_long) return v.fcs_good ? drop_reason::oversize : drop_reason::jabber;
  return v.rx_error ? drop_reason::rx_error : drop_reason::crc_error;
}

}  // namespace

verdict frame_filter::judge(std::span<const std::uint8_t> bytes, bool rx_error) const {
  verdict v;
  v.rx_error = rx_error;
  v.fcs_good = fcs_is_good(bytes);
  v.too_long = bytes.size() > (regs_.has(reg::RCTL, rctl::LPE) ? max_long : max_short);
  v.good = v.fcs_good && !rx_error && !v.too_long && bytes.size() >= ethernet::least_frame;

  const address_match match = match_address(bytes);
  const bool vlan = vlan_passes(bytes);
  v.inexact = match.inexact;
  v.passed_filter = match.accepted && vlan;
  v.keep = v.passed_filter;
  if (!vlan) v.reason = drop_reason::vlan_filter;
  if (!match.accepted) v.reason = drop_reason::address_filter;
  judge_flow_control(bytes, v);
  if (v.keep && !v.good && !regs_.has(reg::RCTL, rctl::SBP)) {
    v.keep = false;
    v.reason = fault_of(bytes.size(), v);
  }
  return v;
}

bool frame_filter::tagged(std::span<const std::uint8_t> bytes) const {
  return bytes.size() >= ethernet::header_bytes + ethernet::tag_bytes &&
         big_endian_16(bytes, ethernet::type_offset) == regs_.get(reg::VET);
}

// FS 6.7 step 3, R-80, R-81.
frame_filter::address_match frame_filter::match_address(std::span<const std::uint8_t> bytes) const {
  if (bytes.size() < ethernet::address_bytes) return {};
  const bool broadcast = is_broadcast(bytes);
  const bool multicast = is_group(bytes) && !broadcast;
  const bool plain = exact(bytes) || (broadcast && regs_.has(reg::RCTL, rctl::BAM)) ||
                     (multicast && regs_.has(reg::RCTL, rctl::MPE)) ||
                     (!is_group(bytes) && regs_.has(reg::RCTL, rctl::UPE));
  if (plain) return {true, false};
  if (is_group(bytes) && hashed(bytes)) return {true, true};
  return {};
}

bool frame_filter::entry_equals(std::uint32_t entry, std::span<const std::uint8_t> bytes) const {
  return equals(bytes, regs_.get(reg::RAL + entry * reg::RAL_STRIDE), regs_.get(reg::RAH + entry * reg::RAH_STRIDE));
}

bool frame_filter::exact(std::span<const std::uint8_t> bytes) const {
  for (std::uint32_t i = 0; i < reg::RAH_COUNT; ++i) {
    // An entry with another address select than "destination" never matches (FS 6.7).
    const std::uint32_t control = regs_.get(reg::RAH + i * reg::RAH_STRIDE) & (rah::AV | rah::ASEL);
    if (control == rah::AV && entry_equals(i, bytes)) return true;
  }
  return false;
}

bool frame_filter::hashed(std::span<const std::uint8_t> bytes) const {
  constexpr unsigned shift_of[] = {4, 3, 2, 0};  // FS 6.7, by MO
  const unsigned offset = (regs_.get(reg::RCTL) & rctl::MO) >> rctl::MO_SHIFT;
  const std::uint32_t upper = bytes[4] | static_cast<std::uint32_t>(bytes[5]) << 8;
  const std::uint32_t hash = upper >> shift_of[offset] & 0xFFF;
  return (regs_.get(reg::MTA + (hash >> 5) * reg::MTA_STRIDE) >> (hash & 0x1F) & 1) != 0;
}

// FS 6.7 step 4: on top of the address filter, promiscuous or not.
bool frame_filter::vlan_passes(std::span<const std::uint8_t> bytes) const {
  if (!regs_.has(reg::RCTL, rctl::VFE) || !tagged(bytes)) return true;
  const std::uint16_t tag = big_endian_16(bytes, ethernet::type_offset + 2);
  const std::uint32_t vid = tag & 0xFFFU;
  const bool cfi = (tag & 0x1000U) != 0;
  if ((regs_.get(reg::VFTA + (vid >> 5) * reg::VFTA_STRIDE) >> (vid & 0x1F) & 1) == 0) return false;
  return !regs_.has(reg::RCTL, rctl::CFIEN) || cfi == regs_.has(reg::RCTL, rctl::CFI);
}

// F-1, F-5: addressed to the flow control address or to RA0, and of the flow control type.
bool frame_filter::for_flow_control(std::span<const std::uint8_t> bytes) const {
  if (bytes.size() < ethernet::least_frame || big_endian_16(bytes, ethernet::type_offset) != regs_.get(reg::FCT))
    return false;
  return equals(bytes, regs_.get(reg::FCAL), regs_.get(reg::FCAH)) || entry_equals(0, bytes);
}

void frame_filter::judge_flow_control(std::span<const std::uint8_t> bytes, verdict& v) const {
  if (!v.good || !for_flow_control(bytes)) return;
  v.pause = big_endian_16(bytes, ethernet::header_bytes) == pause_opcode;
  v.unsupported_control = !v.pause;
  if (v.pause) v.pause_time = big_endian_16(bytes, ethernet::header_bytes + 2);
  if (!regs_.has(reg::CTRL, ctrl::RFCE)) return;  // F-3: ordinary frames
  if (v.pause) {
    v.pause_obeyed = true;
    if (!regs_.has(reg::RCTL, rctl::DPF)) return;  // F-4: the ordinary filter decides
    v.keep = false;
    v.reason = drop_reason::mac_control;
  } else if (regs_.has(reg::RCTL, rctl::PMCF)) {  // F-5: no other filter needed
    if (!v.passed_filter) v.inexact = true;       // let in by PMCF alone
    v.keep = true;
    v.passed_filter = true;
    v.reason = drop_reason::none;
  } else {
    v.keep = false;
    v.reason = drop_reason::mac_control;
  }
}

}  // namespace ringside::tlm::model

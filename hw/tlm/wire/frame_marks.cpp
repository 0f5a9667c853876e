// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/wire/frame_marks.h"

#include <libdeflate.h>

#include <algorithm>

#include "common/event.h"

namespace ringside::tlm {
namespace {

// By destination and type (IEEE 802.3 3.2.3, 31.4.1.3): what the card's counters tell apart.
std::uint64_t kind_of(std::span<const std::uint8_t> bytes) {
  constexpr std::size_t address_bytes = 6, type_at = 12;
  if (bytes.size() < address_bytes) return 0;
  std::uint64_t marks = 0;
  if (std::all_of(bytes.begin(), bytes.begin() + address_bytes, [](std::uint8_t b) { return b == 0xFF; }))
    marks = wire_mark::broadcast;
  else if ((bytes[0] & 1U) != 0)
    marks = wire_mark::multicast;
  if (bytes.size() > type_at + 1 && bytes[type_at] == 0x88 && bytes[type_at + 1] == 0x08)
    marks |= wire_mark::mac_control;
  return marks;
}

}  // namespace

// Least significant byte of the usual value first.
std::array<std::uint8_t, ethernet::fcs_bytes> fcs_of(std::span<const std::uint8_t> covered) {
  const std::uint32_t crc = libdeflate_crc32(0, covered.data(), covered.size());
  std::array<std::uint8_t, ethernet::fcs_bytes> fcs;
  for (unsigned i = 0; i < ethernet::fcs_bytes; ++i) fcs[i] = static_cast<std::uint8_t>(crc >> (8 * i));
  return fcs;
}

bool fcs_is_right(std::span<const std::uint8_t> frame) {
  if (frame.size() < ethernet::fcs_bytes) return false;
  const auto fcs = fcs_of(frame.first(frame.size() - ethernet::fcs_bytes));
  return std::equal(fcs.begin(), fcs.end(), frame.end() - ethernet::fcs_bytes);
}

std::uint64_t marks_of(std::span<const std::uint8_t> frame, std::uint32_t longest) {
  return marks_of(frame, longest, fcs_is_right(frame));
}

std::uint64_t marks_of(std::span<const std::uint8_t> frame, std::uint32_t longest, bool fcs_right) {
  std::uint64_t marks = kind_of(frame);
  if (!fcs_right) marks |= wire_mark::bad_fcs;
  if (frame.size() < ethernet::least_frame) marks |= wire_mark::runt;
  if (frame.size() > longest) marks |= wire_mark::oversize;
  return marks;
}

}  // namespace ringside::tlm

// SPDX-License-Identifier: Apache-2.0
// Builds frames as they stand on the wire, for the benches of the receive front: the FCS comes from zlib, an
// implementation of IEEE 802.3's CRC-32 that shares nothing with the RTL.  Called by tests/hw/rtl/rx_*_test.cpp.
#pragma once

#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace ringside::rtl_test {

using bytes = std::vector<std::uint8_t>;

inline std::uint32_t fcs_of(const bytes& data) {
  return static_cast<std::uint32_t>(crc32(0, data.data(), static_cast<uInt>(data.size())));
}

// The FCS goes out least significant byte first.
inline bytes with_fcs(bytes data) {
  const std::uint32_t fcs = fcs_of(data);
  for (unsigned shift = 0; shift < 32; shift += 8) data.push_back(static_cast<std::uint8_t>(fcs >> shift));
  return data;
}

// Destination, source, then filler that depends on the seed.  `length` is DA..CRC; under four bytes it is noise.
inline bytes make_frame(const bytes& da, std::size_t length, std::uint32_t seed = 1) {
  std::minstd_rand random(seed + 1);
  if (length < 4) return bytes(length, 0x5A);
  bytes data = da;
  const bytes sa = {0x02, 0x00, 0x00, 0xAA, 0xBB, 0xCC, 0x88, 0xB5};  // EtherType: local experimental 1
  data.insert(data.end(), sa.begin(), sa.end());
  while (data.size() < length - 4) data.push_back(static_cast<std::uint8_t>(random() >> 8));
  data.resize(length - 4);
  return with_fcs(data);
}

// Puts an 802.1Q tag behind the addresses and computes the FCS anew.
inline bytes with_tag(bytes frame, std::uint16_t type, std::uint16_t tci) {
  frame.resize(frame.size() - 4);
  const bytes tag = {static_cast<std::uint8_t>(type >> 8), static_cast<std::uint8_t>(type),
                     static_cast<std::uint8_t>(tci >> 8), static_cast<std::uint8_t>(tci)};
  frame.insert(frame.begin() + 12, tag.begin(), tag.end());
  return with_fcs(frame);
}

}  // namespace ringside::rtl_test

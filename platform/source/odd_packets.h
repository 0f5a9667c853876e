// SPDX-License-Identifier: Apache-2.0
// Turns a sound UDP frame into one that takes another path through the stack, and says which fate that is.
//
// Called by stimulus.cpp.  The fates follow from RFC 791, 768, 792 and 826 and Linux' choices, not from the stack's
// code.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "common/rng.h"
#include "platform/source/stimulus.h"

namespace ringside::platform {

struct oddity {
  std::string_view kind;  // for counting
  fate_set meant;         // what becomes of it unless room runs out
  std::int32_t vid = -1;  // of a VLAN tag
};

/// `bytes`: Ethernet to payload, IPv4 without options, unpadded.  Grows by 40 bytes at most.
oddity make_odd(std::vector<std::uint8_t>& bytes, rng& random);

/// Bytes of a frame without which its packet is cut short: headers as far as they say, then the length they give.
std::size_t needed_bytes(const std::vector<std::uint8_t>& frame);

/// A frame with a piece of a datagram.
struct ip_piece {
  std::vector<std::uint8_t> bytes;
  std::uint32_t begin = 0;  // of the datagram, in bytes
  std::uint32_t end = 0;
};
/// Cuts the datagram of `whole` at multiples of `step` (a multiple of 8) bytes.
std::vector<ip_piece> fragment(const std::vector<std::uint8_t>& whole, std::uint32_t step);

inline fate_set fates(std::initializer_list<drop_reason> reasons) {
  fate_set out;
  for (const drop_reason reason : reasons) out.set(static_cast<std::size_t>(reason));
  return out;
}

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
// What must become of the fragments of one datagram, given the order in which they reached the stack.
//
// RFC 791 3.2 with the hole descriptors of RFC 815, and Linux' choices for what those leave open
// (inet_frag_queue_insert): what lies inside one run is dropped, any other overlap throws the datagram away (RFC 5722).
// A run grows only by a fragment that follows the last one of all; what comes out of order is a run of its own.  Called
// by the scoreboard at the end of a run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "platform/source/stimulus.h"

namespace ringside::platform {

struct fragment_arrival {
  frame_id frame = 0;
  planned_piece piece;
  std::size_t fate = 0;  // bit of fate_set
};

struct fragment_verdict {
  std::vector<frame_id> wrong;    // frames with another fate than the rules give
  std::uint32_t reassembled = 0;  // datagrams
  std::uint64_t given_up = 0;     // fragments
  std::uint64_t refused = 0;      // of these, for want of memory: their order does not explain it
};

/// Frames of one datagram that reached the stack, in order.
fragment_verdict judge_fragments(const std::vector<fragment_arrival>& arrivals);

/// The same where any fragment may be refused for want of memory (ipfrag_high_thresh).
fragment_verdict judge_limited_fragments(const std::vector<fragment_arrival>& arrivals);

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
// Ids of frames that do not come in: made by this machine's software, or derived from other frames by it.
//
// Owner: net_stack.  Callers: who allocates a packet to send, clones, copies or segments one.  docs/architecture.md
// says what the kinds are; in the stream each counter rises by one, so the CPUs agree on whose turn it is first.
#pragma once

#include <cstdint>

#include "common/event.h"
#include "sw/kernel/host.h"

namespace ringside::stack {

class frame_numbers {
 public:
  explicit frame_numbers(kernel::host& machine, std::uint16_t counter = 0) : host_(machine), counter_(counter) {}

  /// A frame has come to be because of `cause`, a frame or 0 (frame_made).
  frame_id made(frame_id cause, cause_kind why) {
    host_.sync_software();
    const frame_id id = make_frame_id(frame_kind::made, counter_, ++made_);
    host_.emit(stage::frame_made, id, cause, static_cast<std::uint64_t>(why));
    return id;
  }
  /// A frame has come to be of `of`: a clone, copy, segment or retransmission that has a fate of its own (skb_link).
  frame_id derived(frame_id of, link_kind how) {
    host_.sync_software();
    const frame_id id = make_frame_id(frame_kind::derived, counter_, ++derived_);
    host_.emit(stage::skb_link, id, of, static_cast<std::uint64_t>(how));
    return id;
  }

 private:
  kernel::host& host_;
  const std::uint16_t counter_;
  std::uint64_t made_ = 0;
  std::uint64_t derived_ = 0;
};

}  // namespace ringside::stack

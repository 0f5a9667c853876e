// SPDX-License-Identifier: Apache-2.0
// Which frame a tag of the receive MAC means.  Owned by rtl_nic.cpp.
//
// The MAC numbers the bursts it hears.  As long as it hears all of the wire that is the wire's own count; once a frame
// was not heard, or one came from the card's own transmitter (PHY loopback, B-5), the last frames heard are kept by
// tag.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "common/event.h"

namespace ringside::tlm {

class frame_tags {
 public:
  explicit frame_tags(std::uint16_t wire_number) : wire_(frame_id{wire_number} << frame_wire_shift) {}

  /// `begun`: frames of the wire begun so far.  The nearest frame at or before the last one heard bears the tag.
  frame_id of(std::uint16_t tag, std::uint64_t begun) const {
    if (kept_ != nullptr) [[unlikely]]
      return (*kept_)[tag % kept];
    const auto behind = static_cast<std::uint16_t>(static_cast<std::uint16_t>(begun) - tag);
    return wire_ + begun - behind;
  }

  /// A frame of the wire began, the one counted last in `begun`; `heard` by the MAC or not.
  void wire_began(bool heard, std::uint64_t begun) {
    wire_heard_ = heard;
    if (!heard) keep(begun - 1);
    if (kept_ != nullptr && heard) note(wire_ + begun);
  }
  /// Whether the frame of the wire that began last is heard.
  bool wire_heard() const { return wire_heard_; }
  /// A frame of the own transmitter began; `begun` of the wire did before.
  void loop_began(frame_id id, std::uint64_t begun) {
    keep(begun);
    note(id);
  }

 private:
  static constexpr std::size_t kept = 4096;  // more than the receive FIFO holds

  void keep(std::uint64_t heard) {
    if (kept_ != nullptr) return;
    kept_ = std::make_unique<std::array<frame_id, kept>>();
    heard_ = heard;
    for (std::uint64_t back = 0; back < std::min<std::uint64_t>(kept, heard); ++back)
      (*kept_)[(heard - back) % kept] = wire_ + heard - back;
  }
  void note(frame_id id) { (*kept_)[++heard_ % kept] = id; }

  const frame_id wire_;
  std::unique_ptr<std::array<frame_id, kept>> kept_;
  std::uint64_t heard_ = 0;  // bursts the MAC has numbered
  bool wire_heard_ = true;
};

}  // namespace ringside::tlm

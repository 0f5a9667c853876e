// SPDX-License-Identifier: Apache-2.0
// One number for a whole run: equal hashes mean equal events, times and order.
//
// First consumer of the stream; printed as sim.event_hash, compared by tests and CI between ways of stepping.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "common/event_stream.h"

namespace ringside::platform {

class event_hash final : public event_consumer {
 public:
  void on_event(const event& e) override { add(e); }
  void add(const event& e) {
    mix(lanes_[0], static_cast<std::uint64_t>(e.time));
    mix(lanes_[1], e.frame);
    mix(lanes_[2], e.a);
    mix(lanes_[3], e.b);
    mix(lanes_[4], static_cast<std::uint64_t>(e.what) << 16 | static_cast<std::uint64_t>(e.from) << 8 | e.unit);
    ++events_;
  }

  std::uint64_t value() const;
  std::uint64_t events() const { return events_; }

 private:
  // FNV-1a over 64-bit words; the shift brings high bits down, which a product alone never does.
  static void mix(std::uint64_t& lane, std::uint64_t word) {
    lane = (lane ^ word) * 0x00000100000001B3ULL;
    lane ^= lane >> 29;
  }

  // One for each field, since five products one after the other cost more than all else that is done with an event.
  static constexpr std::uint64_t offset_basis = 0xCBF29CE484222325ULL;
  std::array<std::uint64_t, 5> lanes_{offset_basis, offset_basis, offset_basis, offset_basis, offset_basis};
  std::uint64_t events_ = 0;
};

}  // namespace ringside::platform

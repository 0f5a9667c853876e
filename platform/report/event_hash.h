// One number for a whole run: equal hashes mean equal events, times and order.
//
// First consumer of the stream; printed as sim.event_hash, compared by tests and CI between ways of stepping.
#pragma once

#include <cstdint>

#include "common/event_stream.h"

namespace ringside::platform {

class event_hash final : public event_consumer {
 public:
  void on_event(const event& e) override {
    mix(static_cast<std::uint64_t>(e.time));
    mix(e.frame);
    mix(e.a);
    mix(e.b);
    mix(static_cast<std::uint64_t>(e.what) << 16 | static_cast<std::uint64_t>(e.from) << 8 | e.unit);
    ++events_;
  }

  std::uint64_t value() const;
  std::uint64_t events() const { return events_; }

 private:
  // FNV-1a over 64-bit words; the shift brings high bits down, which a product alone never does.
  void mix(std::uint64_t word) {
    state_ = (state_ ^ word) * 0x00000100000001B3ULL;
    state_ ^= state_ >> 29;
  }

  std::uint64_t state_ = 0xCBF29CE484222325ULL;  // FNV-1a offset basis
  std::uint64_t events_ = 0;
};

}  // namespace ringside::platform

// Counts frames in and out of the machine, so that a run knows when it is done.
#pragma once

#include <cstdint>

#include "common/event_stream.h"

namespace ringside::platform {

class traffic_watch final : public event_consumer {
 public:
  void on_event(const event& e) override {
    switch (e.what) {
      case stage::wire_sof:
        ++offered_;
        last_offer_ = last_change_ = e.time;
        break;
      case stage::filter_reject:
      case stage::fifo_drop:
      case stage::skb_consume:
      case stage::skb_drop:
        ++settled_;
        last_change_ = e.time;
        break;
      case stage::socket_enqueue:
        ++settled_;
        ++enqueued_;
        last_change_ = e.time;
        break;
      case stage::app_read:
        ++read_;
        last_change_ = e.time;
        break;
      default:
        break;
    }
  }

  std::uint64_t offered() const { return offered_; }
  /// Every frame seen has its fate, and what a socket got was read.
  bool quiet() const { return offered_ == settled_ && enqueued_ == read_; }
  /// Time of the last frame's start, and of the last event that counts here.
  sim_time last_offer() const { return last_offer_; }
  sim_time last_change() const { return last_change_; }

 private:
  std::uint64_t offered_ = 0;
  std::uint64_t settled_ = 0;
  std::uint64_t enqueued_ = 0;
  std::uint64_t read_ = 0;
  sim_time last_offer_ = 0;
  sim_time last_change_ = 0;
};

}  // namespace ringside::platform

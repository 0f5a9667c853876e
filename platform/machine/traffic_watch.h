// Counts frames in and out of the machine, so that a run knows when it is done.
#pragma once

#include <cstdint>
#include <span>

#include "common/drop_reason.h"
#include "common/event_stream.h"
#include "common/reconfiguration.h"
#include "platform/report/descriptor_word.h"
#include "platform/report/stage_set.h"

namespace ringside::platform {

class traffic_watch final : public event_consumer {
 public:
  void on_event(const event& e) override {
    if (interests.has(e.what)) count(e);
  }
  void on_events(event_stretch stretch) override {
    for (const event& e : stretch) on_event(e);
  }

  std::uint64_t offered() const { return offered_; }
  /// Every frame seen has its fate, and what a socket got was read.
  bool quiet() const { return offered_ == settled_ && enqueued_ == read_; }
  /// Reconfigurations that have ended.
  std::uint64_t reconfigured() const { return reconfigured_; }
  /// Time of the last frame's start or reconfiguration, and of the last event that counts here.
  sim_time last_work() const { return last_work_; }
  sim_time last_change() const { return last_change_; }

 private:
  static constexpr stage_set interests{stage::wire_sof,       stage::fifo_commit, stage::desc_writeback,
                                       stage::nic_reset,      stage::reconfigure, stage::fifo_drop,
                                       stage::filter_reject,  stage::skb_consume, stage::skb_drop,
                                       stage::socket_enqueue, stage::app_read};

  void count(const event& e) {
    switch (e.what) {
      case stage::wire_sof:
        ++offered_;
        last_work_ = last_change_ = e.time;
        break;
      case stage::fifo_commit:
        ++in_card_;
        break;
      case stage::desc_writeback:
        if ((e.b & word_eop) == 0) break;
        if (in_card_ != 0)
          --in_card_;
        else
          --settled_;  // was on its way when the reset came
        break;
      case stage::nic_reset:  // what the FIFO held is lost
        if (in_card_ == 0) break;
        settled_ += in_card_;
        in_card_ = 0;
        last_change_ = e.time;
        break;
      case stage::reconfigure:
        if ((e.a & reconfiguration_ended) != 0) ++reconfigured_;
        last_work_ = last_change_ = e.time;
        break;
      case stage::fifo_drop:
        last_change_ = e.time;
        if (e.b == static_cast<std::uint64_t>(drop_reason::nic_reset)) {  // out of the FIFO, by name or by nic_reset
          if (in_card_ == 0) break;
          --in_card_;
        }
        ++settled_;
        break;
      case stage::filter_reject:
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

  std::uint64_t offered_ = 0;
  std::uint64_t settled_ = 0;
  std::uint64_t in_card_ = 0;  // committed to the FIFO, EOP not written back
  std::uint64_t reconfigured_ = 0;
  std::uint64_t enqueued_ = 0;
  std::uint64_t read_ = 0;
  sim_time last_work_ = 0;
  sim_time last_change_ = 0;
};

}  // namespace ringside::platform

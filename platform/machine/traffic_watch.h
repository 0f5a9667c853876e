// SPDX-License-Identifier: Apache-2.0
// Counts frames in and out of the machine, so that a run knows when it is done.
#pragma once

#include <cstdint>

#include "common/event_selection.h"

namespace ringside::platform {

class traffic_watch final : public event_consumer {
 public:
  traffic_watch();

  void on_event(const event& e) override;
  void on_events(event_stretch stretch) override;

  /// Frames on wires.
  std::uint64_t offered() const { return counts_.offered; }
  /// Every frame has its fate, those made by software or of other frames as well, and what a socket got was read.
  bool quiet() const { return counts_.open == 0 && counts_.unread == 0; }
  /// Reconfigurations that have ended.
  std::uint64_t reconfigured() const { return reconfigured_; }
  /// Time of the last frame's beginning or reconfiguration, and of the last event that counts here.
  sim_time last_work() const { return last_work_; }
  sim_time last_change() const { return last_change_; }

 private:
  struct frame_counts {
    std::uint64_t offered = 0;
    std::int64_t open = 0;     // without a fate
    std::int64_t unread = 0;   // in sockets
    std::int64_t in_card = 0;  // committed to the FIFO, EOP not written back
  };

  void count(const event& e, frame_counts& counts);
  void note_times(event_stretch stretch, std::span<const std::uint32_t> chosen);
  frame_counts count_rare(const event& e, frame_counts counts);

  event_selection selection_;
  frame_counts counts_;
  std::uint64_t reconfigured_ = 0;
  sim_time last_work_ = 0;
  sim_time last_change_ = 0;
};

}  // namespace ringside::platform

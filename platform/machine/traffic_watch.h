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

  std::uint64_t offered() const { return offered_; }
  /// Every frame seen has its fate, and what a socket got was read.
  bool quiet() const { return open_ == 0 && unread_ == 0; }
  /// Reconfigurations that have ended.
  std::uint64_t reconfigured() const { return reconfigured_; }
  /// Time of the last frame's start or reconfiguration, and of the last event that counts here.
  sim_time last_work() const { return last_work_; }
  sim_time last_change() const { return last_change_; }

 private:
  void count(const event& e);
  void note_times(event_stretch stretch, std::span<const std::uint32_t> chosen);
  void count_rare(const event& e);

  event_selection selection_;
  std::uint64_t offered_ = 0;
  std::int64_t open_ = 0;     // frames without a fate
  std::int64_t unread_ = 0;   // in sockets
  std::int64_t in_card_ = 0;  // committed to the FIFO, EOP not written back
  std::uint64_t reconfigured_ = 0;
  sim_time last_work_ = 0;
  sim_time last_change_ = 0;
};

}  // namespace ringside::platform

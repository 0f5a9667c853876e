// Judges a run by its stimulus: every frame a fate it may have, every byte as sent, order per flow, counters that
// agree.
//
// A consumer of the event stream and of the application's reads; made by seed_run.cpp for one run.  It knows the
// stimulus and the sheet, nothing of card, driver or stack.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/event_stream.h"
#include "platform/regress/octet_counter.h"
#include "platform/source/stimulus.h"

namespace ringside::driver {
class nic_statistics;
}

namespace ringside::platform {

class scoreboard final : public event_consumer {
 public:
  static constexpr std::size_t most_complaints = 12;

  /// `driver`: what it asks of the chip.
  explicit scoreboard(const std::vector<planned_frame>& frames, const driver_config& driver = {});

  void on_event(const event& e) override;
  void on_read(sim_time t, frame_id frame, std::span<const std::byte> payload);
  /// What the tap saw: the packet as it was on the wire, padding included.
  void on_tap(sim_time t, frame_id frame, std::span<const std::byte> packet);
  /// The run is over: frames without a fate, frames delivered and not read.
  void finish();
  /// The driver's accumulated hardware counters against what the events say happened (sheet 6.8, 6.10).
  void compare(const driver::nic_statistics& counters);
  /// Notes what is wrong: now, or at `t` as far as that is known.
  void complain(std::string text, frame_id frame = 0, sim_time t = -1);

  const std::vector<std::string>& complaints() const { return complaints_; }
  /// Instant and frame of the first complaint.
  /// Frames of each kind that met the fate they were meant for, and what came of fragments.
  const std::map<std::string_view, std::uint64_t>& met() const { return met_; }
  sim_time first_time() const { return first_time_; }
  frame_id first_frame() const { return first_frame_; }

 private:
  struct state {
    bool fate = false;
    bool committed = false;  // whole in the FIFO
    bool read = false;
    sim_time last = 0;      // when it was heard of last
    std::size_t which = 0;  // fate: bit of fate_set
    bool is(drop_reason reason) const { return which == static_cast<std::size_t>(reason); }
  };

  const planned_frame* planned(frame_id frame) const;
  void settle(const event& e, std::size_t fate);
  void check_descriptor(const event& e);
  void finish_fragments();
  std::map<std::string_view, std::uint64_t> expected_counters() const;

  const std::vector<planned_frame>& frames_;
  const driver_config driver_;
  std::vector<state> states_;
  octet_counter good_octets_;
  octet_counter all_octets_;
  std::map<std::string_view, std::uint64_t> met_;
  std::map<std::uint32_t, frame_id> last_of_flow_;
  std::uint64_t offered_ = 0;
  std::uint64_t rnbc_ = 0;
  sim_time now_ = 0;
  std::vector<std::string> complaints_;
  sim_time first_time_ = -1;
  frame_id first_frame_ = 0;
};

}  // namespace ringside::platform

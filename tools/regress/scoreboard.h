// SPDX-License-Identifier: Apache-2.0
// Judges a run by its stimulus: every frame a fate it may have, every byte as sent, order per flow, counters that
// agree.
//
// A consumer of the event stream and of the application's reads; made by seed_run.cpp for one run.  It knows the
// stimulus and the sheet, nothing of card, driver or stack.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/event_stream.h"
#include "platform/source/stimulus.h"
#include "tools/regress/expected_interface.h"
#include "tools/regress/frame_counters.h"
#include "tools/regress/octet_counter.h"

namespace ringside::platform {

class scoreboard final : public event_consumer {
 public:
  static constexpr std::size_t most_complaints = 12;

  /// `epochs`: the interface before each change of reconfigure.actions and after the last.
  /// Fragments wait `fragment_timeout` for the rest of their datagram; `fragments_limited`: any may be refused for want
  /// of memory.
  scoreboard(const std::vector<planned_frame>& frames, std::vector<expected_interface> epochs,
             sim_time fragment_timeout = 30 * second, bool fragments_limited = false);

  void on_event(const event& e) override;
  void on_read(sim_time t, frame_id frame, std::span<const std::byte> payload);
  /// What the tap saw: the packet as it was on the wire, padding included.
  void on_tap(sim_time t, frame_id frame, std::span<const std::byte> packet);
  /// The run is over: frames without a fate, frames delivered and not read.
  void finish();
  /// The driver's accumulated hardware counters by name against what the events say happened (FS 6.8, FS 6.10).
  void compare(const std::function<std::uint64_t(std::string_view)>& counter);
  /// Notes what is wrong: now, or at `t` as far as that is known.
  void complain(std::string text, frame_id frame = 0, sim_time t = -1);

  const std::vector<std::string>& complaints() const { return complaints_; }
  /// Frames of each kind that met the fate they were meant for, and what came of fragments.
  const std::map<std::string_view, std::uint64_t>& met() const { return met_; }
  /// Instant and frame of the first complaint.
  sim_time first_time() const { return first_time_; }
  frame_id first_frame() const { return first_frame_; }

 private:
  enum class tag_seen : std::uint8_t { unknown, vid_alone, whole };
  struct state {
    bool fate = false;
    bool unverified = false;  // delivered, and its reader is to find the checksum wrong
    bool committed = false;   // whole in the FIFO
    bool cut = false;         // was arriving when EN fell
    bool no_link = false;     // as it began
    bool obeyed = false;      // a PAUSE, while the card obeyed them
    tag_seen tapped = tag_seen::unknown;
    bool stripped = false;    // its VLAN tag, by the chip
    std::size_t epoch = 0;    // the first it may have met
    std::size_t judged = 0;   // the one whose limit and SBP held when it came
    std::uint32_t downs = 0;  // times the interface had gone down before it came
    bool written = false;     // its last descriptor, back
    bool taken = false;       // by the driver
    std::size_t lost = 0;     // fate when none is told
    bool read = false;
    sim_time last = 0;      // when it was heard of last
    sim_time ended = 0;     // on the wire
    sim_time arrived = -1;  // at ip_rcv
    std::size_t which = 0;  // fate: bit of fate_set
    bool is(drop_reason reason) const { return which == static_cast<std::size_t>(reason); }
  };

  const planned_frame* planned(frame_id frame) const;
  void settle(const event& e, std::size_t fate);
  fate_set allowed_for(const planned_frame& p, const state& s) const;
  bool is_good(frame_id frame) const;
  bool in_every_epoch(const state& s, bool (expected_interface::*says)() const, bool& what) const;
  void reconfigured(const event& e);
  void revoke(const event& e);
  void lose(bool in_chip);
  void enabled(bool now);
  void check_descriptor(const event& e);
  void finish_fragments();
  void count_what_was_felt();
  bool counts(const state& s) const;
  counter_values expected_counters(bool with_cut) const;
  octet_counter::range all_octets() const;

  const std::vector<planned_frame>& frames_;
  const std::vector<expected_interface> epochs_;
  std::size_t last_epoch_ = 0;  // of the change begun last; those of a frame go from its first to this
  std::size_t settled_epoch_ = 0;
  std::size_t judging_epoch_ = 0;  // LPE and SBP change in the reset of a down and up
  std::uint32_t downs_ = 0;        // times the interface went down, the end included
  bool enabled_ = false;           // RCTL.EN
  bool link_ = true;
  bool obeys_pause_ = false;  // CTRL.RFCE
  std::vector<state> states_;
  octet_counter good_octets_;
  octet_counter all_octets_;  // its reads; the frames come last, by their fates
  std::map<std::string_view, std::uint64_t> met_;
  std::map<std::uint32_t, frame_id> last_of_flow_;
  const sim_time fragment_timeout_;
  const bool fragments_limited_;
  sim_time last_total_read_ = 0;  // of TPR: a frame refused at its first bytes may still be coming then
  std::uint64_t offered_ = 0;
  std::uint64_t rnbc_ = 0;
  std::uint64_t cut_rnbc_ = 0;  // while EN was 0: of a frame that was arriving when it fell
  sim_time now_ = 0;
  std::vector<std::string> complaints_;
  sim_time first_time_ = -1;
  frame_id first_frame_ = 0;
};

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
// Judges what a machine sends: what applications gave to the kernel against what left on the wire.
//
// A consumer of the event stream, of the application's calls and of the frames at the card's end of the cable; made by
// seed_run.cpp for one run.  Every datagram is on the wire, whole, once and right, or one of its frames was given up
// for a reason that the run allows; frames leave in the order the driver gave them to the card (T-71), a reset cuts
// that order once; PAUSE is obeyed and sent by its rules; the card's transmit counters are those of the wire.  Facts:
// FS 9, RFC 768, 791 and 9293, IEEE 802.3 annex 31B, nothing of card, driver or stack.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/event_stream.h"
#include "platform/report/wire_capture.h"
#include "platform/scenario/scenario.h"
#include "platform/source/stimulus.h"
#include "sw/stack/app.h"
#include "tools/regress/sent_frame.h"
#include "tools/regress/wire_counters.h"

namespace ringside::platform {

class send_board final : public event_consumer {
 public:
  using complaint = std::function<void(std::string text, frame_id frame, sim_time t)>;

  /// `received`: what came in, which an echo sends back.
  send_board(const scenario& plan, const std::vector<planned_frame>& received, complaint to);

  void on_event(const event& e) override;
  /// A call of the application that sends has ended.
  void on_send(const stack::app::sent_message& m);
  /// A frame has left the card.
  void on_wire(const wire_passage& f);
  /// The run is over.
  void finish();
  /// The driver's accumulated hardware counters by name against the wire (T-90, T-91).
  void compare(const std::function<std::uint64_t(std::string_view)>& counter);

  const std::map<std::string_view, std::uint64_t>& met() const { return met_; }

 private:
  struct frame_state {
    frame_id parent = 0;
    frame_id cause = 0;       // of one that was made
    sim_time handed = -1;     // to the card
    sim_time ended = -1;      // given up
    sim_time committed = -1;  // whole in its FIFO
    bool completed = false;   // taken back as sent
    bool lost = false;        // in the card
    drop_reason why = drop_reason::none;
    std::vector<std::size_t> on_wire;
  };
  struct sent_on_wire {
    frame_id id = 0;
    sim_time start = 0;
    sim_time end = 0;
    std::vector<std::uint8_t> bytes;
    bool cut = false;  // by a reset
    seen_frame seen = {};
  };
  struct made_call {
    sim_time begin = 0;
    sim_time end = 0;
    long result = 0;
    std::vector<std::uint8_t> payload;
    std::size_t first = 0;  // bytes of it that made the frame
    bool used = false;
  };
  struct message {  // a socket's frame came to be
    frame_id root = 0;
    std::size_t bytes = 0;  // as the socket told of it: those of the first call
    sim_time time = 0;
    std::vector<std::uint8_t> payload = {};
    std::size_t number = 0;  // of the call
    std::size_t first = 0;   // bytes the first call gave
    bool by_sender = false;
  };
  struct span {
    sim_time from;
    sim_time until;
  };
  using pause = span;

  void complain(const std::string& text, frame_id frame, sim_time t) { to_("scoreboard: " + text, frame, t); }
  frame_id root_of(frame_id id) const;
  std::size_t era_at(sim_time t) const;  // resets by then
  void hear_pause(const event& e);
  void end_pause(sim_time t);
  static void end_of(std::vector<span>& all, sim_time t);
  void judge_bytes(const sent_on_wire& w);
  void judge_tags(const sent_on_wire& w);
  void judge_order();
  void lose(frame_id id);
  bool cable_was_out(sim_time from, sim_time until) const;
  void judge_pauses();
  void judge_own_pauses();
  void judge_waits();
  void hear_hang(const event& e);
  void judge_hang();
  bool on_at(sim_time t) const;  // TCTL.EN
  void judge_destination(const sent_on_wire& w);
  // send_messages.cpp
  bool may_be_given_up(const frame_state& state) const;
  bool find_payload(message& m);
  void judge_messages();
  void judge_datagram(const message& m, const std::vector<const sent_on_wire*>& frames, bool whole);
  void judge_tcp(const message& m, const std::vector<const sent_on_wire*>& frames, bool whole);

  const scenario& plan_;
  const std::vector<planned_frame>& received_;
  complaint to_;
  std::uint32_t longest_ip_;  // of any MTU there is
  std::map<frame_id, frame_state> frames_;
  std::vector<frame_id> handed_;  // in the order of the ring
  std::vector<sent_on_wire> wire_;
  std::vector<made_call> calls_;
  std::vector<message> messages_;
  std::uint16_t sender_port_ = 0;        // once it is known
  std::vector<std::uint32_t> sequence_;  // of each call's first byte
  std::vector<sim_time> resets_;
  std::vector<sim_time> stops_;   // TCTL.EN fell
  std::vector<sim_time> starts_;  // ... and rose
  bool on_ = false;
  std::vector<std::pair<sim_time, bool>> cable_;  // link as the card saw it
  std::vector<pause> pauses_;
  bool obeys_ = false;              // CTRL.RFCE
  std::vector<span> sends_pauses_;  // CTRL.TFCE is 1
  std::vector<sim_time> overflows_;
  sim_time hung_at_ = -1;  // reconfiguration::hang, until the card is reset
  bool timed_out_ = false;
  sim_time last_event_ = 0;
  wire_counters counters_;
  std::map<std::string_view, std::uint64_t> met_;
};

}  // namespace ringside::platform

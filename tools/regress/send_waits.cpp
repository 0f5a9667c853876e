// SPDX-License-Identifier: Apache-2.0
// When frames leave: not while a PAUSE holds, and at once when nothing holds them; the card's own PAUSE frames; hangs.
#include <fmt/format.h>

#include <algorithm>

#include "common/ethernet.h"
#include "hw/regs/e1000_regs.h"
#include "platform/machine/machine_params.h"
#include "platform/report/frame_name.h"
#include "tools/regress/send_board.h"

namespace ringside::platform {
namespace {

constexpr sim_time gap_bytes = 12;              // T-75 with TIPG as Linux sets it
constexpr sim_time patience_bytes = 64;         // F-11: what ends is felt within so many byte times
constexpr sim_time inside = 1 * us;             // what an event passes through in the chip
constexpr sim_time longest_hang = 16 * second;  // DR-7: 1 s and a look every 2 s; QD-10: 5 s and a look every 5 s

}  // namespace

bool send_board::on_at(sim_time t) const {
  const auto stop = std::upper_bound(stops_.begin(), stops_.end(), t);
  const auto start = std::upper_bound(starts_.begin(), starts_.end(), t);
  if (start == starts_.begin()) return false;
  return stop == stops_.begin() || *std::prev(stop) < *std::prev(start);
}

void send_board::judge_pauses() {
  const sim_time byte = byte_time_of(plan_.wire.link_mbps);
  for (const pause& p : pauses_) {
    bool felt = false;
    for (const sent_on_wire& w : wire_) {
      if (w.id == 0) continue;  // F-9: the card's own PAUSE is not held
      felt = felt || (w.start >= p.until && w.start <= p.until + 100 * us);
      if (w.start <= p.from + 64 * byte + 20 * byte || w.start >= p.until) continue;
      complain(fmt::format("frame {} begins {} ps after a PAUSE that lasts until {} ps", frame_name(w.id),
                           w.start - p.from, p.until),
               w.id, w.start);
    }
    met_["obeyed_pause"] += felt;
  }
}

// F-6, F-9: asked for while CTRL.TFCE is 1, and sent behind the frame on the wire; XOFF once for a crossing and once
// more for an overflow, XON once behind it.  What waited may have taken the place of another.
void send_board::judge_own_pauses() {
  const sim_time byte = byte_time_of(plan_.wire.link_mbps);
  const sent_on_wire* last = nullptr;  // PAUSE
  for (std::size_t i = 0; i < wire_.size(); ++i) {
    const sent_on_wire& w = wire_[i];
    if (w.cut || w.id != 0 || !w.seen.pause) continue;
    const bool behind_another = i != 0 && w.start - wire_[i - 1].end <= (gap_bytes + patience_bytes) * byte;
    const sim_time asked = (behind_another ? wire_[i - 1].start : w.start) - inside;
    if (std::none_of(sends_pauses_.begin(), sends_pauses_.end(),
                     [&](const span& s) { return s.from <= w.start && s.until >= asked; }))
      complain("a PAUSE is sent, and flow control does not allow it", 0, w.start);
    const bool xoff = w.seen.pause_time != 0;
    const bool armed_since = last == nullptr || era_at(last->start) != era_at(w.start) ||
                             std::any_of(sends_pauses_.begin(), sends_pauses_.end(),
                                         [&](const span& s) { return s.from > last->start && s.from <= w.start; });
    if (last == nullptr && !xoff && !behind_another) complain("the first PAUSE that is sent has no time", 0, w.start);
    if (!armed_since && !behind_another && xoff == (last->seen.pause_time != 0)) {
      const bool overflow = xoff && std::any_of(overflows_.begin(), overflows_.end(),
                                                [&](sim_time t) { return t >= last->start - inside && t <= w.start; });
      if (!overflow)
        complain(fmt::format("a second PAUSE of time {:04x} is sent behind one, and nothing in between asks for it",
                             w.seen.pause_time),
                 0, w.start);
    }
    last = &w;
  }
}

// T-71, T-72, T-75: a frame that is whole in the FIFO goes when the one before it and the gap are over, unless
// something holds it.
void send_board::judge_waits() {
  const sim_time byte = byte_time_of(plan_.wire.link_mbps);
  const sim_time slack = patience_bytes * byte + inside;
  for (std::size_t i = 0; i < wire_.size(); ++i) {
    const sent_on_wire& w = wire_[i];
    const auto found = frames_.find(w.id);
    if (w.id == 0 || found == frames_.end() || found->second.committed < 0) continue;
    sim_time ready = found->second.committed;
    if (i != 0) ready = std::max(ready, wire_[i - 1].end + gap_bytes * byte);
    for (const pause& p : pauses_)
      if (p.from <= ready + slack && p.until > ready && p.from < w.start) ready = p.until;
    for (const sim_time start : starts_)
      if (start > ready && start <= w.start) ready = start;
    for (const auto& [t, up] : cable_)
      if (up && t > ready && t <= w.start) ready = t;
    if (w.start <= ready + slack) continue;
    complain(
        fmt::format("frame {} could begin at {} ps and begins {} ps later", frame_name(w.id), ready, w.start - ready),
        w.id, w.start);
  }
}

void send_board::hear_hang(const event& e) {
  if (e.what == stage::reconfigure) {
    if (e.a == static_cast<std::uint64_t>(reconfiguration::hang) && e.b != 0 && hung_at_ < 0) hung_at_ = e.time;
    return;
  }
  // A PAUSE may hold a queue for longer than the watchdog waits where its time is long.
  const bool held = plan_.wire.link_mbps == 10 && !pauses_.empty();
  if (hung_at_ < 0 && !held) complain("the watchdog finds a queue that hangs, and the card does not", 0, e.time);
  timed_out_ = true;
}

// DR-7, QD-10: what was given to a card that hangs brings a reset.
void send_board::judge_hang() {
  if (hung_at_ < 0) return;
  const auto waits = std::find_if(handed_.begin(), handed_.end(), [this](frame_id id) {
    const frame_state& state = frames_[id];
    return !state.completed && state.why == drop_reason::none &&
           last_event_ - std::max(state.handed, hung_at_) > longest_hang;
  });
  if (waits != handed_.end())
    complain(fmt::format("frame {} lies in a card that hangs, and nobody resets it", frame_name(*waits)), *waits,
             hung_at_);
}

}  // namespace ringside::platform

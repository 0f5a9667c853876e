// SPDX-License-Identifier: Apache-2.0
#include "platform/cpu/interrupt_controller.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace ringside::platform {

interrupt_controller::interrupt_controller(std::size_t lines, sim_time delivery_latency, std::size_t vectors)
    : latency_(delivery_latency), first_vector_(static_cast<line>(lines)), lines_(lines + vectors) {
  if (delivery_latency <= 0) throw std::invalid_argument("the interrupt delivery latency must be above zero");
  for (line number = first_vector_; number < lines_.size(); ++number) lines_[number].vector = true;
}

interrupt_controller::state& interrupt_controller::changing(line number) {
  quiet_before_ = 0;
  return lines_.at(number);
}

void interrupt_controller::set_affinity(line number, unsigned cpu, sim_time now) {
  state& s = changing(number);
  apply(s, now);
  s.cpu = cpu;
  if (!on_delivery_) return;
  if (!s.vector && s.sent) on_delivery_(cpu, s.delivery);
  if (s.next_change != time_never) on_delivery_(cpu, s.next_change + latency_);
}

void interrupt_controller::send_message(line number, sim_time t) {
  state& s = changing(number);
  if (!s.vector) throw std::logic_error("a message of a line");
  s.ahead.push_back({t, true});
  s.next_change = s.ahead.front().time;
  if (on_delivery_) on_delivery_(s.cpu, t + latency_);
}

bool interrupt_controller::pending(line number, sim_time now) {
  state& s = changing(number);
  apply(s, now);
  return s.pending;
}

void interrupt_controller::set_level(line number, bool asserted, sim_time t) {
  state& s = changing(number);
  if (s.vector) throw std::logic_error("a level of a vector");
  s.ahead.push_back({t, asserted});
  s.next_change = s.ahead.front().time;
  if (asserted && on_delivery_) on_delivery_(s.cpu, t + latency_);
}

// Lives through the pin changes up to `now`, in order.
void interrupt_controller::apply(state& s, sim_time now) {
  while (s.next_change <= now) {
    if (s.vector) {
      arrive(s, s.next_change);
    } else {
      s.level = s.ahead.front().asserted;
      send_if_asserted(s, s.next_change);
    }
    s.ahead.pop_front();
    s.next_change = s.ahead.empty() ? time_never : s.ahead.front().time;
  }
}

void interrupt_controller::send_if_asserted(state& s, sim_time t) {
  if (!s.level || s.masked || s.in_service || s.sent) return;
  send(s, t);
}

void interrupt_controller::send(state& s, sim_time t) {
  s.sent = true;
  s.sent_to = s.cpu;
  s.delivery = t + latency_;
  if (on_delivery_) on_delivery_(s.cpu, s.delivery);
}

// A message: held back, or on its way, together with one that was not taken yet.
void interrupt_controller::arrive(state& s, sim_time t) {
  bool& waiting = s.masked ? s.pending : s.sent;
  if (waiting) {
    ++counters_.merged;
  } else if (s.masked) {
    s.pending = true;
  } else {
    send(s, t);
  }
}

void interrupt_controller::mask(line number, sim_time now) {
  state& s = changing(number);
  apply(s, now);
  s.masked = true;
  if (!s.vector) s.sent = false;  // a message cannot be taken back
}

void interrupt_controller::unmask(line number, sim_time now) {
  state& s = changing(number);
  apply(s, now);
  s.masked = false;
  if (std::exchange(s.pending, false)) arrive(s, now);
  send_if_asserted(s, now);
}

void interrupt_controller::eoi(line number, sim_time now) {
  state& s = changing(number);
  apply(s, now);
  s.in_service = false;
  if (s.vector && s.sent && on_delivery_) on_delivery_(s.sent_to, std::max(now, s.delivery));
  send_if_asserted(s, now);
}

std::optional<interrupt_controller::line> interrupt_controller::deliverable(unsigned cpu, sim_time now) {
  if (now < quiet_before_) return std::nullopt;
  sim_time quiet_before = time_never;
  for (line number = 0; number < lines_.size(); ++number) {
    state& s = lines_[number];
    if (s.next_change <= now && (s.vector || s.cpu == cpu)) apply(s, now);
    if (takeable(s) && s.delivery <= now && target(s) == cpu) return number;
    quiet_before = std::min({quiet_before, s.next_change, takeable(s) ? s.delivery : time_never});
  }
  quiet_before_ = quiet_before;
  return std::nullopt;
}

void interrupt_controller::accept(line number, sim_time now) {
  state& s = changing(number);
  apply(s, now);
  s.sent = false;
  s.in_service = true;
  ++counters_.delivered;
  if (!s.vector && !s.level) ++counters_.level_gone;
}

sim_time interrupt_controller::next_delivery(unsigned cpu, sim_time now) {
  sim_time first = time_never;
  for (state& s : lines_) {
    if (s.next_change <= now && (s.vector || s.cpu == cpu)) apply(s, now);
    if (takeable(s) && target(s) == cpu) first = std::min(first, s.delivery);
    if (!s.sent && s.cpu == cpu && !s.masked && !s.in_service) {
      for (const change& c : s.ahead)
        if (c.asserted) {
          first = std::min(first, c.time + latency_);
          break;
        }
    }
  }
  return first;
}

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
#include "platform/cpu/interrupt_controller.h"

#include <algorithm>
#include <stdexcept>

namespace ringside::platform {

interrupt_controller::interrupt_controller(std::size_t lines, sim_time delivery_latency)
    : latency_(delivery_latency), lines_(lines) {
  if (delivery_latency <= 0) throw std::invalid_argument("the interrupt delivery latency must be above zero");
}

interrupt_controller::state& interrupt_controller::changing(line number) {
  quiet_before_ = 0;
  return lines_.at(number);
}

void interrupt_controller::set_level(line number, bool asserted, sim_time t) {
  state& s = changing(number);
  s.ahead.push_back({t, asserted});
  s.next_change = s.ahead.front().time;
  if (asserted && on_delivery_) on_delivery_(s.cpu, t + latency_);
}

// Lives through the pin changes up to `now`, in order.
void interrupt_controller::apply(state& s, sim_time now) {
  while (s.next_change <= now) {
    s.level = s.ahead.front().asserted;
    send_if_asserted(s, s.next_change);
    s.ahead.pop_front();
    s.next_change = s.ahead.empty() ? time_never : s.ahead.front().time;
  }
}

void interrupt_controller::send_if_asserted(state& s, sim_time t) {
  if (!s.level || s.masked || s.in_service || s.sent) return;
  s.sent = true;
  s.delivery = t + latency_;
  if (on_delivery_) on_delivery_(s.cpu, s.delivery);
}

void interrupt_controller::mask(line number, sim_time now) {
  state& s = changing(number);
  apply(s, now);
  s.masked = true;
  s.sent = false;
}

void interrupt_controller::unmask(line number, sim_time now) {
  state& s = changing(number);
  apply(s, now);
  s.masked = false;
  send_if_asserted(s, now);
}

void interrupt_controller::eoi(line number, sim_time now) {
  state& s = changing(number);
  apply(s, now);
  s.in_service = false;
  send_if_asserted(s, now);
}

std::optional<interrupt_controller::line> interrupt_controller::deliverable(unsigned cpu, sim_time now) {
  if (now < quiet_before_) return std::nullopt;
  sim_time quiet_before = time_never;
  for (line number = 0; number < lines_.size(); ++number) {
    state& s = lines_[number];
    if (s.cpu == cpu) {
      if (s.next_change <= now) apply(s, now);
      if (s.sent && s.delivery <= now) return number;
    }
    quiet_before = std::min({quiet_before, s.next_change, s.sent ? s.delivery : time_never});
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
  if (!s.level) ++counters_.level_gone;
}

sim_time interrupt_controller::next_delivery(unsigned cpu, sim_time now) {
  sim_time first = time_never;
  for (state& s : lines_) {
    if (s.cpu != cpu) continue;
    if (s.next_change <= now) apply(s, now);
    if (s.sent) {
      first = std::min(first, s.delivery);
    } else if (!s.masked && !s.in_service) {
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

// SPDX-License-Identifier: Apache-2.0
#include "platform/report/send_latency.h"

namespace ringside::platform {

void send_latency::on_event(const event& e) {
  route(this, e.what, e, do_it);
}

bool send_latency::note(const event& e, sim_time record::*part) {
  const auto found = open_.find(e.frame);
  if (found == open_.end()) return false;
  found->second.*part = e.time;
  return true;
}

void send_latency::note_first(const event& e, sim_time record::*part) {
  if (const auto found = open_.find(e.frame); found != open_.end() && found->second.*part == unknown)
    found->second.*part = e.time;
}

// The doorbell is rung for every frame that has come to the driver since.
void send_latency::ring(sim_time t) {
  for (const frame_id id : unrung_)
    if (const auto found = open_.find(id); found != open_.end()) found->second.doorbell = t;
  unrung_.clear();
}

void send_latency::sent(const event& e) {
  const auto found = open_.find(e.frame);
  if (found == open_.end()) return;
  end(found->second, e.time);
  open_.erase(found);
}

// One that lacks a part, such as a packet the card has cut, is not among them.
void send_latency::end(const record& r, sim_time t) {
  for (const sim_time at : {r.made, r.queued, r.driver, r.doorbell, r.payload, r.whole, r.begun})
    if (at == unknown) return;
  using enum send_part;
  add(stack, r.queued - r.made);
  add(queue_tap, r.driver - r.queued);
  add(driver, r.doorbell - r.driver);
  add(fetch, r.payload - r.doorbell);
  add(bus, r.whole - r.payload);
  add(fifo, r.begun - r.whole);
  add(wire, t - r.begun);
  add(all, t - r.made);
}

void send_latency::add(send_part p, sim_time time) {
  parts_[static_cast<std::size_t>(p)].add(time / ns);
  sums_[static_cast<std::size_t>(p)] += time;
}

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
#include "platform/report/send_latency.h"

namespace ringside::platform {

void send_latency::on_event(const event& e) {
  if (e.what == stage::tdt_write) {  // rung for every frame that has come to the driver since
    for (const frame_id id : unrung_)
      if (const auto found = open_.find(id); found != open_.end()) found->second.doorbell = e.time;
    unrung_.clear();
    return;
  }
  if (kind_of(e.frame) != frame_kind::made) return;
  if (e.what == stage::frame_made) {
    open_[e.frame].made = e.time;
    return;
  }
  const auto found = open_.find(e.frame);
  if (found == open_.end()) return;
  record& r = found->second;
  switch (e.what) {
    case stage::tx_qdisc:
      r.queued = e.time;
      break;
    case stage::tx_driver:
      r.driver = e.time;
      unrung_.push_back(e.frame);
      break;
    case stage::tx_dma_start:
      if (r.payload == unknown) r.payload = e.time;
      break;
    case stage::tx_fifo_commit:
      if (r.whole == unknown) r.whole = e.time;
      break;
    case stage::tx_wire_sof:
      if (r.begun == unknown) r.begun = e.time;
      break;
    case stage::tx_wire_eof:
      end(r, e.time);
      open_.erase(found);
      break;
    case stage::skb_drop:
      open_.erase(found);
      break;
    default:
      break;
  }
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

// SPDX-License-Identifier: Apache-2.0
#include "platform/report/latency_report.h"

#include <numeric>

#include "platform/report/descriptor_word.h"

namespace ringside::platform {
namespace {

/// Picoseconds to nanoseconds, rounded down also below zero.
std::int64_t floor_ns(sim_time t) {
  return t >= 0 ? t / ns : -((-t + ns - 1) / ns);
}

}  // namespace

void latency_report::add(segment s, sim_time from, sim_time to) {
  if (from != unknown && to != unknown) segments_[static_cast<std::size_t>(s)].add(floor_ns(to - from));
}

void latency_report::on_event(const event& e) {
  handle(e.what, e);
}

void latency_report::on_visible(const event& e) {
  if ((e.b & word_eop) == 0) return;
  record* r = windows_.find(e.frame);
  if (r == nullptr) return;
  r->visible = e.time;
  add(segment::wire_dd, r->began, e.time);
}

// The handler that reads ICR serves the interrupt asserted longest ago.
void latency_report::on_icr_read(const event& e) {
  sim_time* oldest = nullptr;
  for (sim_time& t : asserted_)
    if (t != unknown && (oldest == nullptr || t < *oldest)) oldest = &t;
  if (oldest == nullptr) return;
  add(segment::intx_hardirq, *oldest, cpu(e.unit).hardirq);
  *oldest = unknown;
}

void latency_report::on_taken(const event& e, record& r) {
  r.taken = e.time;
  const frame_interrupt by = interrupts_.of(e.frame);
  if (by.own && by.asserted >= 0) add(segment::dd_intx, r.visible, by.asserted);
}

void latency_report::on_netif(const event& e) {
  record* r = windows_.find(e.frame);
  if (r == nullptr) return;
  r->netif = e.time;
  if (r->received) add(segment::poll_netif, cpu(e.unit).poll, e.time);
}

void latency_report::on_read(const event& e) {
  record* r = windows_.find(e.frame);
  if (r == nullptr) return;
  add(segment::socket_app, r->queued, e.time);
  if (!r->received) return windows_.end(e.frame);
  add(segment::wire_app, r->began, e.time);
  // Each mark that is missing falls together with the one before it, so that the pieces still add up.
  const sim_time stored = r->stored != unknown ? r->stored : r->began;
  const sim_time visible = r->visible != unknown ? r->visible : stored;
  const sim_time taken = r->taken != unknown ? r->taken : visible;
  const sim_time netif = r->netif != unknown ? r->netif : taken;
  const sim_time protocol = r->tapped && r->protocol != unknown ? r->protocol : netif;
  const sim_time queued = r->queued != unknown ? r->queued : protocol;
  const auto put = [this](share s, sim_time amount) { shares_[static_cast<std::size_t>(s)] += amount; };
  put(share::wire, stored - r->began);
  put(share::dma, visible - stored);
  put(share::interrupt_delivery, taken - visible);
  put(share::raw_to_skb, netif - taken);
  put(share::tap_copy, protocol - netif);
  put(share::protocol_layers, queued - protocol);
  put(share::socket_wait, e.time - queued);
  windows_.end(e.frame);
}

void latency_report::on_link(const event& e) {
  if (e.b == static_cast<std::uint64_t>(link_kind::merged_into))
    windows_.end(e.frame);
  else
    windows_.begin(e.frame).began = e.time;
}

// A frame that is passed on was received: its way is none of these.
void latency_report::on_sent(const event& e) {
  if (const record* r = windows_.find(e.frame); r != nullptr && !r->received) add(segment::made_sent, r->began, e.time);
  windows_.end(e.frame);
}

sim_time latency_report::time_in_all() const {
  return std::accumulate(shares_.begin(), shares_.end(), sim_time{0});
}

}  // namespace ringside::platform

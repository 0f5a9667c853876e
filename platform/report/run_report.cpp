// SPDX-License-Identifier: Apache-2.0
#include "platform/report/run_report.h"

namespace ringside::platform {

namespace {
constexpr stage_set stages_of_reports() {
  return frame_ledger::interests() | interrupt_report::interests() | latency_report::interests() |
         reconfiguration_report::interests | send_latency::interests();
}
}  // namespace

run_report::run_report(std::vector<frame_id> frames, bool first_delivered)
    : selection_(stages_of_reports()),
      latency_(interrupts_),
      journeys_(interrupts_, std::move(frames), first_delivered) {}

run_report::run_report(const lineage& followed)
    : selection_(stages_of_reports()), latency_(interrupts_), journeys_(interrupts_, followed) {}

// Latencies and journeys ask what interrupts know at the same event.
[[gnu::always_inline]] inline void run_report::tell(stage what, const event& e) {
  ledger_.handle(what, e);
  interrupts_.handle(what, e);
  latency_.handle(what, e);
  reconfigurations_.on_event(e);
}

template <stage what>
[[gnu::always_inline]] inline void run_report::tell_alone(const event& e) {
  static_assert(!send_latency::interests().has(what), "what is not told to the way out is nothing to it");
  tell(what, e);
}

// One choice for all reports where a stage comes with every frame: each choice is a jump no processor foresees.
[[gnu::always_inline]] inline void run_report::choose(const event& e) {
  switch (e.what) {
    case stage::wire_sof:
      return tell_alone<stage::wire_sof>(e);
    case stage::fifo_commit:
      return tell_alone<stage::fifo_commit>(e);
    case stage::desc_writeback:
      return tell_alone<stage::desc_writeback>(e);
    case stage::dd_visible:
      return tell_alone<stage::dd_visible>(e);
    case stage::cause_set:
      return tell_alone<stage::cause_set>(e);
    case stage::desc_take:
      return tell_alone<stage::desc_take>(e);
    case stage::dma_sync:
      return tell_alone<stage::dma_sync>(e);
    case stage::netif_receive_skb:
      return tell_alone<stage::netif_receive_skb>(e);
    case stage::ip_rcv:
      return tell_alone<stage::ip_rcv>(e);
    case stage::socket_enqueue:
      return tell_alone<stage::socket_enqueue>(e);
    case stage::app_read:
      return tell_alone<stage::app_read>(e);
    default:
      tell(e.what, e);
      return sending_.on_event(e);
  }
}

void run_report::on_event(const event& e) {
  hash_.on_event(e);
  tell(e.what, e);
  sending_.on_event(e);
  journeys_.on_event(e);
}

void run_report::on_events(event_stretch stretch) {
  if (!journeys_.done()) {
    for (const event& e : stretch) on_event(e);
    return;
  }
  event_hash hash = hash_;  // a copy stays in registers
  const auto chosen = selection_.of(stretch, [&hash](const event& e) { hash.add(e); });
  hash_ = hash;
  for (const std::uint32_t at : chosen) choose(stretch[at]);
}

void run_report::finish() {
  ledger_.finish();
  journeys_.finish();
}

}  // namespace ringside::platform

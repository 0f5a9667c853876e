// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/scheduler/nic_scheduler.h"

#include <algorithm>

#include "hw/tlm/pci/pci_bus.h"
#include "hw/tlm/systemc/sc_time_convert.h"

namespace ringside::tlm {
namespace {
constexpr std::size_t drain_backlog = 512;  // events collected before they are merged and delivered
}

nic_scheduler::nic_scheduler(const sc_core::sc_module_name& name, const scheduler_params& params, event_stream& events)
    : sc_module(name), params_(params), events_(events) {
  SC_HAS_PROCESS(nic_scheduler);
  SC_THREAD(run_cards);
}

void nic_scheduler::start(const scheduler_params& params) {
  params_ = params;
  held_ = false;
  start_.notify(sc_core::SC_ZERO_TIME);
}

// Wakes: at the end of each stretch, where the next kernel event is due; first by start() where it was held.
[[gnu::hot]] void nic_scheduler::run_cards() {
  while (held_) wait(start_);
  for (;;) {
    // All software at this instant goes before the clock edge at this instant.
    while (sc_core::sc_pending_activity_at_current_time()) wait(sc_core::SC_ZERO_TIME);
    const sim_time now = from_sc_time(sc_core::sc_time_stamp());
    // Here no card is ahead of software, so that next to nothing stays behind to be merged another time.
    if (events_.backlog() >= drain_backlog) drain_events();
    bound_ = now + (params_.one_cycle_per_step ? params_.cycle : params_.max_stretch);
    if (sc_core::sc_pending_activity_at_future_time())
      bound_ = std::min(bound_, now + from_sc_time(sc_core::sc_time_to_pending_activity()));
    step_until_bound();
    if (drain_always_) drain_events();
    wait(to_sc_time(bound_ - now));
  }
}

void nic_scheduler::look_who_is_alone() {
  lone_bus_ = cards_.size() == 1 && buses_.size() == 1 && !drain_always_ ? buses_.front() : nullptr;
}

// A waveform wants the events of the bus as soon as the card's signals are there.
[[gnu::hot]] sim_time nic_scheduler::next_bus_date() const {
  sim_time first = time_never;
  for (const pci_bus* bus : buses_) first = std::min(first, drain_always_ ? bus->next_decision() : bus->next_effect());
  return first;
}

[[gnu::hot]] sim_time nic_scheduler::go_on(sim_time t) {
  if (lone_bus_ == nullptr) return t;
  while (t < bound_) {
    const sim_time date = lone_bus_->next_effect();
    if (date > t) return std::min(bound_, date);
    lone_bus_->decide(date);
  }
  return t;
}

[[gnu::hot]] nic_scheduler::turn nic_scheduler::next_card() const {
  turn t{nullptr, bound_, time_never};
  for (nic* card : cards_) {
    const sim_time local = card->local_time();
    if (t.card == nullptr || local < t.local) {
      if (t.card != nullptr) t.second = std::min(t.second, t.local);
      t.card = card;
      t.local = local;
    } else {
      t.second = std::min(t.second, local);
    }
  }
  return t;
}

// Everything dated before bound_ happens here, in date order: at one instant buses first, then the edge.  bound_ may
// come nearer meanwhile, since what happens can wake a CPU.  Drains into memory do not stop a card: they follow at the
// end, before software looks, or earlier where the bus needs them.
[[gnu::hot]] void nic_scheduler::step_until_bound() {
  for (;;) {
    const auto [slowest, horizon, second] = next_card();
    const sim_time bus_date = next_bus_date();
    if (bus_date <= horizon && bus_date < bound_) {
      for (pci_bus* bus : buses_) bus->decide(bus_date);
      if (drain_always_) drain_events();
      continue;
    }
    if (slowest == nullptr || horizon >= bound_) break;
    sim_time limit = std::min(bound_, bus_date);
    if (second != time_never) limit = std::min(limit, std::max(second, horizon) + params_.lookahead);
    slowest->run(limit);
    if (drain_always_) drain_events();
  }
  for (pci_bus* bus : buses_) bus->advance(bound_ - ps);
}

void nic_scheduler::drain_events() {
  sim_time horizon = time_never;
  for (const nic* card : cards_) horizon = std::min(horizon, card->local_time());
  if (cards_.empty()) horizon = bound_;
  // A card may stand behind the bus' next decision, which the bus has yet to reach.
  for (pci_bus* bus : buses_) bus->set_horizon(std::min({horizon, bound_, bus->next_decision()}));
  if (before_drain_) before_drain_();
  events_.drain();
  if (after_drain_) after_drain_();
}

}  // namespace ringside::tlm

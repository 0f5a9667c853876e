// SPDX-License-Identifier: Apache-2.0
// Steps every card of the machine in local-time order, between the SystemC kernel's events.
//
// One process, because two adapters that each ask the kernel for pending activity would wait for each other for ever.
// At T it lets all software at T run first, then steps cards and buses up to the next kernel event, then sleeps until
// it: one kernel event per stretch, and software at T precedes the bus, the bus the clock edge at T.
#pragma once

#include <cstdint>
#include <functional>
#include <systemc>
#include <vector>

#include "common/event_stream.h"
#include "hw/tlm/nic/nic.h"
#include "hw/tlm/pci/card_slot.h"

namespace ringside::tlm {

struct scheduler_params {
  bool one_cycle_per_step = false;  // the exactness reference: one kernel step per RTL clock
  sim_time max_stretch = 10 * us;   // the end of sc_start() is no kernel event
  sim_time cycle = 8 * ns;
  /// No card's output reaches another party sooner than this: how far one card may be ahead of another.
  sim_time lookahead = 30 * ns;
};

class nic_scheduler final : public sc_core::sc_module, public card_limits {
 public:
  nic_scheduler(const sc_core::sc_module_name& name, const scheduler_params& params, event_stream& events);

  /// Lets kernel time pass without the cards until start(); before the simulation begins.
  void hold() { held_ = true; }
  /// Goes on from here, with other figures.
  void start(const scheduler_params& params);
  void add_card(nic& card) {
    cards_.push_back(&card);
    look_who_is_alone();
  }
  void add_bus(pci_bus& bus) {
    buses_.push_back(&bus);
    look_who_is_alone();
  }
  /// A party scheduled a kernel event at `t`: cards may not run past it.
  void kernel_event_at(sim_time t) {
    if (t < bound_) bound_ = t;
  }
  /// Called before events are drained: the owner of the CPUs sets their watermarks.
  void before_drain(std::function<void()> call) { before_drain_ = std::move(call); }
  /// Called after events were drained.
  void after_drain(std::function<void()> call) { after_drain_ = std::move(call); }
  /// Drain the event stream before every stretch of a card (waveforms), not only now and then.
  void drain_always(bool on) {
    drain_always_ = on;
    look_who_is_alone();
  }
  const scheduler_params& params() const { return params_; }
  sim_time next_bus_date() const override;
  sim_time go_on(sim_time t) override;
  /// Publishes every watermark and delivers what can be delivered.
  void drain_events();

 private:
  // The card to run next and its local time (bound_ without a card), and the local time of the next slowest.
  struct turn {
    nic* card;
    sim_time local;
    sim_time second;
  };

  void look_who_is_alone();
  void run_cards();
  turn next_card() const;
  void step_until_bound();

  scheduler_params params_;
  event_stream& events_;
  std::vector<nic*> cards_;
  std::vector<pci_bus*> buses_;
  pci_bus* lone_bus_ = nullptr;  // the only one, with the only card, which go_on() serves
  std::function<void()> before_drain_;
  std::function<void()> after_drain_;
  sim_time bound_ = 0;
  bool drain_always_ = false;
  bool held_ = false;
  sc_core::sc_event start_;
};

}  // namespace ringside::tlm

// SPDX-License-Identifier: Apache-2.0
// One machine of a run, the half that is not elaborated: its bus, interrupts, kernel, stack, drivers, application, and
// who judges and counts what it does.
//
// Owned by machine.h, which runs one or several of them on one timebase.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/machine_filter.h"
#include "contract/checker.h"
#include "hw/tlm/pci/pci_bus.h"
#include "platform/cpu/interrupt_controller.h"
#include "platform/cpu/interrupt_routing.h"
#include "platform/machine/ethtool_requests.h"
#include "platform/machine/hardware.h"
#include "platform/machine/reconfigurer.h"
#include "platform/machine/tap_adapter.h"
#include "platform/machine/traffic_watch.h"
#include "platform/report/run_counters.h"
#include "sw/driver/e1000.h"
#include "sw/kernel/kernel.h"
#include "sw/stack/app.h"
#include "sw/stack/net_stack.h"

namespace ringside::platform {

/// A card with its driver, and where its frames come from; no source: a cable.
struct network_interface {
  network_interface(network_card& card, const frame_source* from, stack::net_stack& net, const driver::pci_slot& slot,
                    const driver::config& settings)
      : hw(card), frames(from), driver(net, slot, settings) {}

  network_card& hw;
  const frame_source* frames;
  driver::e1000 driver;
};

class computer {
 public:
  /// `inputs`: a source for each card, null where a cable comes in.
  computer(machine_hardware& hardware, const scenario& s, std::span<frame_source* const> inputs, event_stream& events,
           tlm::nic_scheduler& scheduler);
  ~computer();

  /// Adds its consumers to the stream, which is all its own when it is `alone`, and is ready to boot.
  void begin(bool alone);
  void publish_watermarks() { cpus.publish_watermarks(); }
  /// Wires have ended, what they brought has its fate, and nothing is to be sent any more.
  bool wires_ended() const;
  std::uint64_t offered() const;
  /// Traffic is over as far as anybody knows; see machine.cpp.
  bool at_rest() const;
  void stop(sim_time t);
  /// The init task does what the scenario asks of ethtool; then ethtool_due is false again.
  void ask_ethtool(sim_time t);
  /// After the run: the checker's last word.
  void judge(sim_time end);
  run_counters counters(sim_time end);

  const scenario plan;
  machine_hardware& body;
  event_stream& stream;
  tlm::nic_scheduler& scheduler;
  tlm::host_bridge& bridge = body.bridge;
  processor& cpus = body.cpus;
  tlm::pci_bus bus;
  interrupt_controller interrupts;
  const interrupt_routing wiring;
  kernel::kernel os;
  stack::net_stack net;
  std::vector<std::unique_ptr<network_interface>> interfaces;  // eth0, eth1, ...
  stack::app application;
  std::optional<stack::app> sender;  // beside it (app.also_sends)
  reconfigurer reconfiguration;
  contract::checker contract;
  traffic_watch traffic;
  std::vector<std::unique_ptr<tap_adapter>> taps;
  std::vector<std::string> breaches;
  kernel::task_id init_task = 0;
  ethtool_results asked;
  bool ethtool_due = false;
  bool stopping = false;
  bool closed = false;
  bool ready = false;

 private:
  std::vector<std::unique_ptr<network_interface>> make_interfaces(std::span<frame_source* const> inputs);
  interrupt_controller::line line_of(unsigned device) const { return wiring.line_of(device, interrupt_pin::inta); }
  void connect(unsigned number, frame_source* input);
  kernel::host& power_on(const scenario& s);
  void boot();
  void release_wires();

  std::vector<std::unique_ptr<machine_filter>> filters_;
};

}  // namespace ringside::platform

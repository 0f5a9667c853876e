// SPDX-License-Identifier: Apache-2.0
// The half of a run with a Linux guest that is elaborated: SystemC's modules of both machines, the event stream and the
// cards on their wires.  Owned by linux_machine.
#pragma once

#include "hw/tlm/linux_host/linux_cpu.h"
#include "platform/machine/hardware.h"

namespace ringside::platform {

/// What of a run is elaborated: the guest's machine without a CPU of ours, and the other one.
struct linux_hardware {
  linux_hardware(const start_class& guest_class, const start_class& peer_class)
      : memory("memory", std::size_t{guest_class.memory_mb} << 20),
        bridge("host_bridge", {}, memory),
        cpu("linux_cpu"),
        card(guest_class, 0, 0, stream),
        peer(peer_class, 1),
        scheduler("nic_scheduler", {}, stream) {
    cpu.bus_out.bind(bridge.cpu_in);
    scheduler.add_card(*card.card);
    peer.add_cards(stream, scheduler);
    scheduler.hold();
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
  }

  event_stream stream;
  tlm::host_memory memory;
  tlm::host_bridge bridge;
  tlm::linux_cpu cpu;
  network_card card;
  machine_hardware peer;
  tlm::nic_scheduler scheduler;
};

}  // namespace ringside::platform

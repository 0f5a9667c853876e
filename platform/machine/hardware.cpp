// SPDX-License-Identifier: Apache-2.0
#include "platform/machine/hardware.h"

#include <systemc>

#include "hw/tlm/model/model_nic.h"
#include "platform/machine/machine_params.h"

namespace ringside::platform {
namespace {

// The RTL is in reset for 8 clocks of 125 MHz and out of it at the ninth edge.  The first access of a CPU needs
// pci_params::cpu_to_bus_latency (100 ns) to reach the bus alone.
constexpr sim_time reset_time = 72 * ns;

}  // namespace

start_class start_class_of(const scenario& s) {
  return {.kind = s.nic.kind,
          .mac_address = s.nic.mac_address,
          .fast_bus = is_fast_bus(s),
          .link_mbps = s.wire.link_mbps,
          .power_on_seed = s.nic.power_on_seed != 0 ? s.nic.power_on_seed : s.run.seed,
          .memory_mb = s.mem.size_mb};
}

hardware::hardware(const start_class& c)
    : made_for(c),
      rx_wire(0, {.byte_time = byte_time_of(c.link_mbps)}),
      memory("memory", std::size_t{c.memory_mb} << 20),
      bridge("host_bridge", {}, memory),
      cpus("processor", memory),
      scheduler("nic_scheduler", {}, stream) {
  if (c.kind == nic_kind::model) {
    card = std::make_unique<tlm::model_nic>(model_params_of(c), slot, rx_wire, stream);
  } else {
    auto made = std::make_unique<tlm::rtl_nic>(rtl_params_of(c), slot, rx_wire, stream);
    rtl = made.get();
    card = std::move(made);
  }
  cpus.bus_out.bind(bridge.cpu_in);
  scheduler.add_card(*card);
  scheduler.hold();
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
}

void hardware::reset_card() {
  card->run(reset_time);
}

}  // namespace ringside::platform

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

std::array<std::uint8_t, 6> mac_address_of(const start_class& c, unsigned card) {
  std::array<std::uint8_t, 6> address = c.mac_address;
  address.back() = static_cast<std::uint8_t>(address.back() + card);
  return address;
}

network_card::network_card(const start_class& c, unsigned number, event_stream& stream)
    : rx_wire(static_cast<std::uint16_t>(number), {.byte_time = byte_time_of(c.link_mbps)}) {
  if (c.kind == nic_kind::model) {
    card = std::make_unique<tlm::model_nic>(model_params_of(c, number), slot, rx_wire, tx_wire, stream);
  } else {
    auto made = std::make_unique<tlm::rtl_nic>(rtl_params_of(c, number), slot, rx_wire, tx_wire, stream);
    rtl = made.get();
    card = std::move(made);
  }
}

hardware::hardware(const start_class& c)
    : made_for(c),
      memory("memory", std::size_t{c.memory_mb} << 20),
      bridge("host_bridge", {}, memory),
      cpus("processor", memory),
      scheduler("nic_scheduler", {}, stream) {
  cpus.bus_out.bind(bridge.cpu_in);
  for (unsigned number = 0; number < c.cards; ++number) {
    cards.push_back(std::make_unique<network_card>(c, number, stream));
    scheduler.add_card(*cards.back()->card);
  }
  scheduler.hold();
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
}

void hardware::reset_cards() {
  for (const auto& one : cards) one->card->run(reset_time);
}

}  // namespace ringside::platform

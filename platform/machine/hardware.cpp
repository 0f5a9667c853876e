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
          .eeprom = s.nic.eeprom_image,
          .fast_bus = is_fast_bus(s),
          .link_mbps = s.wire.link_mbps,
          .power_on_seed = s.nic.power_on_seed != 0 ? s.nic.power_on_seed : seed_of(s),
          .memory_mb = s.mem.size_mb};
}

std::array<std::uint8_t, 6> mac_address_of(const start_class& c, unsigned card) {
  std::array<std::uint8_t, 6> address = c.mac_address;
  address.back() = static_cast<std::uint8_t>(address.back() + card);
  return address;
}

tlm::eeprom_image eeprom_of(const start_class& c, unsigned card) {
  std::uint64_t mac = 0;
  const std::array<std::uint8_t, 6> bytes = mac_address_of(c, card);
  for (std::size_t i = 0; i < bytes.size(); ++i) mac |= std::uint64_t{bytes[i]} << (8 * i);
  if (!c.eeprom) return tlm::factory_image(mac);
  tlm::eeprom_image image = *c.eeprom;
  if (card == 0) return image;  // as it is, its sum too
  tlm::set_address(image, mac);
  tlm::set_checksum(image);
  return image;
}

network_card::network_card(const start_class& c, unsigned machine, unsigned number, event_stream& stream)
    : rx_wire(unit_of(machine, number), {.byte_time = byte_time_of(c.link_mbps)}), eeprom(eeprom_of(c, number)) {
  if (c.kind == nic_kind::model) {
    tlm::model_params params = model_params_of(c, machine, number);
    params.eeprom = &eeprom;
    card = std::make_unique<tlm::model_nic>(params, slot, rx_wire, tx_wire, stream);
  } else {
    tlm::rtl_nic_params params = rtl_params_of(c, machine, number);
    params.eeprom = &eeprom;
    auto made = std::make_unique<tlm::rtl_nic>(params, slot, rx_wire, tx_wire, stream);
    rtl = made.get();
    card = std::move(made);
  }
}

// Names of SystemC's modules: the first machine's are plain.
std::string machine_hardware::named(const char* what) const {
  return number == 0 ? std::string(what) : std::string(what) + "_" + machine_letter(number);
}

machine_hardware::machine_hardware(const start_class& c, unsigned machine)
    : made_for(c),
      number(machine),
      memory(named("memory").c_str(), std::size_t{c.memory_mb} << 20),
      bridge(named("host_bridge").c_str(), {}, memory),
      cpus(named("processor").c_str(), memory) {
  cpus.bus_out.bind(bridge.cpu_in);
}

void machine_hardware::add_cards(event_stream& stream, tlm::nic_scheduler& scheduler) {
  for (unsigned card = 0; card < made_for.cards; ++card) {
    cards.push_back(std::make_unique<network_card>(made_for, number, card, stream));
    scheduler.add_card(*cards.back()->card);
  }
}

namespace {
std::vector<std::unique_ptr<machine_hardware>> make_machines(std::span<const start_class> classes) {
  std::vector<std::unique_ptr<machine_hardware>> made;
  for (const start_class& c : classes)
    made.push_back(std::make_unique<machine_hardware>(c, static_cast<unsigned>(made.size())));
  return made;
}
}  // namespace

hardware::hardware(std::span<const start_class> classes)
    : machines(make_machines(classes)), scheduler("nic_scheduler", {}, stream) {
  for (const auto& one : machines) one->add_cards(stream, scheduler);
  scheduler.hold();
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
}

void hardware::reset_cards() {
  for (const auto& machine : machines)
    for (const auto& one : machine->cards) one->card->run(reset_time);
}

}  // namespace ringside::platform

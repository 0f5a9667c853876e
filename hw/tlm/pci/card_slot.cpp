// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/pci/card_slot.h"

#include <utility>

namespace ringside::tlm {

void card_slot::connect(nic& card, pci_bus& bus, card_limits& limits, interrupt_pin pin) {
  bus_ = &bus;
  limits_ = &limits;
  pin_ = std::move(pin);
  device_ = bus.attach(card);
}

sim_time card_slot::dma_request(nic&, dma_transfer& transfer, sim_time t) {
  bus_->request_dma(device_, transfer, t);
  return limits_->next_bus_date();
}

sim_time card_slot::go_on(nic&, sim_time t) {
  return limits_ == nullptr ? t : limits_->go_on(t);
}

void card_slot::access_done(nic&, std::uint32_t data, sim_time t) {
  bus_->access_done(device_, data, t);
}

void card_slot::withdraw(nic&, sim_time t) {
  bus_->withdraw(device_, t);
}

void card_slot::intx(nic&, bool asserted, sim_time t) {
  pin_(asserted, t);
}

}  // namespace ringside::tlm

// SPDX-License-Identifier: Apache-2.0
// A slot of a PCI bus: what the card in it asks for, answers and drives (nic_host) goes to the bus, to the scheduler
// and to its interrupt line.
//
// The card is elaborated with its slot and before there is a bus, so that one elaboration serves many machines; until
// connect() it may be reset and nothing else.
#pragma once

#include <functional>

#include "hw/tlm/nic/nic.h"
#include "hw/tlm/pci/pci_bus.h"

namespace ringside::tlm {

/// Who decides how far a card may run: the nic_scheduler.
class card_limits {
 public:
  virtual ~card_limits() = default;
  /// First date at which a bus does something that cards have to stop for.
  virtual sim_time next_bus_date() const = 0;
  /// The card has reached its limit at its local time `t`: what one step after the other would do, without leaving it.
  /// Returns its next limit, `t` when it has to come back.
  virtual sim_time go_on(sim_time t) = 0;
};

class card_slot final : public nic_host {
 public:
  /// INTA# of the slot changes at the card's local time; true = asserted.
  using interrupt_pin = std::function<void(bool asserted, sim_time t)>;

  /// Puts the card on the bus; its device number there is device().
  void connect(nic& card, pci_bus& bus, card_limits& limits, interrupt_pin pin);
  unsigned device() const { return device_; }

  [[gnu::hot]] sim_time dma_request(nic& from, dma_transfer& transfer, sim_time t) override;
  [[gnu::hot]] sim_time go_on(nic& from, sim_time t) override;
  void access_done(nic& from, std::uint32_t data, sim_time t) override;
  void withdraw(nic& from, sim_time t) override;
  void intx(nic& from, bool asserted, sim_time t) override;

 private:
  pci_bus* bus_ = nullptr;
  card_limits* limits_ = nullptr;
  interrupt_pin pin_;
  unsigned device_ = 0;
};

}  // namespace ringside::tlm

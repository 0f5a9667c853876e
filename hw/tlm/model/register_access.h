// SPDX-License-Identifier: Apache-2.0
// What an access from the bus does: BAR0 registers with their side effects, the I/O window, configuration space.
//
// Owned by the card, called at the instant an access takes effect.  One handler per side effect (FS 2).
#pragma once

#include <cstdint>
#include <functional>

#include "hw/tlm/board/microwire.h"
#include "hw/tlm/model/core.h"
#include "hw/tlm/model/interrupt_unit.h"
#include "hw/tlm/model/phy.h"

namespace ringside::tlm::model {

class register_access {
 public:
  struct neighbours {
    std::function<void()> reset;            // CTRL.RST
    std::function<bool()> resetting;        // ... has not ended yet
    std::function<void()> control_written;  // link state may change
    std::function<void()> left_d3;          // D0 uninitialized
    std::function<std::uint32_t()> status;
    std::function<void(bool head)> ring_written;  // on-chip descriptors are void; `head`: RDH was written
    std::function<void()> tail_written;           // RDT with EN = 0
    std::function<void()> force_timer;            // RDTR.FPD
    std::function<void(bool head)> transmit_ring_written;  // T-47
    std::function<void()> transmit_tail_written;           // T-47
    std::function<void(std::uint16_t timer)> send_pause;   // F-7
    std::function<void()> flow_thresholds_written;         // F-6
    std::function<void()> wake;                            // anything may have become due
  };
  register_access(core& c, interrupt_unit& irq, phy& behind_mdic, microwire& eeprom, neighbours around)
      : core_(c), irq_(irq), phy_(behind_mdic), eeprom_(eeprom), around_(std::move(around)) {}

  void write(const target_access& access);
  std::uint32_t read(const target_access& access);
  void reset();

 private:
  void write_register(std::uint32_t offset, std::uint32_t value);
  std::uint32_t read_register(std::uint32_t offset);
  std::uint32_t value_of(std::uint32_t offset);
  void on_write_ctrl(std::uint32_t value);
  void on_write_rdt();
  void on_write_ring(std::uint32_t offset, std::uint32_t value);
  void on_write_tctl(std::uint32_t value);
  void on_write_eecd(std::uint32_t value);
  void on_write_eerd(std::uint32_t value);
  void on_write_mdic(std::uint32_t value);
  bool loading() const { return core_.now < loading_until_; }
  bool granted() const { return core_.regs.has(reg::EECD, eecd::REQ) && !loading(); }
  void load_eeprom();
  void drive_eeprom();
  void read_eeprom();
  std::uint32_t pba_value() const;
  std::uint32_t eecd_value();

  core& core_;
  interrupt_unit& irq_;
  phy& phy_;
  microwire& eeprom_;
  const neighbours around_;
  std::uint32_t io_address_ = 0;
  sim_time loading_until_ = 0;  // the auto-load has the EEPROM's pins (E-8)
};

}  // namespace ringside::tlm::model

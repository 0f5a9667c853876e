// SPDX-License-Identifier: Apache-2.0
// The card's registers as the driver reaches them: BAR0 and the I/O window.
//
// Owner: driver::e1000.
#pragma once

#include <cstdint>

#include "hw/regs/e1000_regs.h"
#include "sw/kernel/host.h"

namespace ringside::driver {

/// Interrupts the driver uses (I-8): TXDW | LSC | RXSEQ | RXDMT0 | RXT0.
inline constexpr std::uint32_t interrupt_enable_mask = icr::TXDW | icr::LSC | icr::RXSEQ | icr::RXDMT0 | icr::RXT0;

class registers {
 public:
  explicit registers(kernel::host& machine) : host_(machine) {}

  void set_bases(kernel::bus_address bar0, std::uint32_t io_base) {
    bar0_ = bar0;
    io_base_ = io_base;
  }

  std::uint32_t read(std::uint32_t offset) {
    host_.consume(kernel::cost::mmio_read);
    return host_.mmio_read32(bar0_ + offset);
  }
  void write(std::uint32_t offset, std::uint32_t value) {
    host_.consume(kernel::cost::mmio_write);
    host_.mmio_write32(bar0_ + offset, value);
  }
  /// P-7: a STATUS read pushes posted writes and has no side effect.
  void flush() { read(reg::STATUS); }
  /// P-2: IOADDR selects the register, IODATA accesses it.
  void write_through_io(std::uint32_t offset, std::uint32_t value) {
    host_.consume(kernel::cost::pio_access, 2);
    host_.io_write32(io_base_, offset);
    host_.io_write32(io_base_ + 4, value);
  }

  // The three accesses that are stages of a journey.
  std::uint32_t read_icr() {
    const std::uint32_t value = read(reg::ICR);
    host_.emit(stage::icr_read, 0, value);
    return value;
  }
  void disable_interrupts() {
    host_.emit(stage::imc_write, 0, 0xFFFFFFFF);
    write(reg::IMC, 0xFFFFFFFF);
    flush();
  }
  void enable_interrupts() {
    host_.emit(stage::ims_write, 0, interrupt_enable_mask);
    write(reg::IMS, interrupt_enable_mask);
    flush();
  }

 private:
  kernel::host& host_;
  kernel::bus_address bar0_ = 0;
  std::uint32_t io_base_ = 0;
};

}  // namespace ringside::driver

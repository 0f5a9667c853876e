// SPDX-License-Identifier: Apache-2.0
// Bring-up of the chip: reset, station address, receive unit.  Register sequences only, no packets.
//
// Owner: driver::e1000.
#pragma once

#include <cstdint>

#include "sw/driver/config.h"
#include "sw/driver/registers.h"
#include "sw/driver/rx_ring.h"
#include "sw/kernel/timers.h"
#include "sw/stack/net_device.h"

namespace ringside::driver {

class hardware {
 public:
  hardware(registers& regs, kernel::timers& clock, const config& settings)
      : regs_(regs), timers_(clock), settings_(settings) {}

  /// FS 3.1: masks, stops both engines, resets through the I/O window, leaves the chip quiet.
  void reset_hw();
  /// FS 10.1 step 7 without EEPROM and PHY: filters, flow control registers, statistics.
  void init_hw(const stack::mac_address& address);
  /// PBA, reset_hw, WUC, init_hw, VET (e1000_reset).
  void reset(const stack::mac_address& address);

  /// RAL0/RAH0 as the reset loaded it; false when the entry is not valid.
  bool read_address(stack::mac_address& address);
  /// RCTL without EN (FS 10.2 step 5).
  void setup_rctl();
  /// Timers, ring registers, checksum offload, EN (FS 10.2 step 6).  `itr`: interrupts per second, 0 = no limit.
  void configure_rx(const rx_ring& ring, std::uint32_t itr);
  /// EN=0 on both sides, pushed, and the time a frame in progress may take (FS 10.8).
  void stop();

  /// RXDCTL at any time (FS 6.4): the fetch and the write-back look at it whenever they decide.
  void write_thresholds();

 private:
  void set_thresholds();
  std::uint32_t buffer_size_bits() const;
  void pause(sim_time delay);

  registers& regs_;
  kernel::timers& timers_;
  const config& settings_;
};

}  // namespace ringside::driver

// SPDX-License-Identifier: Apache-2.0
// Bring-up of the chip: reset, station address, receive unit.  Register sequences only, no packets.
//
// Owner: driver::e1000.
#pragma once

#include <cstdint>

#include "sw/driver/config.h"
#include "sw/driver/eeprom.h"
#include "sw/driver/link.h"
#include "sw/driver/registers.h"
#include "sw/driver/rx_ring.h"
#include "sw/driver/tx_ring.h"
#include "sw/kernel/timers.h"
#include "sw/stack/net_device.h"

namespace ringside::driver {

class hardware {
 public:
  hardware(registers& regs, kernel::timers& clock, const config& settings, eeprom& rom, link& wire)
      : regs_(regs), timers_(clock), settings_(settings), eeprom_(rom), link_(wire) {}

  /// FS 3.1: masks, stops both engines, resets through the I/O window, leaves the chip quiet.
  void reset_hw();
  /// FS 10.1 step 7: LEDs, filters, link and flow control, statistics.  False when EEPROM or PHY do not answer as they
  /// should ("Hardware Error", D-1): there will be no link.
  bool init_hw(const stack::mac_address& address);
  /// PBA, reset_hw, WUC, init_hw, VET (e1000_reset).
  bool reset(const stack::mac_address& address);

  /// The station's address out of the EEPROM, all zeros when its sum is wrong (E-3): then it cannot be opened.
  stack::mac_address read_address();
  /// RCTL without EN (FS 10.2 step 5).
  void setup_rctl();
  /// Timers, ring registers, checksum offload, EN (FS 10.2 step 6).  `itr`: interrupts per second, 0 = no limit.
  void configure_rx(const rx_ring& ring, std::uint32_t itr);
  /// Ring registers, gap and timers; EN waits for the link (FS 10.2 step 4, L-4).
  void configure_tx(const tx_ring& ring);
  /// TCTL.EN, once there is a link.
  void enable_transmitter();
  /// RCTL.EN=0.
  void stop_receiver();
  /// TCTL.EN=0, both pushed, and the time a frame in progress may take (FS 10.8).
  void stop_transmitter();

  // LEDCTL as found, and with the LEDs that the EEPROM's word 04 names on or off (e1000_id_led_init).
  std::uint32_t led_default() const { return led_default_; }
  std::uint32_t led_on() const { return led_mode2_; }
  std::uint32_t led_off() const { return led_mode1_; }

  /// RXDCTL at any time (FS 6.4): the fetch and the write-back look at it whenever they decide.
  void write_thresholds();
  std::uint32_t packet_buffer_kb() const;

 private:
  bool init_leds();
  void set_thresholds();
  std::uint32_t buffer_size_bits() const;
  void pause(sim_time delay);

  registers& regs_;
  kernel::timers& timers_;
  const config& settings_;
  eeprom& eeprom_;
  link& link_;
  std::uint32_t led_default_ = 0;
  std::uint32_t led_mode1_ = 0;
  std::uint32_t led_mode2_ = 0;
};

}  // namespace ringside::driver

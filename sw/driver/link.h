// SPDX-License-Identifier: Apache-2.0
// The link: what is asked of the PHY, what came of it, and what the MAC is told then (FS 3.4; e1000_hw.c of Linux 6.1).
//
// Owner: driver::e1000.  Callers: hardware (set-up after each reset), the watchdog (service), ethtool.  Task context.
#pragma once

#include <cstdint>

#include "sw/driver/config.h"
#include "sw/driver/eeprom.h"
#include "sw/driver/phy.h"

namespace ringside::driver {

struct link_mode {
  std::uint32_t speed = 0;  // Mb/s; 0: no link
  bool full_duplex = false;
};

class link {
 public:
  link(kernel::host& machine, registers& regs, eeprom& rom, const config& settings);

  /// Flow control by the EEPROM's default unless chosen, PHY, advertisement or forced mode, and the registers of flow
  /// control (e1000_setup_link).  `packet_buffer_kb` and the largest frame give the thresholds.  False when the PHY is
  /// not the one this card has, or does not answer (D-1).
  bool setup(std::uint32_t packet_buffer_kb);

  /// An interrupt says that the link may have changed (get_link_status).
  void changed() { look_ = true; }
  /// Whether there is a link, as far as anything said that it changed; services it when it comes up (L-2, L-4).
  bool up();
  /// STATUS.SPEED and FD (e1000_get_speed_and_duplex).
  link_mode mode();
  /// CTRL.RFCE and TFCE by what flow control is now (e1000_force_mac_fc).
  void force_flow_control();
  /// PAUSE frames of its own, with thresholds, whatever the partner has said of them.
  void send_pause(bool on, std::uint32_t packet_buffer_kb);

  /// TCTL.COLD, as full duplex and half duplex both have it (e1000_config_collision_dist).
  void set_collision_distance();

  /// What the PHY tells of the cable (e1000_phy_get_info), as it was read last; zeros without a link.
  struct cable_info {
    bool mdix = false;
    std::uint8_t length = 0;  // class 0 to 4, at 1000 Mb/s
    bool local_receiver = false;
    bool remote_receiver = false;
  };
  void read_info();
  const cable_info& info() const { return info_; }

  /// BMCR.11, cleared at open and set at close (e1000_power_up_phy, e1000_power_down_phy; M-9).
  bool power_phy(bool on);

  // ---- What the administrator chose.
  void set_flow_control(flow_control wished) { current_ = original_ = wished; }
  flow_control current_flow_control() const { return current_; }
  bool flow_control_by_autoneg = true;  // fc_autoneg
  bool autoneg = true;
  std::uint32_t advertised = autoneg_default;
  bool forced_100 = false;   // without autonegotiation: else 10 Mb/s
  bool forced_full = false;  // ... full duplex

  phy& transceiver() { return phy_; }
  std::uint32_t phy_id() const { return phy_id_; }

  // ADVERTISE_*: Linux' bits of the module parameter AutoNeg.
  static constexpr std::uint32_t half_10 = 0x01;
  static constexpr std::uint32_t full_10 = 0x02;
  static constexpr std::uint32_t half_100 = 0x04;
  static constexpr std::uint32_t full_100 = 0x08;
  static constexpr std::uint32_t full_1000 = 0x20;
  static constexpr std::uint32_t autoneg_default = 0x2F;

 private:
  bool detect_phy();
  bool setup_copper();
  bool setup_m88();
  bool start_autoneg();
  bool advertise();
  bool force_speed_duplex();
  void after_link_up();
  void resolve_flow_control();
  void write_flow_control_registers(std::uint32_t packet_buffer_kb);

  kernel::host& host_;
  registers& regs_;
  eeprom& eeprom_;
  const config& settings_;
  phy phy_;
  std::uint32_t phy_id_ = 0;
  std::uint32_t phy_revision_ = 0;
  flow_control current_;   // hw->fc
  flow_control original_;  // hw->original_fc
  bool look_ = true;
  cable_info info_;
};

}  // namespace ringside::driver

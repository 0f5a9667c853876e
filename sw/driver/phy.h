// SPDX-License-Identifier: Apache-2.0
// The PHY's registers, reached over MDIC (FS 3.2), and what their bits mean (FS 3.3).
//
// Owner: link.  Callers: link, self-test, register dump.  Task context: each access waits.
#pragma once

#include <cstdint>
#include <optional>

#include "sw/driver/config.h"
#include "sw/driver/registers.h"

namespace ringside::driver {

namespace phy_reg {
inline constexpr std::uint32_t CTRL = 0;
inline constexpr std::uint32_t STATUS = 1;
inline constexpr std::uint32_t ID1 = 2;
inline constexpr std::uint32_t ID2 = 3;
inline constexpr std::uint32_t AUTONEG_ADV = 4;
inline constexpr std::uint32_t LP_ABILITY = 5;
inline constexpr std::uint32_t CTRL_1000T = 9;
inline constexpr std::uint32_t STATUS_1000T = 10;
inline constexpr std::uint32_t M88_CTRL = 16;    // PSCR
inline constexpr std::uint32_t M88_STATUS = 17;  // PSSR
inline constexpr std::uint32_t M88_EXT_CTRL = 20;
inline constexpr std::uint32_t RX_ERROR_COUNT = 21;
inline constexpr std::uint32_t PAGE = 29;
inline constexpr std::uint32_t PAGED = 30;
}  // namespace phy_reg

namespace phy_ctrl {  // IEEE 802.3 22.2.4.1
inline constexpr std::uint16_t SPEED_1000 = 0x0040;
inline constexpr std::uint16_t FULL_DUPLEX = 0x0100;
inline constexpr std::uint16_t RESTART_AUTONEG = 0x0200;
inline constexpr std::uint16_t POWER_DOWN = 0x0800;
inline constexpr std::uint16_t AUTONEG = 0x1000;
inline constexpr std::uint16_t SPEED_100 = 0x2000;
inline constexpr std::uint16_t LOOPBACK = 0x4000;
inline constexpr std::uint16_t RESET = 0x8000;
}  // namespace phy_ctrl

namespace phy_status {  // IEEE 802.3 22.2.4.2
inline constexpr std::uint16_t LINK = 0x0004;
inline constexpr std::uint16_t AUTONEG_COMPLETE = 0x0020;
}  // namespace phy_status

namespace phy_ability {  // registers 4 and 5: IEEE 802.3 28.2.1.2, annex 28B
inline constexpr std::uint16_t HALF_10 = 0x0020;
inline constexpr std::uint16_t FULL_10 = 0x0040;
inline constexpr std::uint16_t HALF_100 = 0x0080;
inline constexpr std::uint16_t FULL_100 = 0x0100;
inline constexpr std::uint16_t PAUSE = 0x0400;
inline constexpr std::uint16_t ASM_DIR = 0x0800;
inline constexpr std::uint16_t speeds = HALF_10 | FULL_10 | HALF_100 | FULL_100 | 0x0200;
inline constexpr std::uint16_t HALF_1000 = 0x0100;  // register 9
inline constexpr std::uint16_t FULL_1000 = 0x0200;
}  // namespace phy_ability

namespace m88 {
inline constexpr std::uint16_t POLARITY_OFF = 0x0002;
inline constexpr std::uint16_t AUTO_CROSSOVER = 0x0060;
inline constexpr std::uint16_t MDIX_MANUAL = 0x0020;
inline constexpr std::uint16_t AUTO_CROSSOVER_1000T = 0x0040;
inline constexpr std::uint16_t CRS_ON_TX = 0x0800;
inline constexpr std::uint16_t TX_CLK_25 = 0x0070;
inline constexpr std::uint16_t DOWNSHIFT = 0x0F00;  // master and slave
inline constexpr std::uint16_t DOWNSHIFT_1X = 0x0100;
inline constexpr std::uint16_t DOWNSHIFTED = 0x0020;  // PSSR
inline constexpr std::uint16_t MDIX = 0x0040;
inline constexpr std::uint16_t SPEED = 0xC000;
inline constexpr std::uint16_t SPEED_1000 = 0x8000;
}  // namespace m88

class phy {
 public:
  static constexpr std::uint32_t id_88e1011 = 0x01410C20;  // M88E1011_I_PHY_ID

  phy(kernel::host& machine, registers& regs, const config& settings)
      : host_(machine), regs_(regs), settings_(settings) {}

  /// Nothing when the PHY did not answer in time, or with an error (M-1, M-2).
  std::optional<std::uint16_t> read(std::uint32_t number);
  /// False when it was not done in time; Linux does not look for an error here (M-2).
  bool write(std::uint32_t number, std::uint16_t value);
  /// Reads it, changes `clear` and `set`, writes it.
  bool modify(std::uint32_t number, std::uint16_t clear, std::uint16_t set);
  /// BMCR.15, and the microsecond it takes (e1000_phy_reset; M-8).
  bool reset();

 private:
  kernel::host& host_;
  registers& regs_;
  const config& settings_;
};

}  // namespace ringside::driver

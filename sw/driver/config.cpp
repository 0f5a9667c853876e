// SPDX-License-Identifier: Apache-2.0
#include "sw/driver/config.h"

#include <algorithm>

namespace ringside::driver {

std::string_view check(const config& c) {
  if (c.ring_size < 8 || c.ring_size > 4096) return "driver.ring_size must be from 8 to 4096";
  switch (c.buffer_size) {
    case 0:
    case 256:
    case 512:
    case 1024:
    case 2048:
    case 4096:
    case 8192:
    case 16384:
      break;
    default:
      return "driver.buffer_size must be 0, 256, 512, 1024, 2048, 4096, 8192 or 16384";
  }
  if (c.mtu < 46 || c.mtu > max_mtu) return "driver.mtu must be from 46 to 16110";
  if (c.budget == 0 || c.budget > 65535) return "driver.budget must be from 1 to 65535";
  if (c.rdtr > 0xFFFF) return "driver.rdtr must be at most 65535";
  if (c.radv > 0xFFFF) return "driver.radv must be at most 65535";
  if (c.pthresh > 63 || c.hthresh > 63 || c.wthresh > 63)
    return "driver.pthresh, driver.hthresh and driver.wthresh must be at most 63";
  if (c.rdmts > 2) return "driver.rdmts must be from 0 to 2";
  if (c.rsrpd > 0xFFF) return "driver.rsrpd must be at most 4095";
  if (c.buffer_offset > 4095) return "driver.buffer_offset must be at most 4095";
  if (c.multicast_offset > 3) return "driver.multicast_offset must be from 0 to 3";
  if (c.tx_ring_size < 48 || c.tx_ring_size > 4096) return "driver.tx_ring_size must be from 48 to 4096";
  if (c.tx_int_delay > 0xFFFF) return "driver.tx_int_delay must be at most 65535";
  if (c.tx_abs_int_delay > 0xFFFF) return "driver.tx_abs_int_delay must be at most 65535";
  if (c.autoneg == 0 || (c.autoneg & ~0x2FU) != 0)
    return "driver.autoneg must be from 0x01 to 0x0F or from 0x20 to 0x2F";
  if (c.duplex > 2) return "driver.duplex must be negotiated, half or full";
  if (c.speed != 0 && c.speed != 10 && c.speed != 100 && c.speed != 1000)
    return "driver.speed must be 0, 10, 100 or 1000";
  if (c.watchdog_period <= 0) return "the watchdog period must be positive";
  return {};
}

std::uint32_t hardware_buffer_bytes(const config& c) {
  if (c.buffer_size != 0) return c.buffer_size;
  return max_frame_bytes(c) > 2048 ? 4096 : 2048;
}

// e1000_change_mtu: R-40 protects the rest of a larger buffer, so at an MTU of exactly 1500 no more than 1522 bytes are
// mapped, whatever BSIZE says.  Linux does so at 1504 too, where LPE protects nothing, and with NETIF_F_RXALL, where
// SBP does not either: there the chip would write past what is mapped, so this driver maps all of the buffer.
std::uint32_t posted_buffer_bytes(const config& c) {
  const std::uint32_t hardware = hardware_buffer_bytes(c);
  return c.mtu == 1500 && !c.store_bad ? std::min(hardware, standard_frame_bytes) : hardware;
}

bool accepts_chains(const config& c) {
  if (c.chains != chain_policy::automatic) return c.chains == chain_policy::accept;
  return c.mtu > 1500 || standard_frame_bytes > hardware_buffer_bytes(c);
}

}  // namespace ringside::driver

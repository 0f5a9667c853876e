// SPDX-License-Identifier: Apache-2.0
#include "contract/nic_registers.h"

#include <algorithm>

#include "hw/regs/e1000_regs.h"

namespace ringside::contract {
namespace {

constexpr std::uint32_t power_state = 3;
constexpr std::uint32_t command_memory = 1U << 1;
constexpr std::uint32_t command_bus_master = 1U << 2;
constexpr std::uint32_t command_intx_disable = 1U << 10;
constexpr std::uint32_t rdbal_mask = 0xFFFF'FFF0U;  // FS 2.5, R-10
constexpr std::uint32_t rdlen_mask = 0x000F'FF80U;

// BSIZE/BSEX, FS 6.1; the reserved code 00 with BSEX is 2048.
std::uint32_t size_of_buffer(std::uint32_t rctl_value) {
  const std::uint32_t code = (rctl_value & rctl::BSIZE) >> rctl::BSIZE_SHIFT;
  if ((rctl_value & rctl::BSEX) == 0) return 2048U >> code;
  return code == 0 ? 2048U : 32768U >> code;
}

}  // namespace

void nic_registers::set_rctl(std::uint32_t value, sim_time t) {
  const bool enable = (value & rctl::EN) != 0;
  if (enabled_ && !enable) enable_fell_ = t;
  enabled_ = enable;
  const bool was_long = store_bad_ || long_packets_;
  store_bad_ = (value & rctl::SBP) != 0;
  long_packets_ = (value & rctl::LPE) != 0;
  if (was_long && !store_bad_ && !long_packets_) long_fell_ = t;
  strip_crc_ = (value & rctl::SECRC) != 0;
  buffer_size_ = size_of_buffer(value);
  widest_buffer_ = enable ? buffer_size_ : std::max(widest_buffer_, buffer_size_);
  threshold_select_ = (value & rctl::RDMTS) >> rctl::RDMTS_SHIFT;
  rctl_written_ = t;
}

void nic_registers::set_rxdctl(std::uint32_t value) {
  // WTHRESH 0 acts as 1; with GRAN = 0 it counts cache lines, whose size the checker does not know: judge as "large".
  const std::uint32_t threshold = (value & rxdctl::WTHRESH) >> rxdctl::WTHRESH_SHIFT;
  const bool descriptors = (value & rxdctl::GRAN) != 0;
  write_threshold_ = std::max<std::uint32_t>(threshold, 1);
  if (!descriptors && threshold > 0) write_threshold_ = 64;
}

void nic_registers::write(std::uint64_t offset, std::uint32_t value, sim_time t) {
  switch (offset) {
    case reg::RCTL:
      set_rctl(value, t);
      break;
    case reg::RDBAL:
      ring_base_ = (ring_base_ & ~0xFFFF'FFFFULL) | (value & rdbal_mask);
      break;
    case reg::RDBAH:
      ring_base_ = (ring_base_ & 0xFFFF'FFFFULL) | static_cast<std::uint64_t>(value) << 32;
      break;
    case reg::RDLEN:
      ring_bytes_ = value & rdlen_mask;
      break;
    case reg::RDH:
      head_ = value & 0xFFFFU;
      break;
    case reg::RDT:
      tail_ = value & 0xFFFFU;
      break;
    case reg::RDTR:
      delay_ = value & rdtr::DELAY;
      break;
    case reg::RADV:
      absolute_delay_ = value & 0xFFFFU;
      break;
    case reg::RSRPD:
      small_packet_ = value & 0xFFFU;
      break;
    case reg::FCT:
      flow_type_ = value & 0xFFFFU;
      flow_type_written_ = t;
      break;
    case reg::PBA:
      fifo_kib_asked_ = std::min(value & 0x7FU, 64U);  // in force with CTRL.RST (T-70)
      break;
    case reg::ITR:
      itr_ = value & 0xFFFFU;
      break;
    case reg::RXDCTL:
      set_rxdctl(value);
      break;
    case reg::RXCSUM:
      rxcsum_seen_ |= value;
      break;
    case reg::CTRL:
    case reg::CTRL_DUP:
      vlan_strip_seen_ = vlan_strip_seen_ || (value & ctrl::VME) != 0;
      break;
    case config_base + command_offset:
    case config_base + power_offset:
      set_config(offset - config_base, value, t);
      break;
    default:
      break;
  }
}

void nic_registers::set_config(std::uint64_t offset, std::uint32_t value, sim_time t) {
  const bool before = bus_master();
  if (offset == command_offset) {
    bus_master_ = (value & command_bus_master) != 0;
    intx_disabled_ = (value & command_intx_disable) != 0;
    if (!powered_down_ && (value & command_memory) != 0) asleep_ = false;  // D0 active (P-9)
  } else if (const std::uint32_t state = value & power_state; state == 0 || state == power_state) {
    powered_down_ = state != 0;  // D1 and D2 are refused and change nothing (P-9)
    asleep_ = asleep_ || powered_down_;
  }
  if (before && !bus_master()) bus_master_fell_ = t;
  if (!before && bus_master()) bus_master_rose_ = t;
}

void nic_registers::reset(sim_time t) {
  const nic_registers before = *this;
  *this = {};
  ring_base_ = before.ring_base_;
  fifo_kib_ = fifo_kib_asked_ = before.fifo_kib_asked_;
  bus_master_ = before.bus_master_;
  bus_master_fell_ = before.bus_master_fell_;
  bus_master_rose_ = before.bus_master_rose_;
  intx_disabled_ = before.intx_disabled_;
  powered_down_ = before.powered_down_;
  asleep_ = before.asleep_;
  rctl_written_ = flow_type_written_ = t;
}

}  // namespace ringside::contract

// SPDX-License-Identifier: Apache-2.0
#include "sw/driver/hardware.h"

#include "sw/driver/moderation.h"
#include "sw/driver/nic_statistics.h"
#include "sw/driver/rx_filter.h"

namespace ringside::driver {
namespace {

constexpr std::uint32_t flow_control_type = 0x8808;             // IEEE 802.3 annex 31A
constexpr std::uint32_t flow_control_address_low = 0x00C28001;  // 01:80:C2:00:00:01
constexpr std::uint32_t flow_control_address_high = 0x00000100;
constexpr std::uint32_t pause_time = 0xFFFF;
constexpr std::uint32_t vlan_ether_type = 0x8100;
constexpr std::uint32_t packet_buffer_kb = 48;
constexpr std::uint32_t packet_buffer_jumbo_kb = 40;
constexpr std::uint32_t jumbo_frame_bytes = 8192;
constexpr std::uint32_t descriptor_thresholds = 0x01010000;  // GRAN and WTHRESH = 1 (FS 2.6)

}  // namespace

// Linux sleeps for 10 and 5 ms, to the jiffy; a scenario may ask for less than a jiffy.
void hardware::pause(sim_time delay) {
  if (delay >= kernel::timers::jiffy) return timers_.msleep(delay);
  timers_.sleep_until(timers_.now() + delay);
}

void hardware::reset_hw() {
  regs_.write(reg::IMC, 0xFFFFFFFF);
  regs_.write(reg::RCTL, 0);
  regs_.write(reg::TCTL, tctl::PSP);
  regs_.flush();
  pause(settings_.quiesce_delay);
  const std::uint32_t control = regs_.read(reg::CTRL);
  regs_.write_through_io(reg::CTRL, control | ctrl::RST);
  pause(settings_.reset_delay);
  regs_.write(reg::MANC, regs_.read(reg::MANC) & ~manc::ARP_EN);
  regs_.write(reg::IMC, 0xFFFFFFFF);
  regs_.read(reg::ICR);
}

bool hardware::read_address(stack::mac_address& address) {
  const std::uint32_t low = regs_.read(reg::RAL);
  const std::uint32_t high = regs_.read(reg::RAH);
  for (unsigned i = 0; i < 4; ++i) address[i] = static_cast<std::uint8_t>(low >> (8 * i));
  address[4] = static_cast<std::uint8_t>(high);
  address[5] = static_cast<std::uint8_t>(high >> 8);
  return (high & rah::AV) != 0 && !stack::is_multicast(address);
}

void hardware::init_hw(const stack::mac_address& a) {
  regs_.read(reg::LEDCTL);
  regs_.write(reg::VET, 0);
  for (std::uint32_t i = 0; i < reg::VFTA_COUNT; ++i) {
    regs_.write(reg::VFTA + i * reg::VFTA_STRIDE, 0);
    regs_.flush();
  }
  write_address(regs_, 0, a);
  for (std::uint32_t i = 1; i < address_entries_used; ++i) write_address(regs_, i, 0, 0);
  for (std::uint32_t i = 0; i < reg::MTA_COUNT; ++i) {
    regs_.write(reg::MTA + i * reg::MTA_STRIDE, 0);
    regs_.flush();
  }
  regs_.write(reg::CTRL, (regs_.read(reg::CTRL) | ctrl::SLU) & ~(ctrl::FRCSPD | ctrl::FRCDPX));
  regs_.write(reg::FCT, flow_control_type);
  regs_.write(reg::FCAH, flow_control_address_high);
  regs_.write(reg::FCAL, flow_control_address_low);
  regs_.write(reg::FCTTV, pause_time);
  // No pause was negotiated (that is the PHY's part), so the thresholds stay off.
  regs_.write(reg::FCRTL, 0);
  regs_.write(reg::FCRTH, 0);
  regs_.write(reg::TXDCTL, regs_.read(reg::TXDCTL) | descriptor_thresholds);
  nic_statistics::clear(regs_);
}

void hardware::reset(const stack::mac_address& address) {
  // written before the reset, in force after it.
  const std::uint32_t linux_choice =
      max_frame_bytes(settings_) > jumbo_frame_bytes ? packet_buffer_jumbo_kb : packet_buffer_kb;
  regs_.write(reg::PBA, settings_.pba_kb != 0 ? settings_.pba_kb : linux_choice);
  reset_hw();
  regs_.write(reg::WUC, 0);
  init_hw(address);
  regs_.write(reg::VET, vlan_ether_type);
  regs_.write(reg::AIT, 0);
}

std::uint32_t hardware::buffer_size_bits() const {
  // FS 6.1: BSIZE counts down from 2048; with BSEX from 32768, of which 00 is reserved.
  switch (hardware_buffer_bytes(settings_)) {
    case 256:
      return 3U << rctl::BSIZE_SHIFT;
    case 512:
      return 2U << rctl::BSIZE_SHIFT;
    case 1024:
      return 1U << rctl::BSIZE_SHIFT;
    case 4096:
      return rctl::BSEX | 3U << rctl::BSIZE_SHIFT;
    case 8192:
      return rctl::BSEX | 2U << rctl::BSIZE_SHIFT;
    case 16384:
      return rctl::BSEX | 1U << rctl::BSIZE_SHIFT;
    default:
      return 0;  // 2048
  }
}

void hardware::setup_rctl() {
  std::uint32_t control = regs_.read(reg::RCTL);
  control &=
      ~(rctl::MO | rctl::SBP | rctl::LPE | rctl::LBM | rctl::BSEX | rctl::BSIZE | rctl::RDMTS | rctl::SECRC | rctl::EN);
  control |= rctl::BAM | buffer_size_bits() | settings_.multicast_offset << rctl::MO_SHIFT |
             settings_.rdmts << rctl::RDMTS_SHIFT;
  if (settings_.mtu > 1500) control |= rctl::LPE;
  if (settings_.store_bad) {  // NETIF_F_RXALL; no filter of tags, and MAC control frames as well
    control |= rctl::SBP | rctl::PMCF;
    control &= ~(rctl::VFE | rctl::DPF | rctl::CFIEN);
  }
  if (settings_.strip_crc) control |= rctl::SECRC;
  regs_.write(reg::RCTL, control);
}

// FS 6.4: Linux writes none of them on this card; DPDK keeps bits 31:25 and counts descriptors (GRAN).
void hardware::set_thresholds() {
  if (settings_.rsrpd != 0) regs_.write(reg::RSRPD, settings_.rsrpd);
  if ((settings_.pthresh | settings_.hthresh | settings_.wthresh) != 0) write_thresholds();
}

void hardware::write_thresholds() {
  constexpr std::uint32_t ours = rxdctl::PTHRESH | rxdctl::HTHRESH | rxdctl::WTHRESH | rxdctl::GRAN;
  regs_.write(reg::RXDCTL, (regs_.read(reg::RXDCTL) & ~ours) | settings_.pthresh << rxdctl::PTHRESH_SHIFT |
                               settings_.hthresh << rxdctl::HTHRESH_SHIFT | settings_.wthresh << rxdctl::WTHRESH_SHIFT |
                               rxdctl::GRAN);
}

void hardware::configure_rx(const rx_ring& ring, std::uint32_t itr) {
  const std::uint32_t control = regs_.read(reg::RCTL);
  regs_.write(reg::RCTL, control & ~rctl::EN);
  regs_.write(reg::RDTR, settings_.rdtr);
  regs_.write(reg::RADV, settings_.radv);
  if (itr != 0) regs_.write(reg::ITR, itr_register(itr));  // FS 7.7: a setting of 0 writes nothing
  set_thresholds();
  // length, base, tail, head, all with EN=0.
  regs_.write(reg::RDLEN, ring.bytes());
  regs_.write(reg::RDBAH, static_cast<std::uint32_t>(ring.base() >> 32));
  regs_.write(reg::RDBAL, static_cast<std::uint32_t>(ring.base()));
  regs_.write(reg::RDT, 0);
  regs_.write(reg::RDH, 0);
  const std::uint32_t checksum = regs_.read(reg::RXCSUM);
  regs_.write(reg::RXCSUM, settings_.checksum_offload ? checksum | rxcsum::TUOFL : checksum & ~rxcsum::TUOFL);
  regs_.write(reg::RCTL, control | rctl::EN);
}

void hardware::stop() {
  regs_.write(reg::RCTL, regs_.read(reg::RCTL) & ~rctl::EN);
  regs_.write(reg::TCTL, regs_.read(reg::TCTL) & ~tctl::EN);
  regs_.flush();
  pause(settings_.quiesce_delay);
}

}  // namespace ringside::driver

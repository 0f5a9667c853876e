// SPDX-License-Identifier: Apache-2.0
#include "sw/driver/hardware.h"

#include "sw/driver/moderation.h"
#include "sw/driver/nic_statistics.h"
#include "sw/driver/rx_filter.h"

namespace ringside::driver {
namespace {

constexpr std::uint32_t usual_packet_buffer_kb = 48;  // 8 less for jumbo frames
constexpr std::uint32_t phy_power_management = 1U << 21;
constexpr std::uint32_t jumbo_frame_bytes = 8192;
constexpr std::uint32_t descriptor_thresholds = 0x01010000;  // GRAN and WTHRESH = 1 (FS 2.6)
constexpr std::uint32_t write_back_threshold = 0x003F0000;   // TXDCTL.WTHRESH
constexpr std::uint32_t copper_gap = 0x00602008;             // IPGT 8, IPGR1 8, IPGR2 6
constexpr std::uint32_t collision_threshold = 15;

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

stack::mac_address hardware::read_address() {
  stack::mac_address address{};
  constexpr std::uint16_t nothing_drives_it = 0xFFFF;
  if (eeprom_.read(eeprom_word::ADDRESS).value_or(nothing_drives_it) == nothing_drives_it) {
    // No EEPROM behind the pins, as with a card that models none: what the reset loaded.  Linux knows no such
    // card.
    const std::uint32_t high = regs_.read(reg::RAH);
    const std::uint64_t whole = regs_.read(reg::RAL) | std::uint64_t{high} << 32;
    if ((high & rah::AV) == 0) return address;
    for (std::size_t i = 0; i < address.size(); ++i) address[i] = static_cast<std::uint8_t>(whole >> (8 * i));
    return address;
  }
  if (!eeprom_.valid()) return address;
  for (std::uint32_t i = 0; i < address.size(); i += 2) {
    const std::uint16_t word = eeprom_.read(eeprom_word::ADDRESS + i / 2).value_or(0);
    address[i] = static_cast<std::uint8_t>(word);
    address[i + 1] = static_cast<std::uint8_t>(word >> 8);
  }
  return address;
}

// Word 04 has four bits for each LED: what it shows in each of two modes, 0 being what it shows anyhow.
bool hardware::init_leds() {
  constexpr std::uint16_t usual = 0x8911;  // ID_LED_DEFAULT: LED 3 OFF1_ON2, LED 2 OFF1_OFF2, the others as they are
  constexpr std::uint32_t on = 0xE;
  constexpr std::uint32_t off = 0xF;
  led_default_ = led_mode1_ = led_mode2_ = regs_.read(reg::LEDCTL);
  const std::optional<std::uint16_t> word = eeprom_.read(eeprom_word::ID_LED);
  if (!word.has_value()) return false;
  const std::uint16_t choice = *word == 0 || *word == 0xFFFF ? usual : *word;
  const auto put = [](std::uint32_t& leds, unsigned number, std::uint32_t mode) {
    leds = (leds & ~(0xFFU << (8 * number))) | mode << (8 * number);
  };
  for (unsigned number = 0; number < 4; ++number) {
    const unsigned kind = choice >> (4 * number) & 0xFU;
    // 1 DEF1_DEF2, 2 DEF1_ON2, 3 DEF1_OFF2, 4 ON1_DEF2, 5 ON1_ON2, 6 ON1_OFF2, 7 OFF1_DEF2, 8 OFF1_ON2, 9 OFF1_OFF2
    if (kind == 0 || kind > 9) continue;
    const unsigned first = (kind - 1) / 3;
    const unsigned second = (kind - 1) % 3;
    if (first != 0) put(led_mode1_, number, first == 1 ? on : off);
    if (second != 0) put(led_mode2_, number, second == 1 ? on : off);
  }
  return true;
}

bool hardware::init_hw(const stack::mac_address& a) {
  if (!init_leds()) return false;
  regs_.read(reg::STATUS);  // media
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
  const bool sound = link_.setup(packet_buffer_kb());
  regs_.write(reg::TXDCTL, (regs_.read(reg::TXDCTL) & ~write_back_threshold) | descriptor_thresholds);
  nic_statistics::clear(regs_);
  return sound;
}

std::uint32_t hardware::packet_buffer_kb() const {
  if (settings_.pba_kb != 0) return settings_.pba_kb;
  return max_frame_bytes(settings_) > jumbo_frame_bytes ? usual_packet_buffer_kb - 8 : usual_packet_buffer_kb;
}

bool hardware::reset(const stack::mac_address& address) {
  regs_.write(reg::PBA, packet_buffer_kb());  // written before the reset, in force after it
  reset_hw();
  regs_.write(reg::WUC, 0);
  const bool sound = init_hw(address);
  // Gigabit alone: no other speed is tried when power goes (CTRL.EN_PHY_PWR_MGMT is SWDPIN3).
  if (link_.autoneg && link_.advertised == link::full_1000)
    regs_.write(reg::CTRL, regs_.read(reg::CTRL) & ~phy_power_management);
  regs_.write(reg::VET, ethernet::type_vlan);
  regs_.write(reg::AIT, 0);
  link_.read_info();
  return sound;
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

// e1000_configure_tx.
void hardware::configure_tx(const tx_ring& ring) {
  regs_.write(reg::TDLEN, ring.bytes());
  regs_.write(reg::TDBAH, static_cast<std::uint32_t>(ring.base() >> 32));
  regs_.write(reg::TDBAL, static_cast<std::uint32_t>(ring.base()));
  regs_.write(reg::TDT, 0);
  regs_.write(reg::TDH, 0);
  regs_.write(reg::TIPG, copper_gap);
  regs_.write(reg::TIDV, settings_.tx_int_delay);
  regs_.write(reg::TADV, settings_.tx_abs_int_delay);
  // The collision distance is the link's; what was read before it is set is written behind it, as Linux does.
  const std::uint32_t control = regs_.read(reg::TCTL) & ~tctl::CT;
  link_.set_collision_distance();
  regs_.write(reg::TCTL, control | tctl::PSP | tctl::RTLC | collision_threshold << tctl::CT_SHIFT);
}

void hardware::enable_transmitter() {
  regs_.write(reg::TCTL, regs_.read(reg::TCTL) | tctl::EN);
}

void hardware::stop_receiver() {
  regs_.write(reg::RCTL, regs_.read(reg::RCTL) & ~rctl::EN);
}

void hardware::stop_transmitter() {
  regs_.write(reg::TCTL, regs_.read(reg::TCTL) & ~tctl::EN);
  regs_.flush();
  pause(settings_.quiesce_delay);
}

}  // namespace ringside::driver

// SPDX-License-Identifier: Apache-2.0
// What ethtool asks of the card beside counters and rings: dumps, EEPROM, LED, pause and link (FS 10.8; Linux 6.1
// e1000_ethtool.c).
#include <algorithm>

#include "sw/driver/e1000.h"

namespace ringside::driver {
namespace {
constexpr std::uint32_t eeprom_magic = 0x100E8086;  // vendor, device << 16
constexpr std::size_t dump_dwords = 32;             // E1000_REGS_LEN
}  // namespace

// e1000_get_regs: 12 registers of the MAC, then the PHY's.
std::vector<std::uint32_t> e1000::dump_registers() {
  static constexpr auto mac =
      std::to_array<std::uint32_t>({reg::CTRL, reg::STATUS, reg::RCTL, reg::RDLEN, reg::RDH, reg::RDT, reg::RDTR,
                                    reg::TCTL, reg::TDLEN, reg::TDH, reg::TDT, reg::TIDV});
  std::vector<std::uint32_t> dump(dump_dwords);
  for (std::size_t i = 0; i < mac.size(); ++i) dump[i] = regs_.read(mac[i]);
  dump[12] = 0;  // phy_type: M88
  phy& transceiver = link_.transceiver();
  const std::uint32_t status = transceiver.read(phy_reg::M88_STATUS).value_or(0);
  dump[13] = dump[18] = dump[23] = status;  // cable length, polarity, MDI-X
  const std::uint32_t control = transceiver.read(phy_reg::M88_CTRL).value_or(0);
  dump[17] = dump[20] = control;  // extended distance, polarity correction
  dump[21] = static_cast<std::uint32_t>(idle_errors_);
  dump[22] = static_cast<std::uint32_t>(receive_errors_);
  const std::uint32_t gigabit = transceiver.read(phy_reg::STATUS_1000T).value_or(0);
  dump[24] = dump[25] = gigabit;  // local and remote receiver
  dump[26] = regs_.read(reg::MANC);
  return dump;
}

int e1000::read_eeprom(std::size_t offset, std::span<std::uint8_t> to) {
  if (to.empty() || offset >= eeprom_bytes() || to.size() > eeprom_bytes() - offset) return -EINVAL;
  for (std::size_t i = 0; i < to.size();) {
    const std::size_t at = offset + i;
    const std::optional<std::uint16_t> word = eeprom_.read(static_cast<std::uint32_t>(at / 2));
    if (!word.has_value()) return -EIO;
    if (at % 2 == 0) to[i++] = static_cast<std::uint8_t>(*word);
    if (i < to.size() && (offset + i) % 2 == 1) to[i++] = static_cast<std::uint8_t>(*word >> 8);
  }
  return 0;
}

// Words that change by half keep the other half.
int e1000::write_eeprom(std::uint32_t magic, std::size_t offset, std::span<const std::uint8_t> from) {
  if (from.empty()) return -EOPNOTSUPP;
  if (magic != eeprom_magic) return -EFAULT;
  if (offset >= eeprom_bytes() || from.size() > eeprom_bytes() - offset) return -EINVAL;
  const auto first = static_cast<std::uint32_t>(offset / 2);
  const auto last = static_cast<std::uint32_t>((offset + from.size() - 1) / 2);
  std::vector<std::uint16_t> words(last - first + 1);
  if (offset % 2 != 0) {
    const std::optional<std::uint16_t> word = eeprom_.read(first);
    if (!word.has_value()) return -EIO;
    words.front() = *word;
  }
  if ((offset + from.size()) % 2 != 0 && (last != first || offset % 2 == 0)) {
    const std::optional<std::uint16_t> word = eeprom_.read(last);
    if (!word.has_value()) return -EIO;
    words.back() = *word;
  }
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::uint16_t& word = words[(offset + i) / 2 - first];
    const unsigned shift = (offset + i) % 2 != 0 ? 8 : 0;
    word = static_cast<std::uint16_t>((word & ~(0xFFU << shift)) | static_cast<unsigned>(from[i]) << shift);
  }
  if (!eeprom_.write(first, words)) return -EIO;
  if (first <= eeprom_word::CHECKSUM && !eeprom_.update_checksum()) return -EIO;
  return 0;
}

int e1000::identify(stack::identify_state state) {
  constexpr int times_a_second = 2;
  switch (state) {
    case stack::identify_state::active:
      regs_.write(reg::LEDCTL, hardware_.led_off());
      return times_a_second;
    case stack::identify_state::on:
      regs_.write(reg::LEDCTL, hardware_.led_on());
      break;
    case stack::identify_state::off:
      regs_.write(reg::LEDCTL, hardware_.led_off());
      break;
    case stack::identify_state::inactive:
      regs_.write(reg::LEDCTL, hardware_.led_default());
      break;
  }
  return 0;
}

// e1000_set_pauseparam: negotiated anew, or at once.
driver_status e1000::set_pause(const stack::pause_parameters& wished) {
  link_.flow_control_by_autoneg = wished.autoneg;
  link_.set_flow_control(wished.rx ? (wished.tx ? flow_control::full : flow_control::rx)
                                   : (wished.tx ? flow_control::tx : flow_control::none));
  if (wished.autoneg) return set_up_again();
  begin_reset();
  link_.force_flow_control();
  end_reset();
  return driver_status::ok;
}

stack::pause_parameters e1000::pause() const {
  const flow_control now = link_.current_flow_control();
  return {link_.flow_control_by_autoneg, now == flow_control::rx || now == flow_control::full,
          now == flow_control::tx || now == flow_control::full};
}

// Down and up, or only the reset, so that the link is set up as it is wanted now.
driver_status e1000::set_up_again() {
  return around_a_stop([this](bool running) {
    if (!running && probed_) reset();
    return driver_status::ok;
  });
}

// e1000_set_link_ksettings, e1000_set_spd_dplx.
driver_status e1000::set_link(const stack::link_settings& wished) {
  if (wished.autoneg) {
    link_.autoneg = true;
    link_.advertised = wished.advertising;
    return set_up_again();
  }
  if (wished.speed == 1000 && wished.full_duplex) {
    link_.autoneg = true;
    link_.advertised = link::full_1000;
    return set_up_again();
  }
  if (wished.speed != 10 && wished.speed != 100) return driver_status::bad_config;
  link_.autoneg = false;
  link_.forced_100 = wished.speed == 100;
  link_.forced_full = wished.full_duplex;
  return set_up_again();
}

stack::link_settings e1000::link_now() {
  stack::link_settings now;
  now.autoneg = link_.autoneg;
  now.advertising = link_.autoneg ? link_.advertised : 0;
  if ((regs_.read(reg::STATUS) & status::LU) == 0) return now;
  const link_mode mode = link_.mode();
  now.speed = mode.speed;
  now.full_duplex = mode.full_duplex;
  return now;
}

driver_status e1000::restart_autoneg() {
  return open_ ? around_a_stop([](bool) { return driver_status::ok; }) : driver_status::ok;
}

// With the interface down no interrupt says that the link has changed.
bool e1000::get_link() {
  if (!dev_.carrier) link_.changed();
  return link_.up();
}

}  // namespace ringside::driver

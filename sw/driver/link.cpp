// SPDX-License-Identifier: Apache-2.0
#include "sw/driver/link.h"

#include <algorithm>

#include "sw/kernel/delay.h"

namespace ringside::driver {
namespace {

constexpr std::uint32_t flow_control_type = 0x8808;             // IEEE 802.3 annex 31A
constexpr std::uint32_t flow_control_address_low = 0x00C28001;  // 01:80:C2:00:00:01
constexpr std::uint32_t flow_control_address_high = 0x00000100;
constexpr std::uint32_t pause_time = 0xFFFF;
constexpr std::uint16_t word_0f_pause = 0x3000;
constexpr std::uint16_t word_0f_tx_only = 0x2000;
constexpr std::uint32_t collision_distance = 63;
constexpr std::uint32_t threshold_mask = 0xFFF8;  // FCRTH, FCRTL: 8-byte steps
constexpr unsigned link_polls = 10;

constexpr bool sends_pause(flow_control f) {
  return f == flow_control::tx || f == flow_control::full;
}
constexpr bool obeys_pause(flow_control f) {
  return f == flow_control::rx || f == flow_control::full;
}

}  // namespace

// e1000_check_copper_options: a speed without duplex, or the other way round, is negotiated among what fits; 1000 Mb/s
// is never forced, nor half duplex.
link::link(kernel::host& machine, registers& regs, eeprom& rom, const config& settings)
    : host_(machine),
      regs_(regs),
      eeprom_(rom),
      settings_(settings),
      phy_(machine, regs, settings),
      current_(settings.pause),
      original_(settings.pause) {
  advertised = settings.speed == 0 && settings.duplex == 0 ? settings.autoneg : autoneg_default;
  const bool half = settings.duplex == 1;
  const bool full = settings.duplex == 2;
  if (settings.speed == 1000) {
    advertised = full_1000;
  } else if (settings.speed == 0) {
    if (half) advertised = half_10 | half_100;
    if (full) advertised = full_10 | full_100 | full_1000;
  } else if (!half && !full) {
    advertised = settings.speed == 10 ? half_10 | full_10 : half_100 | full_100;
  } else {
    autoneg = flow_control_by_autoneg = false;
    forced_100 = settings.speed == 100;
    forced_full = full;
    advertised = 0;
  }
}

bool link::setup(std::uint32_t packet_buffer_kb) {
  current_ = original_;  // e1000_reset
  if (current_ == flow_control::by_eeprom) {
    const std::uint16_t word = eeprom_.read(eeprom_word::INIT_CONTROL_2).value_or(0);
    const std::uint16_t pause = word & word_0f_pause;
    current_ = pause == 0 ? flow_control::none : pause == word_0f_tx_only ? flow_control::tx : flow_control::full;
  }
  original_ = current_;
  const bool sound = setup_copper();
  write_flow_control_registers(packet_buffer_kb);
  return sound;
}

// Thresholds are there where PAUSE frames may be sent: 90 % of the receive FIFO, or so much that a frame still fits.
void link::write_flow_control_registers(std::uint32_t packet_buffer_kb) {
  regs_.write(reg::FCT, flow_control_type);
  regs_.write(reg::FCAH, flow_control_address_high);
  regs_.write(reg::FCAL, flow_control_address_low);
  regs_.write(reg::FCTTV, pause_time);
  const std::uint32_t fifo = packet_buffer_kb << 10;
  const std::uint32_t above_a_frame = fifo - std::min(fifo, max_frame_bytes(settings_));
  const std::uint32_t high = std::min(fifo * 9 / 10, above_a_frame) & threshold_mask;
  const bool on = sends_pause(current_) && high >= 8;
  regs_.write(reg::FCRTL, on ? (high - 8) | fcrtl::XONE : 0);
  regs_.write(reg::FCRTH, on ? high : 0);
}

// e1000_setup_copper_link.
bool link::setup_copper() {
  const std::uint32_t control = regs_.read(reg::CTRL);
  regs_.write(reg::CTRL, (control | ctrl::SLU) & ~(ctrl::FRCSPD | ctrl::FRCDPX));
  if (!detect_phy() || !setup_m88()) return false;
  if (!(autoneg ? start_autoneg() : force_speed_duplex())) return false;
  for (unsigned i = 0; i < link_polls; ++i) {
    if (!phy_.read(phy_reg::STATUS).has_value()) return false;  // latched low: the second one counts
    const auto status = phy_.read(phy_reg::STATUS);
    if (!status.has_value()) return false;
    if ((*status & phy_status::LINK) != 0) {
      after_link_up();
      break;
    }
    kernel::udelay(host_, 10 * us);
  }
  return true;
}

// e1000_detect_gig_phy: asked once.
bool link::detect_phy() {
  if (phy_id_ != 0) return phy_id_ == phy::id_88e1011;
  const auto high = phy_.read(phy_reg::ID1);
  if (!high.has_value()) return false;
  kernel::udelay(host_, 20 * us);
  const auto low = phy_.read(phy_reg::ID2);
  if (!low.has_value()) return false;
  constexpr std::uint32_t revision_bits = 0xF;
  phy_id_ = static_cast<std::uint32_t>(*high) << 16 | (*low & ~revision_bits);
  phy_revision_ = *low & revision_bits;
  return phy_id_ == phy::id_88e1011;
}

// e1000_copper_link_mgp_setup.
bool link::setup_m88() {
  if (!phy_.modify(phy_reg::M88_CTRL, m88::AUTO_CROSSOVER | m88::POLARITY_OFF, m88::CRS_ON_TX | m88::AUTO_CROSSOVER))
    return false;
  constexpr std::uint32_t first_without_clock_bits = 4;  // M88E1011_I_REV_4
  if (phy_revision_ < first_without_clock_bits &&
      !phy_.modify(phy_reg::M88_EXT_CTRL, m88::DOWNSHIFT, m88::TX_CLK_25 | m88::DOWNSHIFT_1X))
    return false;
  return phy_.reset();
}

// e1000_copper_link_autoneg.  Nobody waits for its end (M-7).
bool link::start_autoneg() {
  advertised &= autoneg_default;
  if (advertised == 0) advertised = autoneg_default;
  if (!advertise()) return false;
  if (!phy_.modify(phy_reg::CTRL, 0, phy_ctrl::AUTONEG | phy_ctrl::RESTART_AUTONEG)) return false;
  look_ = true;
  return true;
}

// e1000_phy_setup_autoneg.  To obey PAUSE alone cannot be said: both are (IEEE 802.3 annex 28B).
bool link::advertise() {
  const auto base = phy_.read(phy_reg::AUTONEG_ADV);
  if (!base.has_value()) return false;
  const auto gigabit = phy_.read(phy_reg::CTRL_1000T);
  if (!gigabit.has_value()) return false;
  std::uint32_t pages = *base & ~static_cast<std::uint32_t>(phy_ability::speeds);
  if ((advertised & half_10) != 0) pages |= phy_ability::HALF_10;
  if ((advertised & full_10) != 0) pages |= phy_ability::FULL_10;
  if ((advertised & half_100) != 0) pages |= phy_ability::HALF_100;
  if ((advertised & full_100) != 0) pages |= phy_ability::FULL_100;
  std::uint32_t fast = *gigabit & ~static_cast<std::uint32_t>(phy_ability::HALF_1000 | phy_ability::FULL_1000);
  if ((advertised & full_1000) != 0) fast |= phy_ability::FULL_1000;
  pages &= ~static_cast<std::uint32_t>(phy_ability::PAUSE | phy_ability::ASM_DIR);
  if (obeys_pause(current_)) pages |= phy_ability::PAUSE | phy_ability::ASM_DIR;
  if (current_ == flow_control::tx) pages |= phy_ability::ASM_DIR;
  return phy_.write(phy_reg::AUTONEG_ADV, static_cast<std::uint16_t>(pages)) &&
         phy_.write(phy_reg::CTRL_1000T, static_cast<std::uint16_t>(fast));
}

// e1000_phy_force_speed_duplex: no flow control, and the crossover by hand.
bool link::force_speed_duplex() {
  current_ = flow_control::none;
  std::uint32_t control = regs_.read(reg::CTRL) | ctrl::FRCSPD | ctrl::FRCDPX;
  control &= ~(ctrl::SPEED | ctrl::ASDE | ctrl::FD);
  const auto before = phy_.read(phy_reg::CTRL);
  if (!before.has_value()) return false;
  std::uint32_t mode = *before & ~static_cast<std::uint32_t>(phy_ctrl::AUTONEG | phy_ctrl::FULL_DUPLEX |
                                                             phy_ctrl::SPEED_1000 | phy_ctrl::SPEED_100);
  if (forced_full) {
    control |= ctrl::FD;
    mode |= phy_ctrl::FULL_DUPLEX;
  }
  if (forced_100) {
    control |= 1U << ctrl::SPEED_SHIFT;
    mode |= phy_ctrl::SPEED_100;
  }
  set_collision_distance();
  regs_.write(reg::CTRL, control);
  return phy_.modify(phy_reg::M88_CTRL, m88::AUTO_CROSSOVER, 0) &&
         phy_.write(phy_reg::CTRL, static_cast<std::uint16_t>(mode | phy_ctrl::RESET)) &&
         phy_.modify(phy_reg::M88_EXT_CTRL, 0, m88::TX_CLK_25) && phy_.modify(phy_reg::M88_CTRL, 0, m88::CRS_ON_TX);
}

void link::set_collision_distance() {
  const std::uint32_t control = regs_.read(reg::TCTL) & ~tctl::COLD;
  regs_.write(reg::TCTL, control | collision_distance << tctl::COLD_SHIFT);
  regs_.flush();
}

void link::after_link_up() {
  set_collision_distance();
  resolve_flow_control();
}

// e1000_check_for_link, and has_link around it: without a word of a change the link is taken to be as it was.
bool link::up() {
  if (!look_) return true;
  regs_.read(reg::CTRL);
  regs_.read(reg::STATUS);
  if (!phy_.read(phy_reg::STATUS).has_value()) return false;
  const auto status = phy_.read(phy_reg::STATUS);
  if (!status.has_value() || (*status & phy_status::LINK) == 0) return false;
  look_ = false;
  phy_.read(phy_reg::M88_STATUS);  // e1000_check_downshift
  if (autoneg) after_link_up();
  return true;
}

link_mode link::mode() {
  const std::uint32_t status = regs_.read(reg::STATUS);
  const std::uint32_t speed = (status & status::SPEED) >> status::SPEED_SHIFT;
  return {speed >= 2 ? 1000U : speed == 1 ? 100U : 10U, (status & status::FD) != 0};
}

void link::force_flow_control() {
  std::uint32_t control = regs_.read(reg::CTRL) & ~(ctrl::TFCE | ctrl::RFCE);
  if (obeys_pause(current_)) control |= ctrl::RFCE;
  if (sends_pause(current_)) control |= ctrl::TFCE;
  regs_.write(reg::CTRL, control);
}

void link::send_pause(bool on, std::uint32_t packet_buffer_kb) {
  const bool obeys = obeys_pause(current_);
  current_ = on ? (obeys ? flow_control::full : flow_control::tx) : (obeys ? flow_control::rx : flow_control::none);
  write_flow_control_registers(packet_buffer_kb);
  force_flow_control();
}

// e1000_config_fc_after_link_up (L-5): what both sides said of PAUSE, by IEEE 802.3 table 28B-3, and where they agree
// on nothing a side that would obey does so.
void link::resolve_flow_control() {
  if (!autoneg) return force_flow_control();
  if (!phy_.read(phy_reg::STATUS).has_value()) return;
  const auto status = phy_.read(phy_reg::STATUS);
  if (!status.has_value() || (*status & phy_status::AUTONEG_COMPLETE) == 0) return;
  const auto ours = phy_.read(phy_reg::AUTONEG_ADV);
  const auto theirs = phy_.read(phy_reg::LP_ABILITY);
  if (!ours.has_value() || !theirs.has_value()) return;
  const bool our_pause = (*ours & phy_ability::PAUSE) != 0;
  const bool our_asymmetry = (*ours & phy_ability::ASM_DIR) != 0;
  const bool their_pause = (*theirs & phy_ability::PAUSE) != 0;
  const bool their_asymmetry = (*theirs & phy_ability::ASM_DIR) != 0;
  if (our_pause && their_pause) {
    current_ = original_ == flow_control::full ? flow_control::full : flow_control::rx;
  } else if (!our_pause && our_asymmetry && their_pause && their_asymmetry) {
    current_ = flow_control::tx;
  } else if (our_pause && our_asymmetry && !their_pause && their_asymmetry) {
    current_ = flow_control::rx;
  } else {
    current_ = obeys_pause(original_) ? flow_control::rx : flow_control::none;
  }
  if (!mode().full_duplex) current_ = flow_control::none;
  force_flow_control();
}

// e1000_phy_get_info, e1000_phy_m88_get_info.
void link::read_info() {
  constexpr std::uint16_t local_ok = 0x2000;
  constexpr std::uint16_t remote_ok = 0x1000;
  constexpr unsigned length_shift = 7;
  info_ = {};
  if (!phy_.read(phy_reg::STATUS).has_value()) return;
  const auto status = phy_.read(phy_reg::STATUS);
  if (!status.has_value() || (*status & phy_status::LINK) == 0) return;
  if (!phy_.read(phy_reg::M88_CTRL).has_value() || !phy_.read(phy_reg::M88_STATUS).has_value()) return;
  const auto m88_status = phy_.read(phy_reg::M88_STATUS);  // the one before was for the polarity
  if (!m88_status.has_value()) return;
  info_.mdix = (*m88_status & m88::MDIX) != 0;
  if ((*m88_status & m88::SPEED) != m88::SPEED_1000) return;
  info_.length = static_cast<std::uint8_t>(*m88_status >> length_shift & 7U);
  const auto gigabit = phy_.read(phy_reg::STATUS_1000T);
  if (!gigabit.has_value()) return;
  info_.local_receiver = (*gigabit & local_ok) != 0;
  info_.remote_receiver = (*gigabit & remote_ok) != 0;
}

bool link::power_phy(bool on) {
  return on ? phy_.modify(phy_reg::CTRL, phy_ctrl::POWER_DOWN, 0) : phy_.modify(phy_reg::CTRL, 0, phy_ctrl::POWER_DOWN);
}

}  // namespace ringside::driver

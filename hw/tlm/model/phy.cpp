// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/model/phy.h"

namespace ringside::tlm::model {
namespace {
// Registers of 3.3, by number.
enum : std::uint32_t {
  bmcr = 0,
  bmsr = 1,
  id_1 = 2,
  id_2 = 3,
  anar = 4,
  anlpar = 5,
  gigabit_control = 9,
  gigabit_status = 10,
  extended_status = 15,
  m88_control = 16,
  m88_status = 17,
  interrupt_enable = 18,
  m88_extended_control = 20,
  page = 29,
  paged = 30
};
constexpr std::uint16_t control_self_clearing = 1U << 15 | 1U << 9;  // reset, restart of auto-negotiation
constexpr std::uint16_t control_reserved = 0x003F;                   // 5:0 read 0
constexpr std::uint16_t status_capabilities = 0x7949;
constexpr std::uint16_t status_link = 1U << 2, status_negotiated = 1U << 5;
constexpr std::uint16_t partner_abilities = 0x01E0, partner_acknowledge = 0x4000;

bool writable(std::uint32_t number) {
  switch (number) {
    case bmcr:
    case anar:
    case gigabit_control:
    case m88_control:
    case interrupt_enable:
    case m88_extended_control:
    case page:
    case paged:
      return true;
    default:
      return false;
  }
}
}  // namespace

// The Reset column of 3.3.
void phy::reset() {
  registers_.fill(0);
  registers_[bmcr] = 0x1140;
  registers_[id_1] = 0x0141;
  registers_[id_2] = 0x0C20;
  registers_[anar] = 0x0DE1;
  registers_[gigabit_control] = 0x0E00;
  registers_[gigabit_status] = 0x3C00;
  registers_[extended_status] = 0x3000;
  registers_[m88_control] = 0x0360;
  registers_[m88_extended_control] = 0x0D60;
}

std::uint16_t phy::read(std::uint32_t number) {
  switch (number) {
    case bmsr:
      return basic_status();
    case anlpar:
      return partner_abilities | (negotiated() ? partner_acknowledge : 0);
    case m88_status:
      return specific_status();
    default:
      return registers_.at(number);
  }
}

// M-2: what is not listed or not writable ignores it.  Register 0's bit 15 leaves the others usable (M-8).
void phy::write(std::uint32_t number, std::uint16_t value) {
  if (!writable(number)) return;
  if (number == bmcr) value &= static_cast<std::uint16_t>(~(control_self_clearing | control_reserved));
  registers_.at(number) = value;
  if (!wire_link()) lost_ = true;
}

void phy::set_wire(bool up) {
  wire_up_ = up;
  if (!wire_link()) lost_ = true;
}

std::uint16_t phy::basic_status() {
  const auto value = static_cast<std::uint16_t>(status_capabilities | (negotiated() ? status_negotiated : 0) |
                                                (lost_ ? 0 : status_link));
  lost_ = !wire_link();
  return value;
}

// Bits 15:14 speed, 13 full duplex, 11 resolved, 10 link.
std::uint16_t phy::specific_status() const {
  const std::uint32_t speed = mbps_ == 1000 ? 2 : mbps_ == 100 ? 1 : 0;
  return static_cast<std::uint16_t>(speed << 14 | 1U << 13 | (wire_link() ? 1U << 11 | 1U << 10 : 0));
}

}  // namespace ringside::tlm::model

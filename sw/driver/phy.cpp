// SPDX-License-Identifier: Apache-2.0
#include "sw/driver/phy.h"

#include "sw/kernel/delay.h"

namespace ringside::driver {
namespace {
constexpr std::uint32_t phy_address = 1;
constexpr std::uint32_t op_write = 1U << mdic::OP_SHIFT;
constexpr std::uint32_t op_read = 2U << mdic::OP_SHIFT;
constexpr unsigned read_polls = 64;
constexpr unsigned write_polls = 641;

constexpr std::uint32_t command(std::uint32_t op, std::uint32_t number) {
  return op | phy_address << mdic::PHYADD_SHIFT | number << mdic::REGADD_SHIFT;
}
}  // namespace

std::optional<std::uint16_t> phy::read(std::uint32_t number) {
  regs_.write(reg::MDIC, command(op_read, number));
  for (unsigned i = 0; i < read_polls; ++i) {
    kernel::udelay(host_, settings_.phy_read_delay);
    const std::uint32_t answer = regs_.read(reg::MDIC);
    if ((answer & mdic::READY) == 0) continue;
    if ((answer & mdic::ERROR) != 0) return std::nullopt;
    return static_cast<std::uint16_t>(answer);
  }
  return std::nullopt;
}

bool phy::write(std::uint32_t number, std::uint16_t value) {
  regs_.write(reg::MDIC, command(op_write, number) | value);
  for (unsigned i = 0; i < write_polls; ++i) {
    kernel::udelay(host_, settings_.phy_write_delay);
    if ((regs_.read(reg::MDIC) & mdic::READY) != 0) return true;
  }
  return false;
}

bool phy::modify(std::uint32_t number, std::uint16_t clear, std::uint16_t set) {
  const std::optional<std::uint16_t> before = read(number);
  return before.has_value() && write(number, static_cast<std::uint16_t>((*before & ~clear) | set));
}

bool phy::reset() {
  if (!modify(phy_reg::CTRL, 0, phy_ctrl::RESET)) return false;
  kernel::udelay(host_, 1 * us);
  return true;
}

}  // namespace ringside::driver

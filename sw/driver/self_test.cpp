// SPDX-License-Identifier: Apache-2.0
// ethtool -t (FS 11; e1000_diag_test of Linux 6.1).  Codes are Linux'.
#include <array>

#include "sw/driver/e1000.h"
#include "sw/driver/loopback_test.h"

namespace ringside::driver {
namespace {

struct pattern_row {
  std::uint32_t offset;
  std::uint32_t mask;   // bits that must read as written
  std::uint32_t write;  // bits that are written
};

constexpr auto first_patterns = std::to_array<pattern_row>({
    {reg::FCAL, 0xFFFFFFFF, 0xFFFFFFFF},
    {reg::FCAH, 0x0000FFFF, 0xFFFFFFFF},
    {reg::FCT, 0x0000FFFF, 0xFFFFFFFF},
    {reg::VET, 0x0000FFFF, 0xFFFFFFFF},
    {reg::RDTR, 0x0000FFFF, 0xFFFFFFFF},
    {reg::RDBAH, 0xFFFFFFFF, 0xFFFFFFFF},
    {reg::RDLEN, 0x000FFF80, 0x000FFFFF},
    {reg::RDH, 0x0000FFFF, 0x0000FFFF},
    {reg::RDT, 0x0000FFFF, 0x0000FFFF},
    {reg::FCRTH, 0x0000FFF8, 0x0000FFF8},
    {reg::FCTTV, 0x0000FFFF, 0x0000FFFF},
    {reg::TIPG, 0x3FFFFFFF, 0x3FFFFFFF},
    {reg::TDBAH, 0xFFFFFFFF, 0xFFFFFFFF},
    {reg::TDLEN, 0x000FFF80, 0x000FFFFF},
});
constexpr auto second_patterns = std::to_array<pattern_row>({
    {reg::RDBAL, 0xFFFFFFF0, 0xFFFFFFFF},
    {reg::TXCW, 0xC000FFFF, 0x0000FFFF},
    {reg::TDBAL, 0xFFFFFFF0, 0xFFFFFFFF},
    {reg::TIDV, 0x0000FFFF, 0x0000FFFF},
});
constexpr std::uint32_t rctl_bits = 0x06DFB3FE;
constexpr std::uint32_t status_bits = 0xFFFFF833;  // those that writing must not change

}  // namespace

// FS 11.2: 0, or the offset of the first register that fails; 1 for STATUS.
std::uint64_t e1000::register_test() {
  const auto pattern_holds = [this](const pattern_row& r) {
    for (const std::uint32_t pattern : {0x5A5A5A5AU, 0xA5A5A5A5U, 0x00000000U, 0xFFFFFFFFU}) {
      regs_.write(r.offset, r.write & pattern);
      if (regs_.read(r.offset) != (r.write & pattern & r.mask)) return false;
    }
    return true;
  };
  const auto set_holds = [this](std::uint32_t offset, std::uint32_t mask, std::uint32_t value) {
    regs_.write(offset, value & mask);
    return (regs_.read(offset) & mask) == (value & mask);
  };
  const std::uint32_t whole = regs_.read(reg::STATUS);
  const std::uint32_t before = regs_.read(reg::STATUS) & status_bits;
  regs_.write(reg::STATUS, status_bits);
  if ((regs_.read(reg::STATUS) & status_bits) != before) return 1;
  regs_.write(reg::STATUS, whole);
  for (const pattern_row& r : first_patterns)
    if (!pattern_holds(r)) return r.offset;
  if (!set_holds(reg::RCTL, 0xFFFFFFFF, 0)) return reg::RCTL;
  if (!set_holds(reg::RCTL, rctl_bits, 0x003FFFFB)) return reg::RCTL;
  if (!set_holds(reg::TCTL, 0xFFFFFFFF, 0)) return reg::TCTL;
  if (!set_holds(reg::RCTL, rctl_bits, 0xFFFFFFFF)) return reg::RCTL;
  for (const pattern_row& r : second_patterns)
    if (!pattern_holds(r)) return r.offset;
  for (std::uint32_t i = 0; i < address_entries_used; ++i)
    if (const std::uint32_t at = reg::RAH + i * reg::RAH_STRIDE; !pattern_holds({at, 0x8003FFFF, 0xFFFFFFFF}))
      return at;
  for (std::uint32_t i = 0; i < reg::MTA_COUNT; ++i)
    if (const std::uint32_t at = reg::MTA + i * reg::MTA_STRIDE; !pattern_holds({at, 0xFFFFFFFF, 0xFFFFFFFF}))
      return at;
  return 0;
}

// FS 11.3.
std::uint64_t e1000::eeprom_test() {
  constexpr std::uint64_t unreadable = 1;
  constexpr std::uint64_t wrong_sum = 2;
  std::uint16_t sum = 0;
  for (std::uint32_t word = 0; word <= eeprom_word::CHECKSUM; ++word) {
    const std::optional<std::uint16_t> value = eeprom_.read(word);
    if (!value.has_value()) return unreadable;
    sum = static_cast<std::uint16_t>(sum + *value);
  }
  return sum == eeprom_word::sum ? 0 : wrong_sum;
}

// FS 11.4.  On a line that others share only what must come can be told from what comes anyhow.
std::uint64_t e1000::interrupt_test() {
  constexpr std::uint64_t no_line = 1;
  constexpr std::uint64_t masked_came = 3;
  constexpr std::uint64_t none_came = 4;
  constexpr std::uint64_t other_came = 5;
  constexpr unsigned causes = 10;
  constexpr std::uint32_t all_causes = 0x7FFF;
  std::uint32_t seen = 0;
  const bool shared = kernel_.irqs().requested(slot_.line);
  const auto handler = [this, &seen](kernel::irq_line) {
    seen |= regs_.read_icr();
    return kernel::irq_return::handled;
  };
  if (!kernel_.irqs().request_irq(slot_.line, dev_.name, &seen, handler)) return no_line;
  const auto wait = [this, &seen] {
    regs_.flush();
    kernel_.clock().msleep(10 * ms);
    host_.sync();
    return seen;
  };
  const auto provoke = [this, &seen, &wait](std::uint32_t mask_register, std::uint32_t bits) {
    host_.sync();
    seen = 0;
    regs_.write(mask_register, bits);
    regs_.write(reg::ICS, bits);
    return wait();
  };
  regs_.write(reg::IMC, 0xFFFFFFFF);
  wait();
  std::uint64_t result = 0;
  for (unsigned i = 0; i < causes && result == 0; ++i) {
    const std::uint32_t bit = 1U << i;
    if (!shared && (provoke(reg::IMC, bit) & bit) != 0) {
      result = masked_came;
    } else if ((provoke(reg::IMS, bit) & bit) == 0) {
      result = none_came;
    } else if (!shared && provoke(reg::IMC, ~bit & all_causes) != 0) {
      result = other_came;
    }
  }
  regs_.write(reg::IMC, 0xFFFFFFFF);
  wait();
  kernel_.irqs().free_irq(slot_.line, &seen);
  return result;
}

// FS 11.1.  With autonegotiation it is given four seconds.
std::uint64_t e1000::link_test() {
  link_.up();
  if (link_.autoneg) kernel_.clock().msleep(4 * second);
  return (regs_.read(reg::STATUS) & status::LU) != 0 ? 0 : 1;
}

stack::self_test_result e1000::self_test(bool offline) {
  std::uint64_t registers_result = 0;
  std::uint64_t eeprom_result = 0;
  std::uint64_t interrupt_result = 0;
  std::uint64_t loopback_result = 0;
  const std::uint64_t link_result = link_test();
  if (offline) {
    const bool autoneg = link_.autoneg;
    const std::uint32_t advertised = link_.advertised;
    const bool running = open_;
    if (running) {
      close();
    } else {
      reset();
    }
    registers_result = register_test();
    reset();
    eeprom_result = eeprom_test();
    reset();
    interrupt_result = interrupt_test();
    reset();
    link_.power_phy(true);
    {
      // Linux frees the rings before the reset, while the receiver is on and the wire may send; here they outlive it.
      loopback_test loopback(kernel_, net_.numbers(), regs_, link_);
      loopback_result = loopback.run();
      link_.autoneg = autoneg;
      link_.advertised = advertised;
      reset();
    }
    if (running) open();
  }
  kernel_.clock().msleep(4 * second);
  stack::self_test_result result;
  result.tests = {{"Register test  (offline)", registers_result},
                  {"Eeprom test    (offline)", eeprom_result},
                  {"Interrupt test (offline)", interrupt_result},
                  {"Loopback test  (offline)", loopback_result},
                  {"Link test   (on/offline)", link_result}};
  for (const auto& [name, code] : result.tests) result.failed = result.failed || code != 0;
  return result;
}

}  // namespace ringside::driver

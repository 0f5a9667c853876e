// SPDX-License-Identifier: Apache-2.0
#include "sw/driver/eeprom.h"

#include "sw/kernel/delay.h"

namespace ringside::driver {
namespace {

// Commands begin with their start bit.
constexpr std::uint32_t command_read = 0b110;
constexpr std::uint32_t command_write = 0b101;
constexpr std::uint32_t command_write_enable = 0b10011;  // with the two address bits that say which
constexpr std::uint32_t command_write_disable = 0b10000;
constexpr unsigned command_bits = 3;
constexpr unsigned enable_bits = 5;
constexpr unsigned word_bits = 16;
constexpr unsigned grant_polls = 1000;
constexpr sim_time grant_poll = 5 * us;
constexpr unsigned done_polls = 200;
constexpr sim_time done_poll = 50 * us;

}  // namespace

void eeprom::init() {
  const bool large = (regs_.read(reg::EECD) & eecd::SIZE) != 0;
  words_ = large ? 256 : 64;
  address_bits_ = large ? 8 : 6;
}

// Every change of a pin reaches the chip before the wait begins.
void eeprom::put(std::uint32_t pins) {
  regs_.write(reg::EECD, pins);
  regs_.flush();
  kernel::udelay(host_, settings_.eeprom_delay);
}
void eeprom::raise_clock(std::uint32_t& pins) {
  put(pins |= eecd::SK);
}
void eeprom::lower_clock(std::uint32_t& pins) {
  put(pins &= ~eecd::SK);
}

bool eeprom::acquire() {
  std::uint32_t pins = regs_.read(reg::EECD) | eecd::REQ;
  regs_.write(reg::EECD, pins);
  pins = regs_.read(reg::EECD);
  for (unsigned i = 0; i < grant_polls && (pins & eecd::GNT) == 0; ++i) {
    kernel::udelay(host_, grant_poll);
    pins = regs_.read(reg::EECD);
  }
  if ((pins & eecd::GNT) == 0) {
    regs_.write(reg::EECD, pins & ~eecd::REQ);
    return false;
  }
  pins &= ~(eecd::DI | eecd::SK);
  regs_.write(reg::EECD, pins);
  pins |= eecd::CS;
  regs_.write(reg::EECD, pins);
  return true;
}

void eeprom::release() {
  std::uint32_t pins = regs_.read(reg::EECD) & ~(eecd::CS | eecd::DI);
  regs_.write(reg::EECD, pins);
  raise_clock(pins);
  lower_clock(pins);
  regs_.write(reg::EECD, pins & ~eecd::REQ);
}

// The select line falls and rises with the clock high: the part waits for the next command, or carries out the last.
void eeprom::standby() {
  std::uint32_t pins = regs_.read(reg::EECD) & ~(eecd::CS | eecd::SK);
  put(pins);
  raise_clock(pins);
  put(pins |= eecd::CS);
  lower_clock(pins);
}

void eeprom::shift_out(std::uint32_t bits, unsigned count) {
  std::uint32_t pins = regs_.read(reg::EECD) & ~eecd::DO;
  for (unsigned i = count; i-- > 0;) {
    pins &= ~eecd::DI;
    if ((bits >> i & 1U) != 0) pins |= eecd::DI;
    put(pins);
    raise_clock(pins);
    lower_clock(pins);
  }
  regs_.write(reg::EECD, pins & ~eecd::DI);
}

std::uint16_t eeprom::shift_in() {
  std::uint32_t pins = regs_.read(reg::EECD) & ~(eecd::DO | eecd::DI);
  std::uint32_t value = 0;
  for (unsigned i = 0; i < word_bits; ++i) {
    raise_clock(pins);
    pins = regs_.read(reg::EECD) & ~eecd::DI;
    value = value << 1 | ((pins & eecd::DO) != 0 ? 1U : 0U);
    lower_clock(pins);
  }
  return static_cast<std::uint16_t>(value);
}

std::optional<std::uint16_t> eeprom::read(std::uint32_t word) {
  if (word >= words_ || !acquire()) return std::nullopt;
  shift_out(command_read, command_bits);
  shift_out(word, address_bits_);
  const std::uint16_t value = shift_in();
  standby();
  host_.cond_resched();
  release();
  return value;
}

bool eeprom::write(std::uint32_t first, std::span<const std::uint16_t> values) {
  if (values.empty() || first >= words_ || values.size() > words_ - first || !acquire()) return false;
  shift_out(command_write_enable, enable_bits);
  shift_out(0, address_bits_ - 2);
  standby();
  bool done = true;
  for (std::size_t i = 0; i < values.size() && done; ++i) {
    shift_out(command_write, command_bits);
    shift_out(first + static_cast<std::uint32_t>(i), address_bits_);
    shift_out(values[i], word_bits);
    standby();
    done = false;
    for (unsigned poll = 0; poll < done_polls && !done; ++poll) {
      done = (regs_.read(reg::EECD) & eecd::DO) != 0;
      if (!done) kernel::udelay(host_, done_poll);
    }
    if (!done) break;
    standby();
    host_.cond_resched();
  }
  if (done) {
    shift_out(command_write_disable, enable_bits);
    shift_out(0, address_bits_ - 2);
  }
  release();
  return done;
}

bool eeprom::valid() {
  std::uint16_t sum = 0;
  for (std::uint32_t word = 0; word <= eeprom_word::CHECKSUM; ++word) {
    const std::optional<std::uint16_t> value = read(word);
    if (!value.has_value()) return false;
    sum = static_cast<std::uint16_t>(sum + *value);
  }
  return sum == eeprom_word::sum;
}

bool eeprom::update_checksum() {
  std::uint16_t sum = 0;
  for (std::uint32_t word = 0; word < eeprom_word::CHECKSUM; ++word) {
    const std::optional<std::uint16_t> value = read(word);
    if (!value.has_value()) return false;
    sum = static_cast<std::uint16_t>(sum + *value);
  }
  const std::uint16_t rest = static_cast<std::uint16_t>(eeprom_word::sum - sum);
  return write(eeprom_word::CHECKSUM, {&rest, 1});
}

}  // namespace ringside::driver

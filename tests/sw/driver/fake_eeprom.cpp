// SPDX-License-Identifier: Apache-2.0
#include "tests/sw/driver/fake_eeprom.h"

namespace ringside::test {
namespace {
constexpr std::uint32_t sk = 1, cs = 2, di = 4, data_out = 8, req = 0x40, gnt = 0x80, pres = 0x100;
}

fake_eeprom::fake_eeprom() {
  words[0] = 0x5452;  // 52:54:00:12:34:56
  words[1] = 0x1200;
  words[2] = 0x5634;
  words[0x04] = 0xFFFF;
  words[0x0F] = 0x3040;
  words[0x24] = 0x4901;  // E-10
  fix_sum();
}

void fake_eeprom::fix_sum() {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < 0x3F; ++i) sum += words.at(i);
  words[0x3F] = static_cast<std::uint16_t>(0xBABA - sum);
}

std::uint32_t fake_eeprom::read_pins() const {
  std::uint32_t value = (pins_ & (sk | cs | di | req)) | 0x10 | pres;
  if ((pins_ & req) != 0 && grant) value |= gnt;
  if (do_) value |= data_out;
  return value;
}

void fake_eeprom::write_pins(std::uint32_t value) {
  const std::uint32_t before = pins_;
  pins_ = value;
  const bool selected = (value & cs) != 0;
  if ((before & cs) != 0 && !selected && pending_write_) {  // executed when the select line falls
    pending_write_ = false;
    if (enabled) {
      words.at(shifted_ >> 16 & 0x3F) = static_cast<std::uint16_t>(shifted_);
      ++writes;
    }
    do_ = finishes;
    return;
  }
  if ((before & cs) == 0 && selected) {  // the command shifter is reset; the clock's level is no edge
    started_ = false;
    bits_ = 0;
    shifted_ = 0;
    out_left_ = 0;
    return;
  }
  if (selected && (before & sk) == 0 && (value & sk) != 0) on_clock((value & di) != 0);
  if (!selected && out_left_ == 0 && finishes) do_ = true;
}

void fake_eeprom::on_clock(bool data) {
  if (out_left_ != 0) {
    --out_left_;
    do_ = (out_ >> out_left_ & 1U) != 0;
    if (out_left_ == 0) started_ = false;
    return;
  }
  if (!started_) {
    started_ = data;
    return;
  }
  shifted_ = shifted_ << 1 | (data ? 1U : 0U);
  ++bits_;
  on_command();
}

void fake_eeprom::on_command() {
  if (bits_ == 8) {
    const std::uint32_t opcode = shifted_ >> 6;
    const std::uint32_t address = shifted_ & 0x3F;
    if (opcode == 2) {
      do_ = false;
      out_ = words.at(address);
      out_left_ = 16;
    } else if (opcode == 0 && address >> 4 == 3) {
      enabled = true;
    } else if (opcode == 0 && address >> 4 == 0) {
      enabled = false;
    }
  }
  if (bits_ == 24 && shifted_ >> 22 == 1) pending_write_ = true;
}

void fake_phy::reset_all() {
  registers = {{0, 0x1140},  {1, 0x796D},  {2, 0x0141},  {3, 0x0C20},  {4, 0x0DE1},  {5, 0x41E0}, {9, 0x0E00},
               {10, 0x3C00}, {15, 0x3000}, {16, 0x0360}, {17, 0xAC00}, {20, 0x0D60}, {21, 0}};
}

std::uint32_t fake_phy::access(std::uint32_t mdic) {
  if (!answers) return mdic & ~(1U << 28);
  const std::uint32_t number = mdic >> 16 & 0x1F;
  constexpr std::uint32_t ready = 1U << 28;
  if ((mdic >> 21 & 0x1F) != 1) return mdic | ready | 1U << 30;
  if ((mdic >> 26 & 3) == 1) {
    std::uint16_t value = static_cast<std::uint16_t>(mdic);
    writes.emplace_back(number, value);
    if (number == 0) value = static_cast<std::uint16_t>(value & 0x7DC0);  // reset and restart clear themselves
    if (number != 1 && number != 2 && number != 3 && number != 17) registers[number] = value;
    return mdic | ready;
  }
  std::uint16_t value = registers.contains(number) ? registers.at(number) : 0;
  if (number == 1) value = static_cast<std::uint16_t>(link ? value | 0x0024 : value & ~0x0024);
  return (mdic & 0xFFFF0000) | ready | value;
}

}  // namespace ringside::test

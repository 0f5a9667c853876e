// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/board/microwire.h"

namespace ringside::tlm {
namespace {

constexpr unsigned word_bits = 16;
constexpr unsigned address_bits = 6;
constexpr unsigned command_bits = 2 + address_bits;               // behind the start bit
constexpr std::uint32_t op_other = 0, op_write = 1, op_read = 2;  // 3 is ERASE
// Address bits 5:4 of the opcode 00.
constexpr std::uint32_t write_disable = 0, write_all_words = 1, erase_all_words = 2;
constexpr std::uint16_t erased = 0xFFFF;

}  // namespace

void microwire::drive(bool cs, bool sk, bool di, sim_time now) {
  settle(now);
  const bool rises = sk && !sk_;
  const bool selected = cs && !cs_, released = !cs && cs_;
  sk_ = sk;
  cs_ = cs;
  if (released) deselect(now);
  if (selected)
    select();  // the level of SK here is no edge
  else if (cs && rises && !busy_)
    clock(di);
}

void microwire::select() {
  now_ = state::start;
  data_out_ = true;
}

void microwire::clock(bool di) {
  switch (now_) {
    case state::start:
      if (!di) return;  // leading zeros
      now_ = state::command;
      shifted_ = bits_ = 0;
      return;
    case state::command:
      shifted_ = shifted_ << 1 | (di ? 1 : 0);
      if (++bits_ == command_bits) decode();
      return;
    case state::data:
      shifted_ = shifted_ << 1 | (di ? 1 : 0);
      if (++bits_ < word_bits) return;
      value_ = static_cast<std::uint16_t>(shifted_);
      now_ = state::armed;
      return;
    case state::reading:
      if (read_bits_ == word_bits) {  // the next word follows without a dummy bit
        read_bits_ = 0;
        address_ = (address_ + 1) % eeprom_words;
      }
      data_out_ = (words_[address_] >> (word_bits - 1 - read_bits_++) & 1) != 0;
      return;
    case state::armed:
    case state::over:
      return;
  }
}

void microwire::decode() {
  const std::uint32_t opcode = shifted_ >> address_bits;
  address_ = shifted_ & (eeprom_words - 1);
  shifted_ = bits_ = 0;
  if (opcode == op_read) {
    now_ = state::reading;
    read_bits_ = 0;
    data_out_ = false;  // the dummy bit
    return;
  }
  if (opcode == op_write) {
    wanted_ = action::write;
    now_ = state::data;
    return;
  }
  now_ = state::armed;
  wanted_ = action::erase;
  if (opcode != op_other) return;
  switch (address_ >> (address_bits - 2)) {
    case write_disable:
      write_enabled_ = false;
      now_ = state::over;
      return;
    case write_all_words:
      wanted_ = action::write_all;
      now_ = state::data;
      return;
    case erase_all_words:
      wanted_ = action::erase_all;
      return;
    default:
      write_enabled_ = true;
      now_ = state::over;
  }
}

void microwire::deselect(sim_time now) {
  data_out_ = true;
  if (now_ == state::armed && write_enabled_) {
    busy_ = true;
    busy_until_ = now + busy_time;
  }
  now_ = state::start;
}

void microwire::settle(sim_time now) {
  if (!busy_ || now < busy_until_) return;
  busy_ = false;
  const std::uint16_t value = wanted_ == action::erase || wanted_ == action::erase_all ? erased : value_;
  if (wanted_ == action::write_all || wanted_ == action::erase_all)
    words_.fill(value);
  else
    words_[address_] = value;
}

bool microwire::out(sim_time now) {
  settle(now);
  if (!cs_) return true;
  return busy_ ? false : data_out_;
}

std::uint16_t microwire::word(std::uint32_t at, sim_time now) {
  settle(now);
  return at < eeprom_words ? words_[at] : std::uint16_t{0};
}

const eeprom_image& microwire::words(sim_time now) {
  settle(now);
  return words_;
}

std::optional<sim_time> microwire::changes_at() const {
  if (!cs_ || !busy_) return std::nullopt;
  return busy_until_;
}

}  // namespace ringside::tlm

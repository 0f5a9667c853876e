// SPDX-License-Identifier: Apache-2.0
#include "contract/register_rules.h"

#include <fmt/format.h>

namespace ringside::contract {
namespace {

constexpr std::uint64_t bar0_bytes = 0x2'0000;  // FS 1.1
constexpr sim_time reset_time = 5 * ms;
constexpr std::uint32_t control_reset = 0xA01;
// Diagnostic windows a card may have (FS 2.5): FIFO pointers, descriptor cache, packet buffer.
bool diagnostic(std::uint64_t offset) {
  return (offset >= 0x2410 && offset <= 0x2430) || (offset >= 0x3410 && offset <= 0x3430) ||
         (offset >= 0x6000 && offset <= 0x73FF) || offset >= 0x1'0000;
}

}  // namespace

register_rules::kind register_rules::kind_of(const reg::row& row) {
  switch (row.offset) {
    case reg::CTRL:
    case reg::CTRL_DUP:
      return kind::control;
    case reg::RAL:
    case reg::RAH:
      return kind::address_entry;
    case reg::PBA:
      return kind::kept;
    case reg::EECD:  // bits of the chip's own beside what was written
    case reg::EERD:
    case reg::MDIC:
    case reg::RDH:  // moves by itself
      return kind::other;
    default:
      break;
  }
  if (row.access != "RW" || diagnostic(row.offset)) return kind::other;
  // A defined reset value comes back with CTRL.RST; the others have none and keep what they hold.
  return row.reset_defined ? kind::plain : kind::kept;
}

register_rules::register_rules(checker_state& w) : state_(w), cells_(1), index_(bar0_bytes / 4) {
  for (const reg::row& row : reg::table)
    for (std::uint32_t i = 0; i < row.count; ++i) {
      index_[(row.offset + i * row.stride) / 4] = static_cast<std::uint16_t>(cells_.size());
      cell c;
      c.mask = row.mask;
      c.reset = row.reset;
      c.what = kind_of(row);
      if (row.offset == reg::PBA) c.mask = 0x7F;  // RXA; TXA follows it (FS 6.6)
      cells_.push_back(c);
    }
}

const register_rules::cell* register_rules::find(std::uint64_t offset) const {
  return offset < bar0_bytes ? &cells_[index_[offset / 4]] : nullptr;
}

void register_rules::on_write(std::uint64_t offset, std::uint32_t value, sim_time t) {
  if (offset >= bar0_bytes) return;
  cell& c = cells_[index_[offset / 4]];
  if (c.what == kind::none) return;
  if (c.what == kind::control) {
    if ((value & ctrl::RST) != 0 && reset_due_ == time_never) {
      reset_due_ = t + reset_time;
      state_.due.ask(reset_due_);
    }
    for (const std::uint32_t twin : {reg::CTRL, reg::CTRL_DUP}) {
      cell& both = cells_[index_[twin / 4]];
      both.value = value;
      both.written = both.since_reset = true;
    }
    return;
  }
  c.value = value & c.mask;
  c.written = c.since_reset = true;
}

void register_rules::on_read(std::uint64_t offset, std::uint32_t value, sim_time t) {
  const cell* c = find(offset);
  if (c == nullptr || value == ~0U) return;  // all ones is N-13
  if (c->what == kind::none) {
    if (value != 0 && !diagnostic(offset))
      state_.log.trip(rule::P_6, t, fmt::format("offset {:#x} has no register and reads {:#x}", offset, value),
                      {0, breach::no_descriptor, offset});
    return;
  }
  if (was_reset_ && !c->since_reset) judge(*c, offset, value, t);
}

void register_rules::judge(const cell& c, std::uint64_t offset, std::uint32_t value, sim_time t) {
  const auto expect = [&](rule which, std::uint32_t mask, std::uint32_t wanted) {
    if ((value & mask) != (wanted & mask))
      state_.log.trip(which, t,
                      fmt::format("register {:#x} reads {:#x} after CTRL.RST, expected {:#x}", offset, value, wanted),
                      {0, breach::no_descriptor, offset});
  };
  switch (c.what) {
    case kind::plain:
      return expect(rule::X_4, c.mask, c.reset);
    case kind::kept:
      if (c.written) expect(rule::X_5, c.mask, c.value);
      return;
    case kind::control:
      return expect(rule::X_10, ~(ctrl::SLU | (c.written ? 0 : ctrl::SWDPIO)),
                    control_reset | (c.value & ctrl::SWDPIO));
    case kind::address_entry:
      // Entry 0 is the EEPROM's, whose address the checker does not know; only entries' AV is told.
      if (offset % 8 == 4) expect(rule::X_6, rah::AV, offset == reg::RAH ? rah::AV : 0);
      return;
    case kind::none:
    case kind::other:
      return;
  }
}

void register_rules::on_reset() {
  was_reset_ = true;
  reset_due_ = time_never;
  for (cell& c : cells_) c.since_reset = false;
}

void register_rules::judge_reset(sim_time now) {
  if (now < reset_due_) return state_.due.ask(reset_due_);
  reset_due_ = time_never;
  state_.log.trip(rule::X_1, now, "CTRL.RST was set and the reset has not come", {});
}

}  // namespace ringside::contract

// SPDX-License-Identifier: Apache-2.0
// Judges what registers read: P-6, X-4, X-5, X-6, X-10, and X-1 (CTRL.RST completes).
//
// Part of the checker.  Only reads that the fact sheet decides are judged: offsets without a register, and registers
// that software has not written since CTRL.RST.
#pragma once

#include <vector>

#include "contract/checker_state.h"
#include "hw/regs/e1000_regs.h"

namespace ringside::contract {

class register_rules {
 public:
  explicit register_rules(checker_state& w);
  void on_write(std::uint64_t offset, std::uint32_t value, sim_time t);
  void on_read(std::uint64_t offset, std::uint32_t value, sim_time t);
  void on_reset();
  void check(sim_time now) {
    if (reset_due_ != time_never) judge_reset(now);
  }

 private:
  enum class kind : std::uint8_t { none, plain, kept, address_entry, control, other };
  struct cell {
    std::uint32_t mask = 0;
    std::uint32_t reset = 0;
    std::uint32_t value = 0;  // last written
    kind what = kind::none;
    bool written = false;      // ever
    bool since_reset = false;  // since CTRL.RST
  };
  static kind kind_of(const reg::row& row);
  const cell* find(std::uint64_t offset) const;
  void judge_reset(sim_time now);
  void judge(const cell& c, std::uint64_t offset, std::uint32_t value, sim_time t);

  checker_state& state_;
  std::vector<cell> cells_;           // 0 = no register, the others in the table's order
  std::vector<std::uint16_t> index_;  // by offset / 4
  bool was_reset_ = false;
  sim_time reset_due_ = time_never;
};

}  // namespace ringside::contract

// SPDX-License-Identifier: Apache-2.0
// Judges what memory shows, and when: I-9, S-4, S-9, and R-22 at visibility.
//
// Part of the checker.  Software events at T stand before bus events at T in the stream although a drain at T is seen
// by them, so judgements about T are made when time has passed T.
#pragma once

#include <vector>

#include "contract/checker_state.h"

namespace ringside::contract {

class memory_rules {
 public:
  explicit memory_rules(checker_state& w) : state_(w) {}
  /// A write-back drained into memory.
  void on_visible(const event& e);
  /// ICR got RXT0 or SRPD: it stands for the write-backs complete so far.
  void on_receive_cause() { covered_ = state_.ring.written.position; }
  /// The card answered an ICR read.
  void on_icr_answer(std::uint32_t value);
  /// ... and the answer reached the driver.
  void on_icr_read(const event& e);
  /// The driver took a descriptor; the slot, or nullptr when it is not this ring's next one.
  ring_slot* on_take(const event& e);
  void check(sim_time now) {
    if (read_at_ >= 0 || !takes_.empty()) judge(now);
  }
  void restart();

 private:
  void judge(sim_time now);

  struct taken {
    sim_time time = 0;
    std::uint32_t index = 0;
    std::uint64_t bits = 0;
    frame_id frame = 0;
    std::uint64_t address = 0;
  };

  checker_state& state_;
  std::uint64_t covered_ = 0;   // write-backs behind the causes in ICR
  std::uint64_t answered_ = 0;  // ... behind the last ICR answer
  bool answer_open_ = false;
  std::uint32_t answer_ = 0;
  sim_time read_at_ = -1;     // an icr_read to judge
  std::vector<taken> takes_;  // takes to judge, all of one instant
};

}  // namespace ringside::contract

// SPDX-License-Identifier: Apache-2.0
// Judges descriptor write-backs at bus completion: N-1, N-2, R-22, R-23, R-24, R-26, N-4, N-5, N-8, N-11, N-12, R-20,
// R-83, D-5.
//
// Part of the checker; the frame counts it keeps are what the cause rules judge R-21 by.
#pragma once

#include <array>

#include "contract/checker_state.h"
#include "contract/descriptor_format.h"

namespace ringside::contract {

class writeback_rules {
 public:
  explicit writeback_rules(checker_state& w) : state_(w) {}
  void on_writeback(const event& e);
  /// All payload of a frame is on the bus, so many bytes.
  void on_frame_done(const event& e, std::uint32_t bytes);
  /// Looks for completed frames that wait too long (N-5, R-20).
  void check(sim_time now);
  void restart();

  std::uint64_t frames_done() const { return done_; }        // data complete
  std::uint64_t frames_written() const { return written_; }  // EOP descriptor complete
  /// The same of small packets (RSRPD).
  std::uint64_t small_done() const { return small_done_; }
  std::uint64_t small_written() const { return small_written_; }
  frame_id oldest_waiting() const { return waiting_[written_ % waiting_.size()].frame; }
  sim_time oldest_since() const { return waiting_[written_ % waiting_.size()].since; }

 private:
  struct waiting_frame {
    sim_time since = 0;
    frame_id frame = 0;
    bool immediate = false;  // RDTR was 0
    bool small = false;
  };

  void follow();
  std::uint32_t locate(const event& e);
  void judge_null(const event& e, ring_slot& slot);
  void judge_frame(const event& e, ring_slot& slot, write_back d);
  void judge_total(const event& e, write_back d);
  bool must_write(std::uint64_t& count) const;

  checker_state& state_;
  std::array<waiting_frame, 256> waiting_{};  // by frames_done; older entries are long overdue
  std::uint64_t done_ = 0;
  std::uint64_t written_ = 0;
  std::uint64_t small_done_ = 0;
  std::uint64_t small_written_ = 0;
  bool open_ = false;    // the last descriptor written had no EOP
  bool spoilt_ = false;  // a breach in the open frame was reported
  frame_id open_frame_ = 0;
  frame_id closed_frame_ = 0;     // last frame whose EOP was written
  std::uint32_t total_ = 0;       // bytes of the open frame
  std::uint32_t checksum_ = 0;    // of its first descriptor
  std::uint64_t overdue_at_ = 0;  // frames_written() when must_write() began to hold
  sim_time must_since_ = -1;
  std::uint64_t reported_ = ~0ULL;
};

}  // namespace ringside::contract

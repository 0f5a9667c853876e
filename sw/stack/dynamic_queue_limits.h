// SPDX-License-Identifier: Apache-2.0
// How many bytes a transmit queue may hold: as few as keep the card busy (QD-12; Linux 6.1
// lib/dynamic_queue_limits.c).
//
// Owner: netdev_queue.  Counts are of 32 bits and wrap, as in Linux: only differences mean anything.
#pragma once

#include <algorithm>
#include <cstdint>

namespace ringside::stack {

class dynamic_queue_limits {
 public:
  static constexpr std::uint32_t max_object = UINT32_MAX / 16;             // DQL_MAX_OBJECT
  static constexpr std::uint32_t max_limit = UINT32_MAX / 2 - max_object;  // DQL_MAX_LIMIT

  /// What an administrator may set of a queue (/sys/class/net/DEVICE/queues/tx-N/byte_queue_limits); as dql_init() has
  /// it.
  struct bounds {
    std::uint32_t min = 0;             // limit_min: with it the limit begins
    std::uint32_t max = max_limit;     // limit_max
    std::uint64_t hold_jiffies = 250;  // hold_time: HZ; slack is looked at so long before it is taken off
  };

  /// As after dql_init(): unless told otherwise the limit is 0, so the first packet fills the queue.
  explicit dynamic_queue_limits(std::uint64_t jiffies) { reset(jiffies); }
  /// Of the limit now in force they change nothing: it is kept within them from the next completion on.
  void set_bounds(const bounds& b) { bounds_ = b; }

  /// So many bytes more are with the card (dql_queued).
  void queued(std::uint32_t bytes) {
    last_object_ = bytes;
    num_queued_ += bytes;
  }
  /// Bytes that may still be queued; below 0 when there are more than that (dql_avail).
  std::int32_t available() const { return static_cast<std::int32_t>(adjusted_limit_ - num_queued_); }
  /// So many bytes have come back, and the limit is thought over.  Throws std::logic_error when more come back than
  /// were queued: Linux stops there (BUG_ON).
  void completed(std::uint32_t bytes, std::uint64_t jiffies);
  /// Nothing is queued, and what was learned is forgotten: the limit is the least there may be (dql_reset).  The sum of
  /// limit and completed bytes stays what it was, as in Linux: until the first completion so many may be queued.
  void reset(std::uint64_t jiffies);

  std::uint32_t limit() const { return limit_; }
  std::uint32_t in_flight() const { return num_queued_ - num_completed_; }

 private:
  bounds bounds_;
  std::uint32_t num_queued_ = 0;
  std::uint32_t adjusted_limit_ = 0;  // adj_limit: limit + num_completed
  std::uint32_t last_object_ = 0;
  std::uint32_t limit_ = 0;
  std::uint32_t num_completed_ = 0;
  std::uint32_t previous_overlimit_ = 0;
  std::uint32_t previous_queued_ = 0;
  std::uint32_t previous_last_object_ = 0;
  std::uint32_t lowest_slack_ = UINT32_MAX;
  std::uint64_t slack_start_ = 0;  // jiffies
};

}  // namespace ringside::stack

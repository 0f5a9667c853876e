// SPDX-License-Identifier: Apache-2.0
// CoDel: when a queue has been too long for too long, and how often something is to be done about it (RFC 8289; Linux
// 6.1's codel_impl.h, in its units and with its arithmetic; QD-13).
//
// Owner: a flow of fq_codel.
#pragma once

#include <cstdint>

#include "common/time.h"

namespace ringside::stack {

class codel {
 public:
  /// Units of 2^10 ns; a difference of two counts as signed (codel_time_t).
  using time = std::uint32_t;
  static constexpr time at(sim_time t) { return static_cast<time>(static_cast<std::uint64_t>(t / ns) >> 10); }
  static constexpr time target = 5'000'000 >> 10;      // 5 ms
  static constexpr time interval = 100'000'000 >> 10;  // 100 ms

  static constexpr bool before(time a, time b) { return static_cast<std::int32_t>(a - b) < 0; }

  /// Whether the packet that leaves now has waited too long, and the ones before it for a whole interval
  /// (codel_should_drop).  `backlog`: bytes that wait behind it; one packet of `mtu` is no queue.
  bool should_drop(time enqueued, time now, std::uint64_t backlog, std::uint32_t mtu);
  /// The queue is empty.
  void nothing_waits() {
    first_above_ = 0;
    dropping = false;
  }
  void not_above() { first_above_ = 0; }

  bool due(time now) const { return !before(now, drop_next); }
  /// One more is marked or dropped: the next one comes sooner.
  void one_more();
  /// interval / sqrt(count) behind `from` (codel_control_law).
  void schedule_after(time from);
  /// The first one of a time above the target; soon behind the last such time it begins where that ended.
  void begin_dropping(time now);

  std::uint32_t count = 0;  // of drops since it began
  bool dropping = false;
  time drop_next = 0;

 private:
  void newton_step();

  std::uint32_t last_count_ = 0;
  std::uint16_t inverse_ = 0;  // 1 / sqrt(count), Q0.16
  time first_above_ = 0;
};

}  // namespace ringside::stack

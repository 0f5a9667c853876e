// SPDX-License-Identifier: Apache-2.0
// Counters of the kernel layer.  Written by irq, softirq and net_rx at the point of decision; read by the platform.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ringside::kernel {

/// Minimum, maximum, sum and histogram of small integers.
struct poll_histogram {
  static constexpr std::size_t buckets = 257;  // 0..255 exactly, the last one holds 256 and above
  std::array<std::uint64_t, buckets> count{};
  std::uint64_t samples = 0;
  std::uint64_t sum = 0;
  std::uint64_t min = 0;
  std::uint64_t max = 0;

  void add(std::uint64_t value) {
    min = samples == 0 ? value : std::min(min, value);
    max = std::max(max, value);
    sum += value;
    ++samples;
    ++count[std::min<std::uint64_t>(value, buckets - 1)];
  }
};

/// A CPU's softnet_data, as /proc/net/softnet_stat shows it.
struct softnet_statistics {
  std::uint64_t processed = 0;  // passes of packets through netif_receive_skb, one for each device (RP-7)
  std::uint64_t dropped = 0;    // by a full backlog
  std::uint64_t time_squeeze = 0;
  std::uint64_t received_rps = 0;  // told by other CPUs to look at its backlog
};

struct statistics {
  // Interrupts.
  std::uint64_t hardirqs = 0;
  std::uint64_t spurious = 0;      // no handler took it
  std::uint64_t nobody_cared = 0;  // lines shut off because nobody served them
  std::uint64_t timer_irqs = 0;    // local timer, not counted in hardirqs
  // Softirqs.
  std::uint64_t softirq_runs = 0;  // at interrupt exit or local_bh_enable
  std::uint64_t softirq_restarts = 0;
  std::uint64_t ksoftirqd_runs = 0;
  std::uint64_t ksoftirqd_wakes = 0;
  // NAPI.
  std::uint64_t napi_schedules = 0;
  std::uint64_t napi_polls = 0;
  poll_histogram frames_per_poll;
  std::uint64_t budget_exhausted = 0;         // polls that used their whole weight
  std::uint64_t netdev_budget_exhausted = 0;  // net_rx_action ended by netdev_budget
  std::uint64_t netdev_time_exhausted = 0;    // net_rx_action ended by its time limit
  std::uint64_t time_squeeze = 0;             // softnet_data.time_squeeze: the sum of both
  // Backlog (netif_rx).
  std::uint64_t backlog_enqueued = 0;
  std::uint64_t backlog_processed = 0;
  std::uint64_t backlog_dropped = 0;
  // By CPU.
  std::vector<softnet_statistics> softnet;  // as far as a CPU has counted

  softnet_statistics& softnet_at(unsigned cpu) {
    if (cpu >= softnet.size()) softnet.resize(cpu + 1);
    return softnet[cpu];
  }
  softnet_statistics softnet_of(unsigned cpu) const {
    return cpu < softnet.size() ? softnet[cpu] : softnet_statistics{};
  }
};

}  // namespace ringside::kernel

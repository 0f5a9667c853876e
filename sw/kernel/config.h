// SPDX-License-Identifier: Apache-2.0
// What a machine's administrator or builder sets of the kernel layer: sysctls by their Linux names, and constants.
//
// Plain data, so that a scenario can hold it; each part is read by the class it is named after.
#pragma once

#include "common/time.h"
#include "sw/kernel/host.h"

namespace ringside::kernel {

/// Of class softirqs.
struct softirq_limits {
  unsigned restarts = 10;  // MAX_SOFTIRQ_RESTART
  sim_time time = 2 * ms;  // MAX_SOFTIRQ_TIME; counted in jiffies: up to the next one
  friend bool operator==(const softirq_limits&, const softirq_limits&) = default;
};

/// Of class net_rx: net.core.*.
struct net_rx_limits {
  unsigned budget = 300;         // netdev_budget
  sim_time time = 8 * ms;        // netdev_budget_usecs; counted in jiffies
  unsigned max_backlog = 1000;   // netdev_max_backlog
  unsigned backlog_weight = 64;  // dev_weight
  unsigned gro_normal_batch = 8;
  friend bool operator==(const net_rx_limits&, const net_rx_limits&) = default;
};

/// Of class kernel.
struct kernel_config {
  softirq_limits softirq;
  net_rx_limits receive;
  bus_address memory_begin = 0x10000;  // first byte the allocator may use
  bus_address memory_end = 0;          // 0 = end of memory
  std::uint64_t seed = 1;              // of everything the kernel draws
  friend bool operator==(const kernel_config&, const kernel_config&) = default;
};

}  // namespace ringside::kernel

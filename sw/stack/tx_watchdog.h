// SPDX-License-Identifier: Apache-2.0
// Looks whether a device's transmit queues have been stopped for too long, and tells its driver (dev_watchdog; QD-10).
//
// Owner: net_device, made with its queues.
#pragma once

#include "sw/kernel/kernel.h"

namespace ringside::stack {

struct net_device;

class tx_watchdog {
 public:
  static constexpr sim_time default_timeout = 5 * second;  // watchdog_timeo of e1000, and where a driver names none

  tx_watchdog(kernel::kernel& k, net_device& dev);

  /// Arms it (dev_watchdog_up): the queues carry packets from now on.
  void up();
  /// dev_watchdog_down.
  void down();

  sim_time timeout = default_timeout;

 private:
  void look();
  void arm(std::uint64_t jiffies);

  kernel::kernel& kernel_;
  net_device& dev_;
  kernel::timer timer_;
};

/// round_jiffies(): to a whole second, so that timers that can wait run together; never into the past.
std::uint64_t round_jiffies(std::uint64_t wished, std::uint64_t now, unsigned cpu);

}  // namespace ringside::stack

// SPDX-License-Identifier: Apache-2.0
// Carries a change of a link from the driver that saw it to a task that may act on it (Linux 6.1
// net/core/link_watch.c): a link that comes at once, one that goes at most once a second.
//
// Owner: device_transmit.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "sw/kernel/kernel.h"

namespace ringside::stack {

struct net_device;

class link_watch {
 public:
  /// `act` is called in task context for each device whose link changed.
  link_watch(kernel::kernel& k, std::function<void(net_device&)> act);

  /// linkwatch_fire_event.
  void fire(net_device& dev);
  /// linkwatch_forget_dev.
  void forget(net_device& dev) { std::erase(changed_, &dev); }

 private:
  void schedule(bool urgent);
  void run();

  kernel::kernel& kernel_;
  std::function<void(net_device&)> act_;
  std::vector<net_device*> changed_;
  kernel::delayed_work work_;
  bool urgent_ = false;           // LW_URGENT
  std::uint64_t next_event_ = 0;  // jiffies: not before, unless urgent
};

}  // namespace ringside::stack

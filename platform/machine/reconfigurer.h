// SPDX-License-Identifier: Apache-2.0
// A task that changes the interface while it runs, as an administrator would with ip and ethtool, at the times a
// scenario gives.
//
// Owner: the machine, which starts it when the wire is released and closes the interface only after it has ended.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "platform/scenario/reconfigure_actions.h"
#include "sw/stack/net_stack.h"

namespace ringside::platform {

class reconfigurer {
 public:
  /// The cable of the interface goes in or out at a time to come.
  using cable = std::function<void(bool in, sim_time at)>;

  reconfigurer(stack::net_stack& net, stack::net_device& dev, cable plug,
               const std::vector<reconfigure_action>& actions, unsigned cpu)
      : net_(net), dev_(dev), plug_(std::move(plug)), actions_(actions), cpu_(cpu) {}

  /// Spawns the task; times of actions count from `origin`.  Nothing to do: no task.
  void start(sim_time origin);
  std::size_t planned() const { return actions_.size(); }

 private:
  void run(sim_time origin);
  /// 0 or a negative errno.
  int apply(const reconfigure_action& action);

  stack::net_stack& net_;
  stack::net_device& dev_;  // a device with operations
  cable plug_;
  const std::vector<reconfigure_action>& actions_;
  unsigned cpu_;
};

}  // namespace ringside::platform

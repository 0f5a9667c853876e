// A task that changes the interface while it runs, as an administrator would with ip and ethtool, at the times a
// scenario gives.
//
// Owner: the machine, which starts it when the wire is released and closes the interface only after it has ended.
#pragma once

#include <string>
#include <vector>

#include "platform/scenario/reconfigure_actions.h"
#include "sw/driver/e1000.h"

namespace ringside::platform {

class reconfigurer {
 public:
  reconfigurer(stack::net_stack& net, driver::e1000& nic_driver, const std::vector<reconfigure_action>& actions,
               unsigned cpu)
      : net_(net), driver_(nic_driver), actions_(actions), cpu_(cpu) {}

  /// Spawns the task; times of actions count from `origin`.  Nothing to do: no task.
  void start(sim_time origin);
  std::size_t planned() const { return actions_.size(); }

 private:
  void run(sim_time origin);
  driver::driver_status apply(const reconfigure_action& action);

  stack::net_stack& net_;
  driver::e1000& driver_;
  const std::vector<reconfigure_action>& actions_;
  unsigned cpu_;
};

}  // namespace ringside::platform

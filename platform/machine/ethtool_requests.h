// SPDX-License-Identifier: Apache-2.0
// What a scenario asks ethtool for when its traffic is over: registers, EEPROM, self-test, in this order.
//
// Called by the machine from a task, since a driver sleeps in all of them.
#pragma once

#include "platform/report/ethtool_report.h"
#include "platform/scenario/scenario.h"
#include "sw/stack/net_stack.h"

namespace ringside::platform {

/// `dev` has operations.  Each request is one system call of the tool.
ethtool_results carry_out(const ethtool_config& wanted, stack::net_stack& net, stack::net_device& dev);

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
// Collects the machine's network counters under Linux's names (platform/report/net_statistics.h).
//
// Called by the machine when a run is over.  Linux's counters are sums of what our layers count more finely.
#pragma once

#include "platform/report/net_statistics.h"

namespace ringside::kernel {
class kernel;
}
namespace ringside::stack {
class net_stack;
struct net_device;
}  // namespace ringside::stack

namespace ringside::platform {

/// Of a device, and of the stack it belongs to.
net_statistics network_statistics(const stack::net_device& dev, stack::net_stack& net, kernel::kernel& os,
                                  unsigned cpus);

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
// Collects the machine's network counters under Linux's names (platform/report/net_statistics.h).
//
// Called by the machine when a run is over.  Linux's counters are sums of what our layers count more finely.
#pragma once

#include <span>

#include "platform/report/net_statistics.h"

namespace ringside::kernel {
class kernel;
}
namespace ringside::stack {
class net_stack;
struct net_device;
}  // namespace ringside::stack

namespace ringside::platform {

/// Of devices, and of the stack they belong to.
net_statistics network_statistics(std::span<const stack::net_device* const> devices, stack::net_stack& net,
                                  kernel::kernel& os, unsigned cpus);

}  // namespace ringside::platform

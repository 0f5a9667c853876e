// SPDX-License-Identifier: Apache-2.0
// Collects the machine's network counters under Linux's names (platform/report/net_statistics.h).
//
// Called by the machine when a run is over.  Linux's counters are sums of what our layers count more finely.
#pragma once

#include <span>

#include "platform/report/net_statistics.h"
#include "platform/report/ping_report.h"

namespace ringside::kernel {
class kernel;
}
namespace ringside::stack {
class net_stack;
struct net_device;
struct ping_statistics;
}  // namespace ringside::stack

namespace ringside::platform {

/// What an application that pings has found; round trips in whole ps.
ping_report ping_report_of(const stack::ping_statistics& s, std::uint32_t destination);

/// Of devices, and of the stack they belong to.
net_statistics network_statistics(std::span<const stack::net_device* const> devices, stack::net_stack& net,
                                  kernel::kernel& os, unsigned cpus);

}  // namespace ringside::platform

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
}
namespace ringside::driver {
class e1000;
}

namespace ringside::platform {

net_statistics network_statistics(const driver::e1000& card, stack::net_stack& net, kernel::kernel& os, unsigned cpus);

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
// The keys of the kernel: sysctls by their Linux names, and constants of its softirq layer.
#include <array>

#include "platform/scenario/key_rules.h"
#include "platform/scenario/key_table.h"

namespace ringside::platform {
namespace {

using namespace key_rules;

const auto sysctl_table = std::to_array<key_row>({
    {"net.core.netdev_budget", "300", whole(1, 1'000'000, "frames"), "most frames of one net_rx_action",
     "Linux 6.1 net.core.netdev_budget 300", [](scenario& s, const value& v) { s.kernel.receive.budget = u32(v); }},
    {"net.core.netdev_budget_usecs", "8000", whole(0, 1'000'000, "us"),
     "longest net_rx_action, in jiffies of 4 ms rounded up; 8000 ends it at the second tick",
     "Linux 6.1 net.core.netdev_budget_usecs: 2 jiffies, 8000 at HZ 250",
     [](scenario& s, const value& v) { s.kernel.receive.time = v.number * us; }},
    {"net.core.netdev_max_backlog", "1000", whole(0, 1'000'000, "packets"),
     "a CPU's backlog (mode irq) takes a packet while it holds no more", "Linux 6.1 net.core.netdev_max_backlog 1000",
     [](scenario& s, const value& v) { s.kernel.receive.max_backlog = u32(v); }},
    {"net.core.dev_weight", "64", whole(1, 65'536, "packets"), "most packets of one poll of the backlog",
     "Linux 6.1 net.core.dev_weight 64", [](scenario& s, const value& v) { s.kernel.receive.backlog_weight = u32(v); }},
    {"net.core.gro_normal_batch", "8", whole(1, 1'000'000, "packets"),
     "packets that wait in a NAPI's rx_list before they go up together; the end of its poll sends fewer",
     "Linux 6.1 net.core.gro_normal_batch 8",
     [](scenario& s, const value& v) { s.kernel.receive.gro_normal_batch = u32(v); }},
    {"kernel.softirq_restarts", "10", whole(1, 1'000'000), "passes of a softirq run before ksoftirqd takes over",
     "Linux 6.1 MAX_SOFTIRQ_RESTART 10", [](scenario& s, const value& v) { s.kernel.softirq.restarts = u32(v); }},
    {"kernel.softirq_time",
     "2ms",
     {.kind = kind::whole, .low = 0, .high = 1 * second, .unit = "ms", .grain = "ps"},
     "longest softirq run before ksoftirqd takes over, in jiffies of 4 ms rounded up; 2 ms ends it at the next tick",
     "Linux 6.1 MAX_SOFTIRQ_TIME: msecs_to_jiffies(2)",
     [](scenario& s, const value& v) { s.kernel.softirq.time = v.number; }},
});

}  // namespace

std::span<const key_row> sysctl_rows() {
  return sysctl_table;
}

}  // namespace ringside::platform

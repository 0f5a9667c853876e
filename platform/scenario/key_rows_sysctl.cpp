// SPDX-License-Identifier: Apache-2.0
// The keys of the kernel: sysctls and queues' files of sysfs by their Linux names, and constants of its softirq layer.
#include <array>

#include "platform/scenario/key_rules.h"
#include "platform/scenario/key_table.h"

namespace ringside::platform {
namespace {

using namespace key_rules;

const auto sysctl_table =
    std::to_array<key_row>(
        {
            {"net.core.netdev_budget", "300", whole(1, 1'000'000, "frames"), "most frames of one net_rx_action",
             "Linux 6.1 net.core.netdev_budget 300",
             [](scenario& s, const value& v) { s.kernel.receive.budget = u32(v); }},
            {"net.core.netdev_budget_usecs", "8000", whole(0, 1'000'000, "us"),
             "longest net_rx_action, in jiffies of 4 ms rounded up; 8000 ends it at the second tick",
             "Linux 6.1 net.core.netdev_budget_usecs: 2 jiffies, 8000 at HZ 250",
             [](scenario& s, const value& v) { s.kernel.receive.time = v.number * us; }},
            {"net.core.netdev_max_backlog", "1000", whole(0, 1'000'000, "packets"),
             "a CPU's backlog (mode irq) takes a packet while it holds no more",
             "Linux 6.1 net.core.netdev_max_backlog 1000",
             [](scenario& s, const value& v) { s.kernel.receive.max_backlog = u32(v); }},
            {"net.core.dev_weight", "64", whole(1, 65'536, "packets"), "most packets of one poll of the backlog",
             "Linux 6.1 net.core.dev_weight 64",
             [](scenario& s, const value& v) { s.kernel.receive.backlog_weight = u32(v); }},
            {"net.core.gro_normal_batch", "8", whole(1, 1'000'000, "packets"),
             "packets that wait in a NAPI's rx_list before they go up together; the end of its poll sends fewer",
             "Linux 6.1 net.core.gro_normal_batch 8",
             [](scenario& s, const value& v) { s.kernel.receive.gro_normal_batch = u32(v); }},
            {"net.core.wmem_default", "212992", whole(4608, 1'073'741'824, "B"),
             "socket send buffer, buffer overhead counted", "Linux 6.1 net.core.wmem_default 212992; SOCK_MIN_SNDBUF",
             [](scenario& s, const value& v) { s.stack.sockets.wmem_default = u32(v); }},
            {"net.core.default_qdisc", "pfifo_fast", choice("pfifo_fast|fq_codel"),
             "which packets of those that wait for the driver leave first, and which are dropped",
             "Linux 6.1 net.core.default_qdisc; RFC 8290 (fq_codel)",
             [](scenario& s, const value& v) { s.stack.default_qdisc = static_cast<stack::qdisc_kind>(v.number); }},
            {"byte_queue_limits.limit_min", "0", whole(0, stack::byte_queue_limits_config::most, "B"),
             "least that byte queue limits let the card have; above what its ring holds they never stop the queue",
             "Linux 6.1 sysfs queues/tx-0/byte_queue_limits/limit_min 0",
             [](scenario& s, const value& v) { s.stack.byte_queue_limits.limit_min = u32(v); }},
            {"byte_queue_limits.limit_max", "1879048192", whole(0, stack::byte_queue_limits_config::most, "B"),
             "most that they let it have, by packets that are begun", "Linux 6.1 sysfs limit_max: DQL_MAX_LIMIT",
             [](scenario& s, const value& v) { s.stack.byte_queue_limits.limit_max = u32(v); }},
            {"byte_queue_limits.hold_time", "1000", whole(0, 3'600'000, "ms"),
             "so long a limit that is too large is watched before it is made smaller", "Linux 6.1 sysfs hold_time 1000",
             [](scenario& s, const value& v) { s.stack.byte_queue_limits.hold_time = v.number * ms; }},
            {"net.ipv4.ip_default_ttl", "64", whole(1, 255), "time to live of packets sent", "Linux 6.1; RFC 1340",
             [](scenario& s, const value& v) { s.stack.ipv4.default_ttl = static_cast<std::uint8_t>(v.number); }},
            {"net.ipv4.ip_no_pmtu_disc", "off", toggle, "sockets begin with IP_PMTUDISC_DONT: no DF",
             "Linux 6.1 net.ipv4.ip_no_pmtu_disc 0",
             [](scenario& s, const value& v) { s.stack.ipv4.no_pmtu_disc = v.number != 0; }},
            {"net.ipv4.ping_group_range", "nobody", choice("nobody|everybody"),
             "whose ping sockets there are; others ping by a raw one",
             "Linux 6.1 net.ipv4.ping_group_range: 1 0; distributions set 0 2147483647",
             [](scenario& s, const value& v) {
               s.stack.ipv4.first_ping_group = v.number != 0 ? 0 : 1;
               s.stack.ipv4.last_ping_group = v.number != 0 ? 2'147'483'647 : 0;
             }},
            {"net.ipv4.icmp_echo_ignore_all", "off", toggle, "pings stay unanswered",
             "Linux 6.1 net.ipv4.icmp_echo_ignore_all 0",
             [](scenario& s, const value& v) { s.stack.ipv4.echo_ignore_all = v.number != 0; }},
            {"net.ipv4.icmp_echo_ignore_broadcasts", "on", toggle, "pings to a broadcast or a group stay unanswered",
             "Linux 6.1 net.ipv4.icmp_echo_ignore_broadcasts 1; RFC 1122 3.2.2.6",
             [](scenario& s, const value& v) { s.stack.ipv4.echo_ignore_broadcasts = v.number != 0; }},
            {"net.ipv4.icmp_ratelimit", "1000", whole(0, 3'600'000, "ms"),
             "least time between ICMP errors to one host, after six", "Linux 6.1 net.ipv4.icmp_ratelimit 1000",
             [](scenario& s, const value& v) { s.stack.ipv4.icmp_ratelimit = v.number * ms; }},
            {"net.ipv4.icmp_ratemask", "6168", whole(0, 524'287), "types of ICMP that are limited: bit n for type n",
             "Linux 6.1 net.ipv4.icmp_ratemask 0x1818",
             [](scenario& s, const value& v) { s.stack.ipv4.icmp_ratemask = u32(v); }},
            {"net.ipv4.icmp_msgs_per_sec", "1000", whole(0, 1'000'000), "ICMP errors to all hosts; 0: none at all",
             "Linux 6.1 net.ipv4.icmp_msgs_per_sec 1000",
             [](scenario& s, const value& v) { s.stack.ipv4.icmp_msgs_per_sec = u32(v); }},
            {"net.ipv4.icmp_msgs_burst", "50", whole(0, 1'000'000), "... at once, about",
             "Linux 6.1 net.ipv4.icmp_msgs_burst 50",
             [](scenario& s, const value& v) { s.stack.ipv4.icmp_msgs_burst = u32(v); }},
            {"net.ipv4.conf.all.arp_ignore", "0", whole(0, 8), "which ARP requests are answered; 8: none",
             "Linux 6.1 net.ipv4.conf.all.arp_ignore 0",
             [](scenario& s, const value& v) { s.stack.neighbours.arp_ignore = u32(v); }},
            {"net.ipv4.conf.all.arp_announce", "0", whole(0, 2), "whose address an ARP request comes from",
             "Linux 6.1 net.ipv4.conf.all.arp_announce 0",
             [](scenario& s, const value& v) { s.stack.neighbours.arp_announce = u32(v); }},
            {"net.ipv4.conf.all.arp_accept", "0", whole(0, 2), "whether who was not asked about is entered",
             "Linux 6.1 net.ipv4.conf.all.arp_accept 0",
             [](scenario& s, const value& v) { s.stack.neighbours.arp_accept = u32(v); }},
            {"net.ipv4.neigh.default.base_reachable_time_ms", "30000", whole(1, 3'600'000, "ms"),
             "a neighbour's address is certain for half to one and a half of it",
             "Linux 6.1 base_reachable_time_ms 30000; RFC 4861",
             [](scenario& s, const value& v) { s.stack.neighbours.base_reachable_time = v.number * ms; }},
            {"net.ipv4.neigh.default.retrans_time_ms", "1000", whole(1, 60'000, "ms"),
             "from one ARP request to the next", "Linux 6.1 retrans_time_ms 1000",
             [](scenario& s, const value& v) { s.stack.neighbours.retrans_time = v.number * ms; }},
            {"net.ipv4.neigh.default.delay_first_probe_time", "5000", whole(0, 60'000, "ms"),
             "an old address is used so long before it is asked about", "Linux 6.1 delay_first_probe_time 5 s",
             [](scenario& s, const value& v) { s.stack.neighbours.delay_first_probe_time = v.number * ms; }},
            {"net.ipv4.neigh.default.mcast_solicit", "3", whole(0, 100), "ARP requests to all",
             "Linux 6.1 mcast_solicit 3",
             [](scenario& s, const value& v) { s.stack.neighbours.mcast_solicit = u32(v); }},
            {"net.ipv4.neigh.default.ucast_solicit", "3", whole(0, 100), "ARP requests to an address that is doubted",
             "Linux 6.1 ucast_solicit 3",
             [](scenario& s, const value& v) { s.stack.neighbours.ucast_solicit = u32(v); }},
            {"net.ipv4.neigh.default.unres_qlen_bytes", "212992", whole(0, 1'073'741'824, "B"),
             "packets that wait for an address hold so much, overhead counted", "Linux 6.1 unres_qlen_bytes 212992",
             [](scenario& s, const value& v) {
               s.stack.neighbours.unres_qlen_bytes = static_cast<std::size_t>(v.number);
             }},
            {"kernel.softirq_restarts", "10", whole(1, 1'000'000),
             "passes of a softirq run before ksoftirqd takes over", "Linux 6.1 MAX_SOFTIRQ_RESTART 10",
             [](scenario& s, const value& v) { s.kernel.softirq.restarts = u32(v); }},
            {"kernel.softirq_time",
             "2ms",
             {.kind = kind::whole, .low = 0, .high = 1 * second, .unit = "ms", .grain = "ps"},
             "longest softirq run before ksoftirqd takes over, in jiffies of 4 ms rounded up; 2 ms ends it at the next "
             "tick",
             "Linux 6.1 MAX_SOFTIRQ_TIME: msecs_to_jiffies(2)",
             [](scenario& s, const value& v) { s.kernel.softirq.time = v.number; }},
        });

}  // namespace

std::span<const key_row> sysctl_rows() {
  return sysctl_table;
}

}  // namespace ringside::platform

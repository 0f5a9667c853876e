// SPDX-License-Identifier: Apache-2.0
// Keys of the stack that sends: each reaches its field.
#include <gtest/gtest.h>

#include "platform/scenario/loader.h"

namespace ringside::platform {
namespace {

TEST(stack_keys, each_reaches_its_field) {
  const std::vector<std::string> settings{"stack.prefix=16",
                                          "stack.address=10.0.0.7",
                                          "stack.routes=default via 10.0.0.1, prohibit 10.9.0.0/16",
                                          "app.kind=echo",
                                          "app.destination=10.0.0.3",
                                          "app.port=7",
                                          "app.bytes=8",
                                          "app.count=9",
                                          "app.pieces=3",
                                          "app.interval=10us",
                                          "net.core.wmem_default=5000",
                                          "net.core.default_qdisc=fq_codel",
                                          "net.ipv4.ping_group_range=everybody",
                                          "net.ipv4.ip_default_ttl=11",
                                          "net.ipv4.ip_no_pmtu_disc=on",
                                          "net.ipv4.icmp_echo_ignore_all=on",
                                          "net.ipv4.icmp_echo_ignore_broadcasts=off",
                                          "net.ipv4.icmp_ratelimit=12",
                                          "net.ipv4.icmp_ratemask=13",
                                          "net.ipv4.icmp_msgs_per_sec=14",
                                          "net.ipv4.icmp_msgs_burst=15",
                                          "net.ipv4.conf.all.arp_ignore=8",
                                          "net.ipv4.conf.all.arp_announce=2",
                                          "net.ipv4.conf.all.arp_accept=1",
                                          "net.ipv4.neigh.default.base_reachable_time_ms=16",
                                          "net.ipv4.neigh.default.retrans_time_ms=17",
                                          "net.ipv4.neigh.default.delay_first_probe_time=18",
                                          "net.ipv4.neigh.default.mcast_solicit=19",
                                          "net.ipv4.neigh.default.ucast_solicit=20",
                                          "net.ipv4.neigh.default.unres_qlen_bytes=21"};
  const scenario s = load_scenario("", settings);
  stack::stack_config wanted;
  wanted.addresses = {{0x0A000007, 16}};
  stack::ipv4_route standard;
  standard.gateway = 0x0A000001;
  stack::ipv4_route refused;
  refused.prefix = 0x0A090000;
  refused.prefix_bits = 16;
  refused.what = stack::ipv4_route::kind::prohibit;
  wanted.routes = {standard, refused};
  wanted.sockets.wmem_default = 5000;
  wanted.default_qdisc = stack::qdisc_kind::fq_codel;
  wanted.ipv4.first_ping_group = 0;
  wanted.ipv4.last_ping_group = 2'147'483'647;
  wanted.ipv4.default_ttl = 11;
  wanted.ipv4.no_pmtu_disc = true;
  wanted.ipv4.echo_ignore_all = true;
  wanted.ipv4.echo_ignore_broadcasts = false;
  wanted.ipv4.icmp_ratelimit = 12 * ms;
  wanted.ipv4.icmp_ratemask = 13;
  wanted.ipv4.icmp_msgs_per_sec = 14;
  wanted.ipv4.icmp_msgs_burst = 15;
  wanted.neighbours.arp_ignore = 8;
  wanted.neighbours.arp_announce = 2;
  wanted.neighbours.arp_accept = 1;
  wanted.neighbours.base_reachable_time = 16 * ms;
  wanted.neighbours.retrans_time = 17 * ms;
  wanted.neighbours.delay_first_probe_time = 18 * ms;
  wanted.neighbours.mcast_solicit = 19;
  wanted.neighbours.ucast_solicit = 20;
  wanted.neighbours.unres_qlen_bytes = 21;
  EXPECT_EQ(s.stack, wanted);
  EXPECT_EQ(s.app.kind, stack::app_kind::echo);
  EXPECT_EQ(s.app.destination, 0x0A000003U);
  EXPECT_EQ(s.app.destination_port, 7U);
  EXPECT_EQ(s.app.pieces, 3U);
  EXPECT_EQ(s.app.datagram_bytes, (std::vector<std::size_t>{8}));
  EXPECT_EQ(s.app.datagrams, 9U);
  EXPECT_EQ(s.app.interval, 10 * us);
}

}  // namespace
}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
// Routes as a scenario spells them: the words of ip route.
#include "platform/scenario/route_list.h"

#include <gtest/gtest.h>

namespace ringside::platform {
namespace {

using route_kind = stack::ipv4_route::kind;

TEST(route_list, words_are_those_of_ip_route) {
  const auto routes = parse_routes(
      "default via 10.0.0.1, 10.2.0.0/16 via 10.0.0.9 metric 5 mtu 1400 , 192.0.2.0/24 dev eth1 src 10.0.0.2,"
      "unreachable 10.3.0.0/16, 10.9.0.1 mtu lock 600 via 10.0.0.8");
  ASSERT_TRUE(routes);
  ASSERT_EQ(routes->size(), 5U);
  stack::ipv4_route wanted;
  wanted.gateway = 0x0A000001;
  EXPECT_EQ((*routes)[0], wanted);
  wanted = {};
  wanted.prefix = 0x0A020000;
  wanted.prefix_bits = 16;
  wanted.gateway = 0x0A000009;
  wanted.metric = 5;
  wanted.mtu = 1400;
  EXPECT_EQ((*routes)[1], wanted);
  wanted = {};
  wanted.prefix = 0xC0000200;
  wanted.prefix_bits = 24;
  wanted.device = "eth1";
  wanted.source = 0x0A000002;
  EXPECT_EQ((*routes)[2], wanted);
  wanted = {};
  wanted.prefix = 0x0A030000;
  wanted.prefix_bits = 16;
  wanted.what = route_kind::unreachable;
  EXPECT_EQ((*routes)[3], wanted);
  wanted = {};
  wanted.prefix = 0x0A090001;
  wanted.prefix_bits = 32;
  wanted.gateway = 0x0A000008;
  wanted.mtu = 600;
  wanted.mtu_locked = true;
  EXPECT_EQ((*routes)[4], wanted);
  EXPECT_TRUE(parse_routes("")->empty());
}

TEST(route_list, anything_else_is_refused) {
  for (const char* text :
       {"10.2.0.0/16", "10.2.0.0/33 via 10.0.0.1", "10.2.0.1/16 via 10.0.0.1", "default via", "default via 10.0.0",
        "default via 10.0.0.1 via 10.0.0.2", "default via 10.0.0.1 mtu 67", "default via 10.0.0.1 cost 5",
        "via 10.0.0.1", "blackhole 10.0.0.0/8 via 10.0.0.1", "default via 10.0.0.1,", "unreachable"})
    EXPECT_FALSE(parse_routes(text)) << text;
}

}  // namespace
}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
// The way out: which route, which source, which device (RT-1 to RT-7), and when it has to be looked up again.
#include "sw/stack/routing.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "tests/sw/stack/send_bench.h"

namespace ringside::test {
namespace routing_tests {
namespace {

using stack::flow;
using stack::ipv4_route;
using stack::route_type;

ipv4_route via(std::uint32_t prefix, unsigned bits, std::uint32_t gateway, std::uint32_t metric = 0) {
  ipv4_route r;
  r.prefix = prefix;
  r.prefix_bits = bits;
  r.gateway = gateway;
  r.metric = metric;
  return r;
}
ipv4_route refusing(std::uint32_t prefix, unsigned bits, ipv4_route::kind what) {
  ipv4_route r;
  r.prefix = prefix;
  r.prefix_bits = bits;
  r.what = what;
  return r;
}

class way_out : public send_bench {
 protected:
  static stack::net_stack::config routes() {
    stack::net_stack::config c;
    ipv4_route narrow = via(0x0A030000, 16, other_address + 2);
    narrow.mtu = 1400;
    narrow.mtu_locked = true;
    narrow.source = own_address;
    c.routes = {via(0, 0, other_address),
                via(0x0A000000, 8, other_address + 1),
                via(0x0A010000, 16, other_address + 4, 7),
                via(0x0A010000, 16, other_address + 3, 5),
                narrow,
                refusing(0x0B000000, 8, ipv4_route::kind::unreachable),
                refusing(0x0C000000, 8, ipv4_route::kind::blackhole),
                refusing(0x0D000000, 8, ipv4_route::kind::prohibit)};
    return c;
  }
  way_out() : send_bench(routes()) {}
  stack::dst_ref to(std::uint32_t address) {
    asked = {};
    asked.destination = address;
    return look();
  }
  stack::dst_ref look() {
    stack::dst_ref found;
    host.run_task([&] { found = net.routes().output(asked, error); });
    return found;
  }
  flow asked;
  long error = 0;
};

// RT-2: the longest prefix, and of one prefix the lowest metric.
TEST_F(way_out, the_longest_prefix_leads) {
  const std::pair<std::uint32_t, std::uint32_t> rows[] = {{0x08080808, other_address},
                                                          {0x0A990101, other_address + 1},
                                                          {0x0A010101, other_address + 3},
                                                          {0x0A030101, other_address + 2},
                                                          {0xC0A80077, 0}};
  for (const auto& [address, gateway] : rows) {
    const stack::dst_ref way = to(address);
    ASSERT_TRUE(way) << std::hex << address;
    EXPECT_EQ(way->gateway, gateway) << std::hex << address;
    EXPECT_EQ(way->type, route_type::unicast);
    EXPECT_EQ(way->dev, &dev);
    EXPECT_EQ(asked.source, own_address);
  }
}

// RT-1.
TEST_F(way_out, some_routes_refuse) {
  EXPECT_FALSE(to(0x0B000001));
  EXPECT_EQ(error, -EHOSTUNREACH);
  EXPECT_FALSE(to(0x0C000001));
  EXPECT_EQ(error, -EINVAL);
  EXPECT_FALSE(to(0x0D000001));
  EXPECT_EQ(error, -EACCES);
}

// RT-3: who must not be routed finds only what is on the link.
TEST_F(way_out, on_link_refuses_gateways) {
  asked = {};
  asked.destination = 0x08080808;
  asked.on_link = true;
  EXPECT_FALSE(look());
  EXPECT_EQ(error, -ENETUNREACH);
  asked.destination = 0xC0A80077;
  EXPECT_TRUE(look());
}

// RT-5, RT-6.
TEST_F(way_out, sources_and_devices_are_checked) {
  const std::pair<std::uint32_t, long> sources[] = {{0xE0000001, -EINVAL}, {0xFFFFFFFF, -EINVAL},
                                                    {0x00000001, -EINVAL}, {0x08080808, -ENETUNREACH},
                                                    {own_address, 0},      {0x7F000001, -EINVAL}};
  for (const auto& [source, wanted] : sources) {
    asked = {};
    asked.destination = 0xC0A80077;
    asked.source = source;
    look();
    EXPECT_EQ(error, wanted) << std::hex << source;
  }
  asked = {};
  asked.destination = 0x0B000001;
  asked.out = &dev;
  const stack::dst_ref way = look();
  ASSERT_TRUE(way) << "who names the device is believed to know";
  EXPECT_EQ(way->gateway, 0U);
  asked = {};
  asked.destination = 0xFFFFFFFF;
  asked.out = &dev;
  EXPECT_EQ(look()->type, route_type::broadcast);
  EXPECT_EQ(asked.source, own_address);
  dev.up = false;
  EXPECT_FALSE(look());
  EXPECT_EQ(error, -ENETUNREACH);
}

TEST_F(way_out, no_destination_is_this_host) {
  EXPECT_TRUE(to(0)->local);
  EXPECT_EQ(asked.destination, 0x7F000001U);
  EXPECT_EQ(asked.source, 0x7F000001U);
  const stack::dst_ref own = to(own_address);
  EXPECT_EQ(own->type, route_type::local);
  EXPECT_EQ(own->dev, &net.loopback().device());
  EXPECT_EQ(asked.source, own_address);
  EXPECT_FALSE(to(0x00000005)) << "this network";
}

// IP-5: the route's MTU; locked, no ICMP message changes it, and packets leave without DF.
TEST_F(way_out, a_route_may_have_an_mtu) {
  const stack::dst_ref way = to(0x0A030101);
  EXPECT_EQ(net.routes().mtu(*way), 1400U);
  EXPECT_TRUE(way->mtu_locked);
  EXPECT_EQ(net.routes().mtu(*to(0x08080808)), 1500U);
  host.run_task([&] { net.routes().update_pmtu(way, asked, 1000); });
  EXPECT_EQ(net.routes().mtu(*to(0x0A030101)), 1400U);
}

// RT-9: one entry for all behind a next hop, but for those of which more is known; not below 552 (min_pmtu).
TEST_F(way_out, what_is_learned_is_of_one_destination) {
  const stack::dst_ref way = to(0x08080808);
  EXPECT_TRUE(way == to(0x08080809));
  EXPECT_TRUE(net.routes().valid(way));
  to(0x08080808);
  const flow learned = [&] {
    flow f;
    f.destination = 0x08080808;
    return f;
  }();
  host.run_task([&] { net.routes().update_pmtu(way, learned, 300); });
  EXPECT_FALSE(net.routes().valid(way));
  EXPECT_EQ(net.routes().mtu(*to(0x08080808)), 552U);
  EXPECT_EQ(net.routes().mtu(*to(0x08080809)), 1500U);
  host.run_for(601 * second);
  EXPECT_EQ(net.routes().mtu(*to(0x08080808)), 1500U);
}

// RT-4: with the device go its ways out, not the addresses.
TEST_F(way_out, a_device_that_goes_takes_its_routes_along) {
  const stack::dst_ref way = to(0xC0A80077);
  host.run_task([&] { net.routes().device_down(dev); });
  EXPECT_FALSE(net.routes().valid(way));
  EXPECT_FALSE(to(0xC0A80077));
  EXPECT_FALSE(to(0x08080808));
  EXPECT_TRUE(to(own_address));
  bring_up();
  EXPECT_TRUE(to(0xC0A80077));
  EXPECT_FALSE(to(0x08080808)) << "an administrator adds it again";
}

}  // namespace
}  // namespace routing_tests
}  // namespace ringside::test

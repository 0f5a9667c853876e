// SPDX-License-Identifier: Apache-2.0
// Which of several default routes is taken (RT-8; fib_select_default and fib_detect_death of Linux 6.1).
#include <gtest/gtest.h>

#include <cerrno>

#include "sw/stack/neighbour.h"
#include "sw/stack/routing.h"
#include "tests/sw/stack/send_bench.h"

namespace ringside::test {
namespace routing_default_tests {
namespace {

namespace nud = stack::nud;

constexpr std::uint32_t gateways[] = {other_address, other_address + 1, other_address + 2};

stack::net_stack::config three_gateways() {
  stack::net_stack::config c;
  for (const std::uint32_t gateway : gateways) {
    stack::ipv4_route r;
    r.gateway = gateway;
    r.metric = 7;
    c.routes.push_back(r);
  }
  stack::ipv4_route costly;
  costly.gateway = other_address + 3;
  costly.metric = 8;
  c.routes.push_back(costly);
  return c;
}

class default_routes : public send_bench {
 protected:
  default_routes() : send_bench(three_gateways()) {}
  void is(std::uint32_t gateway, nud::state state) {
    host.run_task([this, gateway, state] {
      os.softirq().local_bh_disable();
      net.neighbours().find_or_create(dev, gateway)->state = state;
      os.softirq().local_bh_enable();
    });
  }
  std::uint32_t chosen(stack::net_device* out = nullptr) {
    stack::flow way;
    way.destination = 0x08080808;
    way.out = out;
    long error = 0;
    stack::dst_ref found;
    host.run_task([&] { found = net.routes().output(way, error); });
    return found ? found->gateway : 0;
  }
};

TEST_F(default_routes, the_first_unless_its_gateway_is_silent) {
  EXPECT_EQ(chosen(), gateways[0]);  // nobody is known: as good as any
  is(gateways[0], nud::reachable);
  EXPECT_EQ(chosen(), gateways[0]);
  is(gateways[0], nud::failed);
  EXPECT_EQ(chosen(), gateways[1]);
  is(gateways[1], nud::incomplete);
  EXPECT_EQ(chosen(), gateways[2]);
  is(gateways[0], nud::reachable);
  EXPECT_EQ(chosen(), gateways[0]);
}

// One that may have moved is not taken twice in a row while another one may answer.
TEST_F(default_routes, a_stale_one_gives_way_when_it_was_the_last) {
  is(gateways[0], nud::stale);
  is(gateways[1], nud::stale);
  EXPECT_EQ(chosen(), gateways[0]);
  EXPECT_EQ(chosen(), gateways[1]);
  EXPECT_EQ(chosen(), gateways[0]);
}

// When all are silent: the one behind the last choice, which is not being asked for.
TEST_F(default_routes, all_of_them_silent) {
  for (const std::uint32_t gateway : gateways) is(gateway, nud::failed);
  EXPECT_EQ(chosen(), gateways[0]);  // order 0 > the last choice, -1
  EXPECT_EQ(chosen(), gateways[1]);
  EXPECT_EQ(chosen(), gateways[2]);
  for (const std::uint32_t gateway : gateways) is(gateway, nud::incomplete);
  EXPECT_EQ(chosen(), gateways[0]) << "what the lookup found";
}

// fib_select_path: who names the device takes what the lookup finds.
TEST_F(default_routes, not_by_a_device_that_was_named) {
  is(gateways[0], nud::failed);
  EXPECT_EQ(chosen(&dev), gateways[0]);
}

// A dearer one is no choice.
TEST_F(default_routes, of_one_metric_only) {
  for (const std::uint32_t gateway : gateways) is(gateway, nud::incomplete);
  is(other_address + 3, nud::reachable);
  EXPECT_EQ(chosen(), gateways[0]);
}

// __ip_dev_find: an address stays the host's when its device is down, and may be a source by another one (RT-11).
class two_ways : public send_bench {
 protected:
  two_ways() { net.routes().add_address({0x0A050501, 24, "eth9"}); }
};

TEST_F(two_ways, the_source_may_be_of_a_device_that_is_down) {
  stack::flow way;
  way.destination = other_address;
  way.source = 0x0A050501;
  long error = 0;
  host.run_task([&] { net.routes().output(way, error); });
  EXPECT_EQ(error, 0);
  way = {};
  way.destination = 0xE0000109;  // a group leaves by the device of its source
  way.source = 0x0A050501;
  host.run_task([&] { net.routes().output(way, error); });
  EXPECT_EQ(error, -ENETUNREACH);
}

// __ip_rt_update_pmtu: what was learned and is below the least is locked, and a further message still renews it.
TEST_F(two_ways, a_locked_path_is_still_renewed) {
  stack::flow way;
  way.destination = other_address;
  long error = 0;
  stack::dst_ref kept;
  const auto look = [&] { host.run_task([&] { kept = net.routes().output(way, error); }); };
  const auto learn = [&] { host.run_task([&] { net.routes().update_pmtu(kept, way, 400); }); };
  look();
  learn();
  look();
  EXPECT_EQ(net.routes().mtu(*kept), 552U);
  EXPECT_TRUE(kept->mtu_locked);
  host.run_for(400 * second);
  learn();
  host.run_for(400 * second);
  look();
  EXPECT_EQ(net.routes().mtu(*kept), 552U) << "600 s from the second message on";
  host.run_for(250 * second);
  look();
  EXPECT_EQ(net.routes().mtu(*kept), 1500U);
}

}  // namespace
}  // namespace routing_default_tests
}  // namespace ringside::test

// SPDX-License-Identifier: Apache-2.0
// Links that come and go (net/core/link_watch.c of Linux 6.1), and what NETDEV_CHANGE brings about.
#include "sw/stack/link_watch.h"

#include <gtest/gtest.h>

#include "sw/stack/arp.h"
#include "tests/sw/stack/transmit_bench.h"

namespace ringside::test {
namespace link_watch_tests {
namespace {

class links : public transmit_bench {
 protected:
  links() { bring_up(); }
  void carrier(bool on) {
    host.run_task([this, on] { on ? net.transmit().netif_carrier_on(dev) : net.transmit().netif_carrier_off(dev); });
    host.run_for(1 * ms);
  }
  bool sends() { return queue().discipline()->active(); }
};

// The link that came at 0 was the first event, so the next one that is not urgent is due a second later; an urgent one
// in between does not move that time (__linkwatch_run_queue, urgent_only).
TEST_F(links, an_urgent_one_does_not_move_the_next_second) {
  host.run_for(2 * second);
  carrier(false);  // acted on at once, and the second begins
  const sim_time begun = host.now();
  EXPECT_FALSE(sends());
  host.run_for(500 * ms);
  carrier(true);  // urgent
  EXPECT_TRUE(sends());
  host.run_for(100 * ms);
  carrier(false);
  host.run(begun + 950 * ms);
  EXPECT_TRUE(sends());
  host.run(begun + 1100 * ms);
  EXPECT_FALSE(sends());
}

// A device that has nothing urgent waits, whatever another one brings about.
TEST_F(links, what_is_urgent_takes_along_nobody_else) {
  stack::net_device other;
  noting_device other_ops(net, other);
  other.ops = &other_ops;
  net.packets().register_netdevice(other);
  net.transmit().alloc_queues(other);
  other.up = true;
  host.run_for(2 * second);
  carrier(false);
  carrier(true);
  const sim_time begun = host.now();
  carrier(false);  // waits for the second to pass
  EXPECT_TRUE(sends());
  host.run_task([&] { net.transmit().netif_carrier_on(other); });
  host.run_for(1 * ms);
  EXPECT_TRUE(other.tx.front()->discipline()->active());
  EXPECT_TRUE(sends());
  host.run(begun + 1100 * ms);
  EXPECT_FALSE(sends());
  host.run_task([&] { net.transmit().dev_deactivate(other); });
  net.transmit().forget(other);
  net.packets().unregister_netdevice(other);
}

// arp_netdev_event, neigh_carrier_down: who was behind the link is not known any more, unless entered by hand.
TEST_F(links, neighbours_behind_a_lost_link_are_forgotten) {
  host.run_task([this] {
    net.neighbours().add_permanent(dev, 0x0A000007, {2, 0, 0, 0, 0, 7});
    os.softirq().local_bh_disable();
    const stack::neighbour_ptr learned = net.neighbours().find_or_create(dev, 0x0A000008);
    net.neighbours().update(*learned, {2, 0, 0, 0, 0, 8}, stack::nud::reachable, true);
    os.softirq().local_bh_enable();
  });
  EXPECT_EQ(net.neighbours().size(), 2U);
  host.run_for(2 * second);
  carrier(false);
  EXPECT_EQ(net.neighbours().size(), 1U);
  EXPECT_EQ(net.neighbours().state_of(dev, 0x0A000007), stack::nud::permanent);
  host.run_task([this] {
    os.softirq().local_bh_disable();
    net.neighbours().flush(nullptr);
    os.softirq().local_bh_enable();
  });
}

// fib_netdev_event: rt_cache_flush.
TEST_F(links, kept_routes_are_looked_up_again) {
  stack::flow way;
  way.destination = 0x7F000001;
  long error = 0;
  stack::dst_ref kept;
  host.run_task([&] { kept = net.routes().output(way, error); });
  EXPECT_TRUE(net.routes().valid(kept));
  host.run_for(2 * second);
  carrier(false);
  EXPECT_FALSE(net.routes().valid(kept));
}

}  // namespace
}  // namespace link_watch_tests
}  // namespace ringside::test

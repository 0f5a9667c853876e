// SPDX-License-Identifier: Apache-2.0
// Neighbours and routes under several CPUs: who waits for whom, who makes an entry, what outlives its place in a table.
// Times by hand, from the cost table.
#include <gtest/gtest.h>

#include <cstring>

#include "sw/stack/arp.h"
#include "sw/stack/header_writers.h"
#include "sw/stack/neighbour.h"
#include "sw/stack/routing.h"
#include "tests/platform/cpu/smp_bench.h"

namespace ringside::test {
namespace neighbour_smp_tests {
namespace {

namespace nud = stack::nud;

using list = std::vector<std::pair<sim_time, std::uint64_t>>;

constexpr sim_time switched = smp_bench::switched;
constexpr std::uint32_t own = 0x0A000002;
constexpr std::uint32_t peer = 0x0A000001;
constexpr stack::mac_address peer_mac{2, 0, 0, 0, 0, 1};

sim_time cycles(std::int64_t n) {
  return n * smp_bench::cycle;
}

/// Takes what is sent and, when a test wants it, time.
class slow_way final : public stack::packet_transmit {
 public:
  slow_way(smp_bench& b, stack::skb_allocator& skbs) : bench_(b), skbs_(skbs) {}
  int dev_queue_xmit(stack::skb_ptr skb) override {
    types.push_back(skb->protocol);
    bench_.spend(takes);
    skbs_.free_silently(std::move(skb));
    return stack::net_xmit::success;
  }
  std::uint64_t takes = 0;
  std::vector<std::uint16_t> types;

 private:
  smp_bench& bench_;
  stack::skb_allocator& skbs_;
};

struct neighbour_bench {
  explicit neighbour_bench(unsigned count, bool accumulate = true) : b(count, accumulate) {
    dev.name = "eth0";
    dev.up = true;
    routes.add_address({own, 24, {}});
    routes.set_loopback(lo);
    routes.device_up(dev);
    table.connect(arp);
  }
  ~neighbour_bench() { table.flush(nullptr); }

  void with_bh_off(const std::function<void()>& what) {
    b.os.softirq().local_bh_disable();
    what();
    b.os.softirq().local_bh_enable();
  }
  stack::skb_ptr packet() {
    stack::skb_ptr skb = skbs.alloc_to_send(64);
    skb->reserve(16);
    std::memset(skb->put(20), 0, 20);
    skb->reset_network_header();
    stack::ipv4_writer(skb->network_header()).set_source(own);
    skb->dev = &dev;
    skb->protocol = 0x0800;
    return skb;
  }
  void send() {
    with_bh_off([this] { table.output(peer, packet()); });
  }
  std::size_t sent(std::uint16_t type) const {
    return static_cast<std::size_t>(std::count(way.types.begin(), way.types.end(), type));
  }

  smp_bench b;
  stack::skb_allocator skbs{b.os};
  stack::frame_numbers frames{b.cpus};
  stack::net_device dev;
  stack::net_device lo;
  stack::routing routes{b.os, {}};
  slow_way way{b, skbs};
  stack::neighbour_table table{b.os, skbs, routes, way, {}};
  stack::arp_layer arp{b.cpus, skbs, routes, table, way, frames};
};

// Both find none and make one; the first to enter its own has made it, one question is asked, and both packets wait.
void make_at_once(neighbour_bench& n) {
  for (unsigned cpu : {0U, 1U}) n.b.task(cpu, [&n] { n.send(); });
  n.b.run(50 * us);
  EXPECT_EQ(n.table.size(), 1U);
  EXPECT_EQ(n.sent(0x0806), 1U);
  EXPECT_EQ(n.sent(0x0800), 0U);
  const stack::neighbour_ptr entry = n.table.find(n.dev, peer);
  EXPECT_EQ(entry->waiting.size(), 2U);
  EXPECT_EQ(n.table.counters().allocs, 1U + n.table.counters().destroys);
}

TEST(neighbour_smp, two_cpus_make_one_entry) {
  neighbour_bench n(2);
  make_at_once(n);
}

TEST(neighbour_smp, two_cpus_make_one_entry_when_each_cost_is_waited_for) {
  neighbour_bench n(2, false);
  make_at_once(n);
}

// CPU 0 sends to a stale neighbour: 150 cycles on it sets the timer of its doubt, 100 cycles with the lock held.  CPU 1
// hears of it 190 cycles on, and waits.
TEST(neighbour_smp, what_is_known_of_one_has_a_lock) {
  neighbour_bench n(2);
  stack::neighbour_ptr entry;
  sim_time begun = 0;
  n.b.task(0, [&] {
    n.with_bh_off([&] {
      entry = n.table.find_or_create(n.dev, peer);
      entry->state = nud::stale;
      entry->hardware = peer_mac;
    });
    n.b.spend(5000);
    stack::skb_ptr skb = n.packet();
    n.b.cpus.sync();
    begun = n.b.cpus.now();
    n.with_bh_off([&] { n.table.output(peer, std::move(skb)); });
  });
  n.b.task(1, [&] {
    const auto wait_until = [&](const std::function<bool()>& over) {
      for (n.b.cpus.sync(); !over(); n.b.cpus.sync()) n.b.spend(10);
    };
    wait_until([&] { return begun != 0 && n.b.cpus.now() >= begun + cycles(190); });
    n.with_bh_off([&] { n.table.update(*entry, peer_mac, nud::reachable, true); });
  });
  n.b.run(50 * us);
  EXPECT_EQ(entry->lock.contentions(), 1U);
  EXPECT_EQ(entry->state, nud::reachable);
  EXPECT_EQ(n.sent(0x0800), 1U);
}

// neigh_flush_dev with a reference left: who is on its way goes on, and nobody finds it any more.
TEST(neighbour_smp, one_that_is_forgotten_outlives_who_sends_by_it) {
  neighbour_bench n(2);
  n.way.takes = 4000;
  n.b.task(0, [&] {
    n.with_bh_off([&] { n.table.add_permanent(n.dev, peer, peer_mac); });
    n.b.mark(1);
    n.send();
    n.b.mark(2);
  });
  n.b.task(1, [&] {
    n.b.spend(3000);
    n.with_bh_off([&] { n.table.flush(&n.dev); });
    n.b.mark(3);
  });
  n.b.run(50 * us);
  const list marks = n.b.marks();
  ASSERT_EQ(marks.size(), 3U);
  EXPECT_EQ(marks[1].second, 3U) << "in the middle of the driver";
  EXPECT_EQ(marks[2].second, 2U);
  EXPECT_EQ(n.sent(0x0800), 1U);
  EXPECT_EQ(n.table.size(), 0U);
  EXPECT_EQ(n.table.counters().destroys, 1U);
}

// A lookup takes no lock, and sees what a task on another CPU did up to its own time: the way is there at cycle 300,
// not at 2000.  (150 cycles are the lookup's.)
void look_twice(neighbour_bench& n) {
  std::vector<long> errors;
  n.b.task(0, [&] {
    for (const std::uint64_t wait : {300U, 1700U}) {
      n.b.spend(wait);
      stack::flow way;
      way.destination = peer;
      long error = 0;
      n.routes.output(way, error);
      errors.push_back(error);
    }
  });
  n.b.task(1, [&] {
    n.b.spend(1000);
    n.with_bh_off([&] { n.routes.device_down(n.dev); });
  });
  n.b.run(50 * us);
  EXPECT_EQ(errors, (std::vector<long>{0, -ENETUNREACH}));
}

TEST(neighbour_smp, a_route_that_went_on_another_cpu_is_not_found) {
  neighbour_bench n(2);
  look_twice(n);
}

TEST(neighbour_smp, a_route_that_went_is_not_found_when_each_cost_is_waited_for) {
  neighbour_bench n(2, false);
  look_twice(n);
}

}  // namespace
}  // namespace neighbour_smp_tests
}  // namespace ringside::test

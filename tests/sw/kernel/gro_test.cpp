// SPDX-License-Identifier: Apache-2.0
// What GRO does with the verdicts of protocols: where packets wait, when they go on, and what counts for a batch.
#include "sw/kernel/gro.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/sw/driver/bench.h"

namespace ringside::test {
namespace gro_tests {
namespace {

struct plain final : kernel::packet {};

struct napi_gro_cb {  // as a protocol that merges keeps its state
  unsigned count;
};

/// A protocol that merges up to four packets: the first is held, the second and third become part of it.
class gro_lists : public testing::Test {
 protected:
  gro_lists() {
    collects.set_list_receiver([this](kernel::packet_list& list) {
      batches.emplace_back();
      while (kernel::packet_ptr p = list.pop_front()) batches.back().push_back(p->frame);
    });
  }
  void merge() {
    collects.set_offload(
        [](kernel::napi_struct& n, kernel::packet_ptr& p) {
          if (n.gro_held.empty()) {
            p->claim_control<napi_gro_cb>().count = 1;
            n.gro_held.push_back(std::move(p));
            return kernel::gro_result::held;
          }
          ++n.gro_held.front()->control<napi_gro_cb>().count;
          p.reset();
          return kernel::gro_result::merged;
        },
        [](kernel::packet& p) { return p.control<napi_gro_cb>().count; });
  }
  void receive(frame_id n) {
    auto p = std::make_unique<plain>();
    p->frame = n;
    collects.napi_gro_receive(napi, std::move(p));
  }
  using lists = std::vector<std::vector<frame_id>>;

  kernel::gro collects{4};
  kernel::napi_struct napi;
  lists batches;
};

TEST_F(gro_lists, without_a_protocol_every_packet_goes_on) {
  for (frame_id n = 1; n <= 9; ++n) receive(n);
  EXPECT_EQ(batches, (lists{{1, 2, 3, 4}, {5, 6, 7, 8}}));
  EXPECT_EQ(napi.rx_list.size(), 1U);
  collects.napi_gro_flush(napi);  // nothing is held
  EXPECT_EQ(batches.size(), 2U);
  collects.gro_normal_list(napi);
  EXPECT_EQ(batches.back(), std::vector<frame_id>{9});
  collects.gro_normal_list(napi);
  EXPECT_EQ(batches.size(), 3U);
}

// gro_normal_one counts the segments of what it passes on (napi->rx_count).
TEST_F(gro_lists, what_is_held_grows_until_it_is_flushed) {
  merge();
  for (frame_id n = 1; n <= 3; ++n) receive(n);
  EXPECT_TRUE(napi.rx_list.empty());
  EXPECT_EQ(napi.gro_held.size(), 1U);
  collects.napi_gro_flush(napi);
  EXPECT_TRUE(napi.gro_held.empty());
  EXPECT_EQ(napi.rx_count, 3U);
  EXPECT_TRUE(batches.empty());
  receive(4);
  collects.napi_gro_flush(napi);  // three and one are a batch of four
  EXPECT_EQ(batches, (lists{{1, 4}}));
  EXPECT_EQ(napi.rx_count, 0U);
}

// napi_complete_done and napi_poll: nothing is held past the end of a poll, whether it completes or not (GR-9, HZ <
// 1000).
TEST(gro_at_the_end_of_a_poll, nothing_is_held) {
  for (const unsigned work : {3U, 4U}) {
    bench b;
    b.up();
    std::vector<frame_id> up;
    kernel::net_rx& net = b.os.net();
    net.set_list_receiver([&](kernel::packet_list& list) {
      while (kernel::packet_ptr p = list.pop_front()) up.push_back(p->frame);
    });
    net.set_gro_offload([](kernel::napi_struct& n, kernel::packet_ptr& p) {
      n.gro_held.push_back(std::move(p));
      return kernel::gro_result::held;
    });
    kernel::napi_struct napi;
    bool polled = false;
    kernel::net_rx::netif_napi_add(napi, nullptr, "test", 4, [&](unsigned) {
      if (polled) {
        EXPECT_EQ(up.size(), work);
        net.napi_complete_done(napi, 0);
        return 0U;
      }
      polled = true;
      for (frame_id n = 1; n <= work; ++n) {
        auto p = std::make_unique<plain>();
        p->frame = n;
        net.napi_gro_receive(napi, std::move(p));
      }
      EXPECT_TRUE(up.empty());
      if (work < 4) net.napi_complete_done(napi, work);
      return work;
    });
    net.napi_enable(napi);
    b.host.run_task([&] {
      b.os.softirq().local_bh_disable();
      net.napi_schedule(napi);
      b.os.softirq().local_bh_enable();
    });
    b.host.run_for(1 * ms);
    EXPECT_EQ(up.size(), work);
    EXPECT_TRUE(napi.gro_held.empty());
  }
}

// netif_napi_add: whose packets an instance polls; it does not run before it is enabled.
TEST(napi_struct, belongs_to_a_device_and_begins_disabled) {
  fake_host host;
  kernel::kernel os(host, {});
  stack::net_device dev;
  kernel::napi_struct napi;
  napi.state = 0;
  kernel::net_rx::netif_napi_add(napi, &dev, "eth0-rx", 32, [](unsigned) { return 0U; });
  EXPECT_EQ(napi.dev, &dev);
  EXPECT_EQ(napi.weight, 32U);
  EXPECT_FALSE(os.net().napi_schedule_prep(napi));
  os.net().napi_enable(napi);
  napi.state &= ~kernel::napi_struct::missed;
  EXPECT_TRUE(os.net().napi_schedule_prep(napi));
}

}  // namespace
}  // namespace gro_tests
}  // namespace ringside::test

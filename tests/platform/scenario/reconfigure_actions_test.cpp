// SPDX-License-Identifier: Apache-2.0
#include "platform/scenario/reconfigure_actions.h"

#include <gtest/gtest.h>

#include "platform/scenario/loader.h"
#include "tests/common/test_folder.h"

namespace ringside::platform::reconfigure_actions_tests {
namespace {

using r = reconfiguration;
using actions = std::vector<reconfigure_action>;

std::string error_of(const std::vector<std::string>& settings) {
  try {
    load_scenario("", settings);
  } catch (const input_error& e) {
    return e.what();
  }
  return {};
}

TEST(reconfigure_actions, every_kind_is_read) {
  const auto got = parse_reconfigure_actions(
      "1us:ring=64, 2us:mtu=4000, 3us:promisc=on, 4us:promisc=off, 5us:allmulti=on, 6us:mcast+01:00:5e:01:02:03,"
      "7us:mcast-01:00:5e:01:02:03, 8us:ucast+02:00:00:00:00:0A, 9us:ucast-02:00:00:00:00:0a, 10us:vlan+100,"
      "11us:vlan-4094, 12us:rx_csum=off, 13us:vlan_strip=on, 14us:store_bad=on, 15us:pthresh=63, 16us:hthresh=0,"
      "17us:wthresh=8");
  ASSERT_TRUE(got);
  EXPECT_EQ(*got, (actions{{1 * us, r::ring_size, 64},
                           {2 * us, r::mtu, 4000},
                           {3 * us, r::promiscuous, 1},
                           {4 * us, r::promiscuous, 0},
                           {5 * us, r::all_multicast, 1},
                           {6 * us, r::multicast_add, 0x0302015E0001},
                           {7 * us, r::multicast_remove, 0x0302015E0001},
                           {8 * us, r::unicast_add, 0x0A0000000002},
                           {9 * us, r::unicast_remove, 0x0A0000000002},
                           {10 * us, r::vlan_add, 100},
                           {11 * us, r::vlan_remove, 4094},
                           {12 * us, r::rx_checksum, 0},
                           {13 * us, r::vlan_strip, 1},
                           {14 * us, r::store_bad, 1},
                           {15 * us, r::pthresh, 63},
                           {16 * us, r::hthresh, 0},
                           {17 * us, r::wthresh, 8}}));
  for (const reconfigure_action& action : *got) EXPECT_EQ(parse_reconfigure_action(to_text(action)), action);
}

TEST(reconfigure_actions, times_have_units_and_decide_the_order) {
  EXPECT_EQ(parse_reconfigure_actions("2ms:ring=8, 1500:ring=16, 0.5us:ring=24,1500us:ring=32"),
            (actions{{500 * ns, r::ring_size, 24},
                     {1500 * us, r::ring_size, 16},
                     {1500 * us, r::ring_size, 32},
                     {2 * ms, r::ring_size, 8}}));
  EXPECT_EQ(parse_reconfigure_actions("  "), actions{});
}

TEST(reconfigure_actions, a_file_may_give_an_array) {
  const test::test_folder folder;
  const std::string file = folder.write("a.toml", "[reconfigure]\nactions = [\"1us:ring=64\", \"2us:vlan+5\"]\n");
  EXPECT_EQ(load_scenario(file, {}).reconfigure.actions,
            (actions{{1 * us, r::ring_size, 64}, {2 * us, r::vlan_add, 5}}));
}

TEST(reconfigure_actions, what_is_wrong_is_named) {
  const std::string allowed = allowed_reconfigure_actions();
  for (const char* bad : {"ring=64",
                          "1us",
                          "1us:",
                          "1us:ring",
                          "1us:ring=4097",
                          "1us:ring=0",
                          "1us:mtu=67",
                          "1us:mtu=16111",
                          "1us:promisc=maybe",
                          "1us:promisc+on",
                          "1us:mcast+02:00:00:00:00:01",
                          "1us:mcast+01:00:5e",
                          "1us:ucast+01:00:5e:00:00:01",
                          "1us:vlan+4095",
                          "1us:vlan=5",
                          "1us:speed=10",
                          "1us:wthresh=64",
                          "1us:pthresh=on",
                          "1us:store_bad=2",
                          "-1us:ring=64",
                          "2h:ring=64",
                          "4000s:ring=64",
                          "1us:mcast=01:00:5e:01:02:03"}) {
    EXPECT_FALSE(parse_reconfigure_action(bad)) << bad;
    EXPECT_EQ(error_of({std::string("reconfigure.actions=1us:ring=64,") + bad + ",2us:ring=8"}),
              std::string("--set: reconfigure.actions: '") + bad + "' is not allowed; allowed: " + allowed)
        << bad;
  }
  EXPECT_EQ(error_of({"reconfigure.actions=1us:ring=64,,2us:ring=64"}),
            "--set: reconfigure.actions: '1us:ring=64,,2us:ring=64' is not allowed; allowed: " + allowed);
}

// Each step must be possible with what came before it.
TEST(reconfigure_actions, are_checked_against_buffers_and_memory) {
  // 4330 + 22 bytes are 17 buffers of 256, 4331 + 22 are 18.
  EXPECT_EQ(error_of({"driver.buffer_size=256", "reconfigure.actions=1us:mtu=4330"}), "");
  EXPECT_EQ(
      error_of({"driver.buffer_size=256", "reconfigure.actions=1us:mtu=4331"}),
      "--set: reconfigure.actions: after 1us:mtu=4331: driver.buffer_size: a frame of MTU 4331 needs 18 buffers of "
      "256 bytes; allowed: at most 17 (ring of 256)");
  EXPECT_EQ(
      error_of({"driver.buffer_size=256", "reconfigure.actions=1us:mtu=4000,2us:ring=16"}),
      "--set: reconfigure.actions: after 2us:ring=16: driver.buffer_size: a frame of MTU 4000 needs 16 buffers of "
      "256 bytes; allowed: at most 15 (ring of 16)");
  EXPECT_EQ(error_of({"driver.buffer_size=256", "reconfigure.actions=1us:mtu=1500,2us:ring=16"}), "");
  EXPECT_EQ(
      error_of({"nic.pba_kb=8", "driver.buffer_size=auto", "reconfigure.actions=1us:mtu=9000"}),
      "--set: reconfigure.actions: after 1us:mtu=9000: nic.pba_kb: 8 KB cannot hold one frame of MTU 9000; allowed: "
      "at least 16 KB");
  EXPECT_EQ(
      error_of({"driver.buffer_size=16384", "reconfigure.actions=1us:ring=4096"}),
      "--set: reconfigure.actions: after 1us:ring=4096: mem.size_mb: ring and buffers do not fit 64 MB; allowed: at "
      "least 136 MB");
}

TEST(reconfigure_actions, automatic_buffers_follow_the_mtu) {
  EXPECT_EQ(error_of({"driver.buffer_size=auto", "reconfigure.actions=1us:mtu=16110", "nic.pba_kb=40"}), "");
  EXPECT_EQ(load_scenario("", std::vector<std::string>{"driver.buffer_size=auto"}).driver.buffer_size, 0U);
  EXPECT_NE(error_of({"driver.buffer_size=automatic"}), "");
  EXPECT_NE(error_of({"driver.buffer_size=300"}), "");
}

}  // namespace
}  // namespace ringside::platform::reconfigure_actions_tests

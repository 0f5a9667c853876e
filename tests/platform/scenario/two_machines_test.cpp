// SPDX-License-Identifier: Apache-2.0
// Scenarios of two machines: keys of both and of one, the cable's, and what is refused in one line.
#include <gtest/gtest.h>

#include "platform/scenario/loader.h"
#include "tests/common/test_folder.h"

namespace ringside::platform::two_machines_tests {
namespace {

using list = std::vector<std::string>;

const list two{"machine.a.stack.address=10.0.0.1", "machine.a.nic.mac_address=02:00:00:00:00:01"};

scenario loaded(list settings) {
  settings.insert(settings.begin(), two.begin(), two.end());
  return load_scenario("", settings);
}

std::string refusal(const std::string& name, const list& settings) {
  try {
    load_scenario(name, settings);
  } catch (const input_error& e) {
    return e.what();
  }
  return "";
}

TEST(two_machines, a_machine_alone_has_no_peer) {
  EXPECT_TRUE(load_scenario("", {}).peers.empty());
  EXPECT_TRUE(load_scenario("one_frame", {}).peers.empty());
}

TEST(two_machines, a_key_is_of_both_or_of_one) {
  const scenario s = loaded({"driver.mtu=1400", "machine.b.driver.mtu=1300", "machine.b.cpu.count=2"});
  ASSERT_EQ(s.peers.size(), 1U);
  EXPECT_EQ(s.machine, 0U);
  EXPECT_EQ(s.peers[0].machine, 1U);
  EXPECT_EQ(s.driver.mtu, 1400U);
  EXPECT_EQ(s.peers[0].driver.mtu, 1300U);
  EXPECT_EQ(s.cpu.count, 1U);
  EXPECT_EQ(s.peers[0].cpu.count, 2U);
}

TEST(two_machines, the_later_setting_wins) {
  const scenario s = loaded({"machine.b.driver.mtu=1300", "driver.mtu=1200"});
  EXPECT_EQ(s.driver.mtu, 1200U);
  EXPECT_EQ(s.peers[0].driver.mtu, 1200U);
}

TEST(two_machines, in_a_file_keys_of_one_machine_come_last) {
  const test::test_folder folder;
  const std::string file = folder.write("two.toml",
                                        "[machine.b.driver]\nmtu = 1300\n[machine.b.stack]\naddress = \"10.0.0.9\"\n"
                                        "[machine.b.nic]\nmac_address = \"02:00:00:00:00:09\"\n[driver]\nmtu = 1400\n");
  const scenario s = load_scenario(file, {});
  ASSERT_EQ(s.peers.size(), 1U);
  EXPECT_EQ(s.driver.mtu, 1400U);
  EXPECT_EQ(s.peers[0].driver.mtu, 1300U);
}

TEST(two_machines, faults_are_of_what_a_machine_sends) {
  const scenario s =
      loaded({"cable.loss_per_million=5", "machine.b.cable.faults=loss@3, delay@12", "cable.flaps=1ms..2ms,3ms..4ms",
              "cable.reorder_by=7us", "cable.delay_most=9us", "machine.a.cable.corrupt_per_million=6",
              "cable.duplicate_per_million=7", "cable.reorder_per_million=8", "cable.delay_per_million=9"});
  EXPECT_EQ(s.cable.faults.loss_per_million, 5U);
  EXPECT_EQ(s.peers[0].cable.faults.loss_per_million, 5U);
  EXPECT_TRUE(s.cable.faults.singles.empty());
  EXPECT_EQ(s.peers[0].cable.faults.singles,
            (std::vector<tlm::cable_faults::single>{{cable_fault::loss, 3}, {cable_fault::delay, 12}}));
  EXPECT_EQ(s.cable.flaps, (std::vector<tlm::cable_flap>{{1 * ms, 2 * ms}, {3 * ms, 4 * ms}}));
  EXPECT_EQ(s.cable.faults.reorder_by, 7 * us);
  EXPECT_EQ(s.cable.faults.delay_most, 9 * us);
  EXPECT_EQ(s.cable.faults.corrupt_per_million, 6U);
  EXPECT_EQ(s.peers[0].cable.faults.corrupt_per_million, 0U);
  EXPECT_EQ(s.cable.faults.duplicate_per_million, 7U);
  EXPECT_EQ(s.cable.faults.reorder_per_million, 8U);
  EXPECT_EQ(s.cable.faults.delay_per_million, 9U);
}

// 5 ns a metre; 120 ns, 1040 ns and 9600 ns are 11 byte times and 30 ns, in whole byte times.
TEST(two_machines, the_cable_takes_its_length_and_the_phys) {
  cable_config c;
  c.length_m = 2;
  c.phy_ns = 328;
  EXPECT_EQ(cable_delay(c, 1000), 344 * ns);
  c.length_m = 2000;
  EXPECT_EQ(cable_delay(c, 1000), 10'328 * ns);
  EXPECT_EQ(cable_delay(c, 100), 10'400 * ns);
  c.length_m = 0;
  c.phy_ns = 0;
  EXPECT_EQ(cable_delay(c, 1000), 120 * ns);
  EXPECT_EQ(cable_delay(c, 100), 960 * ns);
  EXPECT_EQ(cable_delay(c, 10), 9600 * ns);
}

TEST(two_machines, what_cannot_be_is_refused_in_one_line) {
  EXPECT_EQ(refusal("ping_pong", {"machine.c.app.kind=echo"}),
            "--set: machine.c.app.kind: unknown machine; allowed: machine.a and machine.b");
  EXPECT_EQ(refusal("ping_pong", {"machine.b.run.seed=2"}),
            "--set: machine.b.run.seed: concerns both machines; allowed: run.seed without a machine");
  EXPECT_EQ(refusal("ping_pong", {"gen.count=2"}),
            "--set: gen.count: the wire is a cable: frames come from the other machine; allowed: wire.link_mbps and "
            "wire.start");
  EXPECT_EQ(refusal("ping_pong", {"machine.b.stack.address=10.0.0.1"}),
            "ping_pong.toml (bundled): stack.address: both machines have the same; allowed: one for each machine");
  EXPECT_EQ(refusal("ping_pong", {"nic.mac_address=02:00:00:00:00:07"}),
            "ping_pong.toml (bundled): nic.mac_address: both machines have the same; allowed: one for each machine");
  EXPECT_EQ(refusal("one_frame", {"cable.length_m=2"}),
            "--set: cable.length_m: there is no second machine; allowed: with machine.a and machine.b");
  EXPECT_NE(refusal("ping_pong", {"machine.b.driver.mtuu=2"}).find("machine.b.driver.mtuu: unknown key"),
            std::string::npos);
  for (const char* bad : {"cable.faults=loss", "cable.faults=lose@3", "cable.faults=loss@0", "cable.faults=cut@1",
                          "cable.flaps=2ms", "cable.flaps=2ms..1ms", "cable.flaps=1ms..3ms,2ms..4ms"})
    EXPECT_NE(refusal("ping_pong", {bad}).find("is not allowed"), std::string::npos) << bad;
}

}  // namespace
}  // namespace ringside::platform::two_machines_tests

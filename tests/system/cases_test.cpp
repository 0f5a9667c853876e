// SPDX-License-Identifier: Apache-2.0
// Small captures of one question each (tests/cases), through the whole machine on both cards.
#include <gtest/gtest.h>

#include "tests/system/run_machine.h"

namespace ringside::test {
namespace {

outcome run_case(const std::string& name, const std::string& card, const settings& more = {}) {
  outcome o = run_machine(settings{"wire.source=pcap", "wire.pcap=" RINGSIDE_TESTS_DIR "/cases/" + name + ".pcap",
                                   "nic.kind=" + card, "run.drain_ms=20"} +
                          more);
  EXPECT_EQ(complaints_of(o), "");  // every byte of tap and application was compared with the wire
  return o;
}

class cases : public testing::TestWithParam<const char*> {};

// skb_vlan_untag: the chip took the outer tag out, the inner one stays; nothing is lost before the tap.
TEST_P(cases, a_frame_with_two_tags_reaches_the_tap) {
  const outcome o = run_case("qinq_q", GetParam(), {"driver.vlans=100"});
  EXPECT_EQ(o["tapped"], 1U);
  EXPECT_EQ(o["drop.vlan_unknown"], 1U);  // VID 101 on VLAN 100
}

// IEEE 802.1Q 9.5: a service tag (TPID 88a8) with VID 100 is not the customer's VLAN 100.
TEST_P(cases, a_service_tag_keeps_its_tpid) {
  const outcome customer = run_case("ad_single", GetParam(), {"driver.vlans=100"});
  EXPECT_EQ(customer["tapped"], 1U);
  EXPECT_EQ(customer["drop.vlan_unknown"], 1U);
  const outcome service = run_case("ad_single", GetParam(), {"stack.service_vlans=100"});
  EXPECT_EQ(service["delivered"], 1U);
}

// vlan_device_event: VID 0 is in the filter with the first VLAN.  The capture holds a priority tag, VID 100 and no tag.
TEST_P(cases, a_priority_tag_passes_the_filter_of_vlans) {
  EXPECT_EQ(run_case("prio", GetParam(), {"driver.vlans=100"})["delivered"], 3U);
  const outcome other = run_case("prio", GetParam(), {"driver.vlans=7"});
  EXPECT_EQ(other["delivered"], 2U);
  EXPECT_EQ(other["drop.vlan_filter"], 1U);
}

// ip_mc_up: 224.0.0.1 is received from open.
TEST_P(cases, all_hosts_are_received) {
  EXPECT_EQ(run_case("allhosts", GetParam())["delivered"], 1U);
}

// RT-10, ip_route_input_slow.
TEST_P(cases, martians_are_dropped) {
  for (const char* name : {"m_own", "m_zeronet"}) EXPECT_EQ(run_case(name, GetParam())["drop.ip_address"], 1U) << name;
}

INSTANTIATE_TEST_SUITE_P(cards, cases, testing::Values("rtl", "model"),
                         [](const testing::TestParamInfo<const char*>& p) { return std::string(p.param); });

}  // namespace
}  // namespace ringside::test

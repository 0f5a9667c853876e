// SPDX-License-Identifier: Apache-2.0
// Every capture goes through the whole machine: each frame arrives byte for byte or has exactly one other fate.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "tests/system/capture_files.h"
#include "tests/system/run_machine.h"

namespace ringside::test {
namespace {

// Fates the chip or the driver gives: such a frame never reaches the tap.
std::uint64_t lost_before_the_stack(const outcome& o) {
  std::uint64_t n = 0;
  for (const char* reason : {"rx_disabled", "link_down", "address_filter", "vlan_filter", "mac_control", "crc_error",
                             "rx_error", "undersize", "fragment", "oversize", "jabber", "fifo_overflow", "nic_reset",
                             "driver_error", "driver_chain", "driver_no_memory", "driver_down", "backlog_full"})
    n += o[std::string("drop.") + reason];
  return n;
}

void expect_every_frame_accounted_for(const settings& extra) {
  const auto files = capture_files();
  std::uint64_t frames = 0, seen = 0;
  for (const auto& file : files) {
    SCOPED_TRACE(file.filename().string());
    const outcome o = run_machine(
        settings{"wire.source=pcap", "wire.pcap=" + file.string(), "wire.speed=line", "driver.promiscuous=true"} +
        extra);
    EXPECT_EQ(complaints_of(o), "");
    EXPECT_EQ(o["tapped"] + lost_before_the_stack(o), o["offered"]);
    frames += o["offered"];
    seen += o["tapped"];
  }
  std::cout << files.size() << " captures, " << frames << " frames, " << seen << " seen by the stack\n";
  EXPECT_GT(seen, frames / 2);
}

TEST(captures, every_frame_arrives_or_has_one_fate) {
  expect_every_frame_accounted_for({});
}

TEST(captures, also_in_small_buffers_and_ring) {
  expect_every_frame_accounted_for({"driver.buffer_size=256", "driver.ring_size=48"});
}

TEST(captures, also_with_jumbo_frames) {
  expect_every_frame_accounted_for({"driver.mtu=9000"});
}

settings from_capture(const std::string& name) {
  return {"wire.source=pcap", "wire.pcap=" + std::string(RINGSIDE_TESTS_DIR) + "/" + name};
}

// The FCS captured is the one the card sees: 64 bytes in each of the five frames, not 68.
TEST(captures, of_frames_with_fcs_are_not_given_a_second_one) {
  const outcome o = run_machine(from_capture("cases/fcs_bits.pcap"));
  EXPECT_EQ(complaints_of(o), "");
  EXPECT_EQ(o["delivered"], 5U);
  EXPECT_EQ(o["chip.GPRC"], 5U);
  EXPECT_EQ(o["chip.PRC64"], 5U);
  EXPECT_EQ(o["chip.GORC"], 5U * 64);
}

// FS 6.8.  fcs.pcap has, right and wrong in turn, frames of 64, 65, 146 and 1518 bytes, runts of 18, 19, 48 and 63,
// a giant of 1523, and a sound frame of 64.
TEST(captures, of_bad_frames_meet_the_cards_checks) {
  for (const char* nic : {"rtl", "model"}) {
    SCOPED_TRACE(nic);
    const outcome o = run_machine(from_capture("captures/fcs.pcap") + settings{std::string("nic.kind=") + nic});
    EXPECT_EQ(complaints_of(o), "");
    EXPECT_EQ(o["offered"], 19U);
    EXPECT_EQ(o["delivered"], 5U);
    EXPECT_EQ(o["chip.GPRC"], 5U);
    EXPECT_EQ(o["chip.CRCERRS"], 5U);  // the giant's too
    EXPECT_EQ(o["chip.RUC"], 4U);
    EXPECT_EQ(o["chip.RFC"], 4U);
    EXPECT_EQ(o["chip.ROC"], 1U);
    EXPECT_EQ(o["chip.RJC"], 1U);
    EXPECT_EQ(o["chip.RLEC"], 10U);
  }
}

/// A number of the JSON, by its path.
std::uint64_t number(const outcome& o, const char* pointer) {
  return nlohmann::json::parse(o.json + "\"\": 0}").at(nlohmann::json::json_pointer(pointer)).get<std::uint64_t>();
}

// The same frames in Linux's counters: e1000_gstrings_stats and e1000_update_stats.  Software counts without FCS.
TEST(captures, of_bad_frames_count_as_linux_counts) {
  const outcome o = run_machine(from_capture("captures/fcs.pcap"));
  EXPECT_EQ(number(o, "/ethtool/rx_packets"), 5U);
  EXPECT_EQ(number(o, "/ethtool/rx_bytes"), 64U + 65 + 146 + 1518 + 64);
  EXPECT_EQ(number(o, "/ethtool/rx_crc_errors"), 5U);
  EXPECT_EQ(number(o, "/ethtool/rx_length_errors"), 5U);
  EXPECT_EQ(number(o, "/ethtool/rx_short_length_errors"), 4U);
  EXPECT_EQ(number(o, "/ethtool/rx_long_length_errors"), 1U);
  EXPECT_EQ(number(o, "/ethtool/rx_errors"), 0U);
  EXPECT_EQ(number(o, "/link/rx_packets"), 5U);
  EXPECT_EQ(number(o, "/link/rx_bytes"), 64U + 65 + 146 + 1518 + 64 - 5 * 4);
  EXPECT_EQ(number(o, "/link/rx_errors"), 5U + 4 + 1);
  EXPECT_EQ(number(o, "/link/rx_length_errors"), 5U);
  EXPECT_EQ(number(o, "/softnet/0/processed"), 5U);
}

// ipv4.pcap, as make_captures.py tells.  8 fragments, of which 6 make two datagrams; datagrams: four sound ones, one
// with options, two to broadcast addresses, one with a wrong checksum, two with a wrong length, one to port 9.  One
// says to be shorter than IP carries, its sum that of all IP carries: the card has no verdict, GRO sums what IP carries
// (GR-10) and UDP takes the part for right.
TEST(captures, of_odd_packets_count_as_linux_counts) {
  const outcome o = run_machine(from_capture("captures/ipv4.pcap"));
  EXPECT_EQ(complaints_of(o), "");
  EXPECT_EQ(number(o, "/snmp/Ip/InReceives"), 26U) << "the card drops the group nobody joined";
  EXPECT_EQ(number(o, "/snmp/Ip/InAddrErrors"), 1U);
  EXPECT_EQ(number(o, "/snmp/Ip/InUnknownProtos"), 1U);
  EXPECT_EQ(number(o, "/snmp/Ip/ReasmReqds"), 8U);
  EXPECT_EQ(number(o, "/snmp/Ip/ReasmOKs"), 2U);
  EXPECT_EQ(number(o, "/snmp/Udp/InDatagrams"), 8U);
  EXPECT_EQ(number(o, "/snmp/Udp/InDatagrams"), o["delivered"]);
  EXPECT_EQ(number(o, "/snmp/Udp/NoPorts"), 1U);
  EXPECT_EQ(number(o, "/snmp/Udp/InErrors"), 3U);
  EXPECT_EQ(number(o, "/snmp/Udp/InCsumErrors"), 1U);
  EXPECT_EQ(number(o, "/snmp/Udp/RcvbufErrors"), 0U);
  const outcome other = run_machine(from_capture("captures/protocols.pcap") + settings{"driver.promiscuous=on"});
  EXPECT_EQ(number(other, "/snmp/Icmp/InMsgs"), 2U);
  EXPECT_EQ(number(other, "/snmp/Icmp/InEchos"), 1U);
  EXPECT_EQ(number(other, "/snmp/Icmp/InEchoReps"), 1U);
  EXPECT_EQ(number(other, "/snmp/Icmp/InErrors"), 0U);
  EXPECT_EQ(other["drop.no_protocol"], 11U);
  EXPECT_EQ(number(other, "/link/rx_dropped"), 0U) << "the tap takes them, as no protocol does";
}

// Frames at 0, 20 s and 20.0001 s.
TEST(captures, what_the_time_limit_keeps_back_is_named) {
  const outcome o = run_machine(from_capture("cases/gap20s.pcap") + settings{"run.time_limit=500ms"});
  EXPECT_EQ(o["offered"], 1U);
  EXPECT_EQ(o["delivered"], 1U);
  EXPECT_NE(o.json.find("\"not_sent\": 2"), std::string::npos) << o.json;
  const outcome generated =
      run_machine({"gen.count=1000", "gen.rate=100pps", "run.time_limit=500ms", "nic.kind=model"});
  EXPECT_GT(generated["offered"], 10U);
  EXPECT_NE(generated.json.find("\"not_sent\": " + std::to_string(1000 - generated["offered"])), std::string::npos)
      << generated.json;
}

}  // namespace
}  // namespace ringside::test

// SPDX-License-Identifier: Apache-2.0
// Two machines on a cable, each with its own CPU, memory, bus, card, driver, stack and application.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/system/two_machines.h"

namespace ringside::test {
namespace {

using list = std::vector<std::string>;

list operator+(list left, const list& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

// RTL, behavioural, and one of each.
const list both_rtl{"nic.kind=rtl"};
const list both_model{"nic.kind=model"};
const list rtl_to_model{"machine.a.nic.kind=rtl", "machine.b.nic.kind=model"};
const list model_to_rtl{"machine.a.nic.kind=model", "machine.b.nic.kind=rtl"};

const list card_names{"rtl", "model", "rtl_to_model", "model_to_rtl"};

class ping_pong : public testing::TestWithParam<list> {};

TEST_P(ping_pong, each_request_is_answered) {
  const nlohmann::json run = run_two_machines(GetParam() + list{"machine.a.app.count=6"});
  EXPECT_EQ(complaints_of(run), "");
  EXPECT_EQ(run["datagrams"]["sent"], 12);  // a request and an answer each
  EXPECT_EQ(run["datagrams"]["delivered"], 12);
  EXPECT_EQ(run["machines"]["a"]["snmp"]["Udp"]["OutDatagrams"], 6);
  EXPECT_EQ(run["machines"]["a"]["snmp"]["Udp"]["InDatagrams"], 6);
  EXPECT_EQ(run["machines"]["b"]["snmp"]["Udp"]["InDatagrams"], 6);
  EXPECT_EQ(run["machines"]["b"]["snmp"]["Udp"]["OutDatagrams"], 6);
  // What one card has sent, the other has received.
  for (const auto& [from, to] : {std::pair{"a", "b"}, std::pair{"b", "a"}}) {
    EXPECT_EQ(run["machines"][from]["card"]["GPTC"], run["machines"][to]["card"]["GPRC"]);
    EXPECT_EQ(run["cable"]["from"][from]["sent"], run["machines"][from]["card"]["TPT"]);
    EXPECT_EQ(run["cable"]["from"][from]["received"], run["machines"][to]["card"]["TPR"]);
  }
}

// 5 ns a metre and what the PHYs take, in whole byte times of 8 ns: cut-through, whatever the frame's length.
TEST_P(ping_pong, every_frame_takes_what_the_cable_takes) {
  for (const auto& [set, expected_ns] :
       {std::pair{list{}, 344}, std::pair{list{"cable.length_m=100", "cable.phy_ns=300"}, 800},
        std::pair{list{"cable.length_m=0", "cable.phy_ns=0"}, 120}}) {
    const nlohmann::json run =
        run_two_machines(GetParam() + set + list{"machine.a.app.count=3", "app.bytes=0,64,1472"});
    EXPECT_EQ(complaints_of(run), "");
    for (const char* from : {"a", "b"}) {
      EXPECT_GE(run["crossings"][from].size(), 3U);
      for (const auto& took : run["crossings"][from]) EXPECT_EQ(took, expected_ns * 1000);
    }
  }
}

// Both machines are up after 20 ms.
const list quick{"driver.reset_wait=50us",
                 "driver.quiesce=100us",
                 "machine.a.app.start=25ms",
                 "machine.a.app.count=3",
                 "machine.a.app.interval=100us",
                 "app.bytes=700",
                 "cable.faults=duplicate@2,corrupt@3"};

TEST_P(ping_pong, one_hash_again_and_however_cpus_are_stepped) {
  const nlohmann::json ahead = run_two_machines(GetParam() + quick);
  EXPECT_EQ(complaints_of(ahead), "");
  EXPECT_GT(ahead["datagrams"]["delivered"], 2);
  EXPECT_EQ(run_two_machines(GetParam() + quick)["sim"], ahead["sim"]);
  const nlohmann::json plain = run_two_machines(GetParam() + quick + list{"run.cpu_accumulate=off"});
  EXPECT_EQ(plain["sim"]["event_hash"], ahead["sim"]["event_hash"]);
  const nlohmann::json other = run_two_machines(GetParam() + quick + list{"run.seed=2"});
  EXPECT_NE(other["sim"]["event_hash"], ahead["sim"]["event_hash"]);
}

TEST_P(ping_pong, full_one_hash_however_cards_are_stepped) {
  const nlohmann::json ahead = run_two_machines(GetParam() + quick);
  for (const char* way : {"run.step=cycle", "run.skip=off", "run.gate_clocks=off"})
    EXPECT_EQ(run_two_machines(GetParam() + quick + list{way})["sim"]["event_hash"], ahead["sim"]["event_hash"]) << way;
}

TEST_P(ping_pong, a_slow_link_is_a_cable_as_well) {
  for (const char* mbps : {"100", "10"}) {
    const nlohmann::json run =
        run_two_machines(GetParam() + list{"machine.a.app.count=2", fmt::format("wire.link_mbps={}", mbps)});
    EXPECT_EQ(complaints_of(run), "");
    EXPECT_EQ(run["datagrams"]["delivered"], 4) << mbps;
  }
}

// The first frame of machine a is its ARP request, the second its first datagram; of machine b the ARP reply and the
// first answer.
TEST_P(ping_pong, each_fault_is_counted_where_it_happens) {
  struct {
    list set;
    const char* from;
    const char* fault;
    unsigned delivered;
    const char* reason;  // of the datagram that is lost
  } const faults[] = {
      {{"machine.a.cable.faults=loss@3"}, "a", "loss", 6, "cable_loss"},
      {{"machine.b.cable.faults=loss@3"}, "b", "loss", 7, "cable_loss"},
      {{"machine.a.cable.faults=corrupt@3"}, "a", "corrupt", 6, "crc_error"},
      {{"machine.b.cable.faults=corrupt@2"}, "b", "corrupt", 7, "crc_error"},
      {{"machine.a.cable.faults=duplicate@2"}, "a", "duplicate", 9, nullptr},
      {{"machine.a.cable.faults=delay@3", "cable.delay_most=300us"}, "a", "delay", 8, nullptr},
  };
  for (const auto& f : faults) {
    const nlohmann::json run = run_two_machines(GetParam() + list{"machine.a.app.count=4"} + f.set);
    SCOPED_TRACE(f.set.front());
    EXPECT_EQ(complaints_of(run), "");
    EXPECT_EQ(run["cable"]["from"][f.from]["faults"][f.fault], 1);
    EXPECT_EQ(run["datagrams"]["delivered"], f.delivered);
    if (f.reason != nullptr) {
      EXPECT_EQ(run["datagrams"]["lost"], (nlohmann::json{{f.reason, 1}}));
    } else {
      EXPECT_EQ(run["datagrams"]["lost"], nlohmann::json::object());
    }
  }
}

// F-6, F-2: machine b's bus is too slow for line rate.  With TFCE its card asks machine a's to stop, which obeys;
// without, its FIFO loses frames.  The cable is plugged in when both drivers have set the thresholds
// (docs/two_machines.md).
const list too_fast{"wire.start=2300ms",          "cable.flaps=0us..90ms",         "driver.flow_control=full",
                    "machine.a.app.kind=sender",  "machine.a.app.start=2400ms",    "machine.a.app.interval=0us",
                    "machine.a.app.bytes=1472",   "machine.a.app.count=250",       "machine.b.app.kind=sink",
                    "machine.b.stack.rcvbuf=4MB", "machine.b.bus.clock_mhz=100/3", "machine.b.bus.write_wait=6"};

TEST_P(ping_pong, pause_crosses_the_cable) {
  const nlohmann::json lossy = run_two_machines(GetParam() + too_fast);
  EXPECT_EQ(complaints_of(lossy), "");
  EXPECT_LT(lossy["datagrams"]["delivered"], 250);
  EXPECT_EQ(lossy["machines"]["b"]["card"]["XOFFTXC"], 0);
  const nlohmann::json run =
      run_two_machines(GetParam() + too_fast + list{"machine.b.reconfigure.actions=20ms:tx_pause=on"});
  EXPECT_EQ(complaints_of(run), "");
  EXPECT_EQ(run["datagrams"]["delivered"], 250);
  const nlohmann::json& a = run["machines"]["a"]["card"];
  const nlohmann::json& b = run["machines"]["b"]["card"];
  EXPECT_GT(b["XOFFTXC"], 0);
  EXPECT_EQ(b["XONTXC"], b["XOFFTXC"]) << "each stop ends";
  EXPECT_EQ(a["XOFFRXC"], b["XOFFTXC"]);
  EXPECT_EQ(a["XONRXC"], b["XONTXC"]);
}

INSTANTIATE_TEST_SUITE_P(cards, ping_pong, testing::Values(both_rtl, both_model, rtl_to_model, model_to_rtl),
                         [](const auto& which) { return card_names[which.index]; });

/// Datagrams of random lengths both ways, with everything that may happen to a cable and its cards meanwhile.
list exchange(unsigned count, const std::string& kind) {
  return {"nic.kind=" + kind,
          "machine.a.app.count=" + std::to_string(count),
          "app.bytes=0..65507",
          "app.interval=0",
          "cpu.clock_mhz=4000",
          "driver.ring_size=512",
          "stack.rcvbuf=1000000",
          "run.time_limit=3600s",
          "cable.loss_per_million=300",
          "cable.duplicate_per_million=300",
          "cable.corrupt_per_million=300",
          "cable.reorder_per_million=300",
          "cable.delay_per_million=300",
          "cable.flaps=110ms..111ms,160ms..160500us",
          "machine.a.reconfigure.actions=30ms:ring=128,60ms:ring=512",
          "machine.b.reconfigure.actions=45ms:ring=256"};
}

void judge_exchange(const nlohmann::json& run, unsigned count) {
  EXPECT_EQ(complaints_of(run), "");
  unsigned lost = 0;
  for (const auto& [reason, n] : run["datagrams"]["lost"].items()) lost += n.get<unsigned>();
  EXPECT_EQ(run["datagrams"]["sent"], run["datagrams"]["delivered"].get<unsigned>() + lost);
  EXPECT_GE(run["datagrams"]["sent"].get<unsigned>(), count);
  EXPECT_GT(run["datagrams"]["delivered"].get<unsigned>(), count);
  EXPECT_EQ(run["machines"]["a"]["snmp"]["Udp"]["OutDatagrams"], count);
}

TEST(ping_pong_exchange, datagrams_of_any_length_on_rtl) {
  judge_exchange(run_two_machines(exchange(25, "rtl")), 25);
}
TEST(ping_pong_exchange, datagrams_of_any_length_on_the_model) {
  judge_exchange(run_two_machines(exchange(120, "model")), 120);
}
TEST(ping_pong_exchange, full_2000_on_rtl) {
  judge_exchange(run_two_machines(exchange(2000, "rtl")), 2000);
}
TEST(ping_pong_exchange, full_100000_on_the_model) {
  judge_exchange(run_two_machines(exchange(100'000, "model")), 100'000);
}

}  // namespace
}  // namespace ringside::test

// SPDX-License-Identifier: Apache-2.0
// The interface reconfigured under traffic, on the whole machine: FS 6.7, FS 6.8, FS 10.2, FS 10.8, R-3, R-4, R-16,
// D-6.
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <string_view>

#include "platform/source/udp_frame.h"
#include "tests/system/filter_rounds.h"

namespace ringside::test {
namespace {

// Down and up then take 5 to 6 ms: two words of the EEPROM bit by bit, and the PHY, of which a read takes 50 us or
// more.
const settings quick{"driver.quiesce=100us", "driver.reset_wait=20us", "driver.buffer_size=auto"};

struct place {
  const char* name;
  settings set;
};
void PrintTo(const place& p, std::ostream* out) {
  *out << p.name;
}
std::string name_of(const testing::TestParamInfo<place>& row) {
  return row.param.name;
}

// ---- Filters

std::string text_of(const ethernet_address& a) {
  std::string out;
  for (const std::uint8_t byte : a) {
    constexpr const char* digits = "0123456789abcdef";
    out += (out.empty() ? "" : ":") + std::string{digits[byte >> 4], digits[byte & 15]};
  }
  return out;
}

/// One change in both languages: the scenario's and the expectation's.
struct change {
  std::string action;
  std::function<void(expected_filter&)> effect;
};

std::vector<std::vector<change>> rounds() {
  const auto join = [](std::uint16_t i) {
    return change{"mcast+" + text_of(group_of(i)), [i](expected_filter& t) { t.multicast.push_back(group_of(i)); }};
  };
  const auto leave = [](std::uint16_t i) {
    return change{"mcast-" + text_of(group_of(i)), [i](expected_filter& t) { std::erase(t.multicast, group_of(i)); }};
  };
  // VID 0 comes with the first and stays (Linux vlan_device_event).
  const auto with = [](std::uint16_t vid) {
    return change{"vlan+" + std::to_string(vid), [vid](expected_filter& t) { t.vlans.insert({0, vid}); }};
  };
  const auto without = [](std::uint16_t vid) {
    return change{"vlan-" + std::to_string(vid), [vid](expected_filter& t) { t.vlans.erase(vid); }};
  };
  const change station{"ucast+" + text_of(station_of(1)),
                       [](expected_filter& t) { t.unicast.push_back(station_of(1)); }};
  const auto promiscuous = [](bool on) {
    return change{on ? "promisc=on" : "promisc=off", [on](expected_filter& t) { t.promiscuous = on; }};
  };
  const auto all_multicast = [](bool on) {
    return change{on ? "allmulti=on" : "allmulti=off", [on](expected_filter& t) { t.all_multicast = on; }};
  };
  const auto mtu = [](std::uint32_t bytes) {
    return change{"mtu=" + std::to_string(bytes), [bytes](expected_filter& t) { t.mtu = bytes; }};
  };
  const auto nothing = [](const char* action) { return change{action, [](expected_filter&) {}}; };

  std::vector<change> many;
  for (std::uint16_t i = 1; i < 17; ++i) many.push_back(join(i));
  return {{},
          {promiscuous(true)},
          {promiscuous(false)},
          {all_multicast(true)},
          {all_multicast(false), join(0)},
          many,  // 17 groups and 224.0.0.1: 14 exact, 4 hashed
          {station},
          {with(100)},
          {with(200), without(100)},
          {promiscuous(true)},  // and no VLAN filter
          {promiscuous(false)},
          {nothing("ring=64")},
          {leave(3), leave(16)},
          {mtu(4000)},
          {nothing("rx_csum=off"), without(200)},
          {mtu(1500), all_multicast(true)}};
}

class filters : public testing::TestWithParam<place> {};

TEST_P(filters, take_exactly_what_they_were_told) {
  for (const unsigned offset : {0U, 1U, 2U, 3U}) {
    SCOPED_TRACE("RCTL.MO " + std::to_string(offset));
    constexpr sim_time period = 10 * ms;
    expected_filter told(offset);
    std::vector<offered_frame> frames;
    std::vector<std::string> expected;
    std::string actions;
    sim_time begin = 0;
    for (const std::vector<change>& changes : rounds()) {
      for (const change& c : changes) {
        actions += (actions.empty() ? "" : ",") + std::to_string((begin - 9 * ms) / us) + "us:" + c.action;
        c.effect(told);
      }
      sim_time when = begin;
      for (std::vector<std::uint8_t>& bytes : frames_of_a_round(told)) {
        expected.push_back(told.refusal(bytes));
        offered_frame frame;
        frame.bytes = std::move(bytes);
        frame.earliest = when;
        frames.push_back(std::move(frame));
        when += 20 * us;
      }
      begin += period;
    }
    std::vector<std::string> complaints;
    const auto got =
        verdicts_of(GetParam().set + quick +
                        settings{"driver.multicast_offset=" + std::to_string(offset), "reconfigure.actions=" + actions},
                    frames, complaints);
    EXPECT_EQ(complaints, std::vector<std::string>{});
    ASSERT_EQ(got.size(), expected.size());
    const std::size_t per_round = frames.size() / rounds().size();
    for (std::size_t i = 0; i < got.size(); ++i)
      EXPECT_EQ(got[i], expected[i]) << "round " << i / per_round << ", frame " << i % per_round;
  }
}

INSTANTIATE_TEST_SUITE_P(cards, filters,
                         testing::Values(place{"rtl", {}}, place{"model", {"nic.kind=model"}},
                                         place{"model_irq", {"nic.kind=model", "driver.mode=irq"}},
                                         place{"model_poll", {"nic.kind=model", "driver.mode=poll", "cpu.count=2"}}),
                         name_of);

// ---- Line rate

const char* const everything =
    "reconfigure.actions=600us:ring=64,9ms:mtu=4000,18ms:promisc=on,18100us:promisc=off,18200us:vlan+100,"
    "18300us:mcast+01:00:5e:01:02:03,18400us:vlan-100,18500us:rx_csum=off,27ms:ring=4096,36ms:vlan_strip=off,"
    "36100us:mtu=1500,45ms:rx_csum=on";

class line_rate : public testing::TestWithParam<place> {};

// Judged in every run: one fate each, every byte read compared with the wire, the contract, nothing left over.
TEST_P(line_rate, every_frame_has_one_fate) {
  for (const char* coherent : {"bus.coherent=on", "bus.coherent=off"}) {
    SCOPED_TRACE(coherent);
    const outcome o = run_machine(GetParam().set + quick +
                                  settings{coherent, everything, "gen.rate=line", "gen.size=64..3000", "gen.count=4500",
                                           "gen.bad_fcs_per_million=20000"});
    EXPECT_EQ(complaints_of(o), "");
    EXPECT_EQ(o["offered"], 4500U);
    EXPECT_GT(o["delivered"], 200U);
    EXPECT_GT(o["drop.rx_disabled"], 100U);
    EXPECT_GT(o["drop.oversize"], 30U);  // while the MTU was 1500
    EXPECT_GT(o["drop.crc_error"], 0U);
    EXPECT_LT(o["time_ns"], 450'000'000U);  // over soon after the last change: no frame is waited for in vain
  }
}

INSTANTIATE_TEST_SUITE_P(
    places, line_rate,
    testing::Values(place{"rtl_napi", {}}, place{"rtl_irq_two_cpus", {"driver.mode=irq", "cpu.count=2"}},
                    place{"rtl_poll", {"driver.mode=poll", "cpu.count=2"}}, place{"model_napi", {"nic.kind=model"}},
                    place{"model_irq", {"nic.kind=model", "driver.mode=irq"}},
                    place{"model_poll", {"nic.kind=model", "driver.mode=poll", "cpu.count=2"}},
                    place{"model_napi_two_cpus", {"nic.kind=model", "cpu.count=2", "cpu.irq_affinity=1"}},
                    place{"model_chains", {"nic.kind=model", "driver.buffer_size=512", "driver.strip_crc=on"}}),
    name_of);

// A CPU that is behind: frames lie in ring, FIFO and backlog when the interface goes down.
TEST(line_rate_small, a_slow_cpu_leaves_frames_everywhere) {
  for (const char* mode : {"driver.mode=napi", "driver.mode=irq"})
    for (const char* card : {"nic.kind=rtl", "nic.kind=model"}) {
      SCOPED_TRACE(std::string(mode) + ' ' + card);
      const outcome o = run_machine(quick + settings{mode, card, "cpu.clock_mhz=150", "gen.size=64", "gen.rate=line",
                                                     "gen.count=3000", "stack.rcvbuf=4MB", "driver.quiesce=20us",
                                                     "reconfigure.actions=300us:ring=16,1500us:ring=128"});
      EXPECT_EQ(complaints_of(o), "");
      // Without NAPI the handler leaves no time for the task that would take the interface down (livelock).
      if (mode == std::string_view("driver.mode=napi")) {
        EXPECT_GT(o["drop.driver_down"] + o["drop.nic_reset"], 10U);
      }
      EXPECT_GT(o["delivered"], 20U);
    }
}

// SBP by down and up, thresholds live: damaged frames are dropped by the chip, then go up the stack (rx-all), then are
// dropped by the chip; CRCERRS counts them all (FS 6.10).
TEST(line_rate_small, sbp_and_thresholds) {
  const std::string actions =
      "reconfigure.actions=100us:wthresh=16,300us:pthresh=32,400us:hthresh=8,900us:store_bad=on,8000us:wthresh=63,"
      "8400us:wthresh=0,8500us:pthresh=0,12ms:store_bad=off";
  for (const char* card : {"nic.kind=rtl", "nic.kind=model"}) {
    SCOPED_TRACE(card);
    const outcome o = run_machine(quick + settings{card, "gen.rate=line", "gen.size=64..600", "gen.count=7500",
                                                   "gen.bad_fcs_per_million=100000", "driver.rdtr=20", actions});
    EXPECT_EQ(complaints_of(o), "");
    EXPECT_GT(o["drop.crc_error"], 20U);
    EXPECT_GT(o["chip.CRCERRS"], o["drop.crc_error"] + 20);
    EXPECT_EQ(o["drop.driver_error"], 0U);
    EXPECT_GT(o["delivered"], 1000U);
  }
}

// R-20 a: five frames wait in the chip for WTHRESH or a timer of 51 ms; a polling driver takes them when the threshold
// falls.
TEST(line_rate_small, a_lower_wthresh_frees_what_waits) {
  for (const char* card : {"nic.kind=rtl", "nic.kind=model"}) {
    SCOPED_TRACE(card);
    const settings waiting =
        quick +
        settings{
            card,          "driver.mode=poll", "cpu.count=2", "driver.rdtr=50000", "driver.radv=0", "driver.wthresh=8",
            "gen.count=5", "gen.size=64"};
    const outcome by_timer = run_machine(waiting);
    EXPECT_EQ(complaints_of(by_timer), "");
    EXPECT_EQ(by_timer["delivered"], 5U);
    const outcome by_threshold = run_machine(waiting + settings{"reconfigure.actions=1ms:wthresh=5"});
    EXPECT_EQ(complaints_of(by_threshold), "");
    EXPECT_EQ(by_threshold["delivered"], 5U);
    EXPECT_GT(by_timer["time_ns"], by_threshold["time_ns"] + 45'000'000U);
  }
}

// Linux' own waits, 10 and 5 ms to the jiffy.
TEST(line_rate_small, with_linux_waits_it_takes_its_time) {
  const outcome o = run_machine(
      {"nic.kind=model", "reconfigure.actions=1ms:ring=64", "gen.rate=20000pps", "gen.count=1000", "gen.size=200"});
  EXPECT_EQ(complaints_of(o), "");
  // msleep(10) twice and msleep(5): 3 and 2 jiffies of 4 ms, one that msleep adds, one that the timer wheel rounds up
  // by (calc_index), of which a part is over already: 16 to 20 and 12 to 16 ms.  20 frames a millisecond.
  EXPECT_GE(o["drop.rx_disabled"], (16U + 16 + 12) * 20);
  EXPECT_LE(o["drop.rx_disabled"], (20U + 20 + 16) * 20);
}

// ---- Ways of stepping

TEST(reconfigure_hash, is_the_same_in_every_way_of_stepping) {
  const std::string actions =
      "reconfigure.actions=100us:ring=64,900us:mtu=4000,1600us:promisc=on,1700us:vlan+5,1800us:vlan_strip=off,"
      "50us:wthresh=20,90us:wthresh=0,1850us:pthresh=20,1900us:store_bad=on";
  for (const settings& set : {settings{"driver.mode=napi"}, settings{"driver.mode=irq", "cpu.count=2"},
                              settings{"driver.mode=poll", "cpu.count=2"}}) {
    SCOPED_TRACE(set[0]);
    const settings load = quick_boot + set + quick +
                          settings{"gen.size=64..1518", "gen.rate=4%", "gen.count=150", "driver.quiesce=20us", actions};
    const outcome fastest = run_machine(load);
    EXPECT_EQ(complaints_of(fastest), "");
    EXPECT_GT(fastest["delivered"], 10U);
    const outcome plainest = run_machine(load + settings{"run.step=cycle", "run.skip=off", "run.cpu_accumulate=off"});
    EXPECT_EQ(plainest.hash, fastest.hash);
    EXPECT_EQ(run_machine(load + settings{"run.cpu_accumulate=off"}).hash, fastest.hash);
  }
}

// ---- What is set from the start

TEST(static_lists, groups_and_vlans_reach_the_application) {
  std::vector<offered_frame> frames;
  for (std::uint16_t i = 0; i < 6; ++i) frames.push_back(udp_frame_of(200, i, i * 50 * us));
  const auto tag = [&](std::size_t i, std::uint8_t vid) {
    auto& bytes = frames[i].bytes;
    bytes.insert(bytes.begin() + 12, {0x81, 0x00, 0x00, vid});
  };
  tag(1, 7);
  tag(2, 8);
  for (const std::size_t i : {std::size_t{3}, std::size_t{4}}) {  // RFC 1112 6.4: 01:00:5E and 23 bits
    auto& bytes = frames[i].bytes;
    const ethernet_address to{0x01, 0x00, 0x5E, 0x01, 0x02, static_cast<std::uint8_t>(i)};
    std::copy(to.begin(), to.end(), bytes.begin());
  }
  const outcome o = run_machine({"driver.vlans=7", "driver.multicast=01:00:5e:01:02:03"}, frames);
  EXPECT_EQ(o["drop.vlan_filter"], 1U);     // VID 8
  EXPECT_EQ(o["drop.address_filter"], 1U);  // ...:04
  EXPECT_EQ(o["tapped"], 4U);
}

TEST(static_lists, a_joined_group_is_delivered) {
  platform::udp_addresses to;
  to.to_mac = {0x01, 0x00, 0x5E, 0x01, 0x02, 0x03};  // RFC 1112 6.4
  to.from_mac = {2, 0, 0, 0, 0, 1};
  to.to_ip = 0xEF810203;  // 239.129.2.3: the 24th bit is not in the Ethernet address
  to.from_ip = 0x0A000001;
  to.to_port = 5001;
  to.from_port = 10'000;
  offered_frame frame;
  frame.bytes = platform::make_udp_frame(to, 1, std::vector<std::uint8_t>(40, 7));
  const outcome joined = run_machine({"stack.groups=239.129.2.3"}, {frame});
  EXPECT_EQ(complaints_of(joined), "");
  EXPECT_EQ(joined["delivered"], 1U);
  EXPECT_EQ(run_machine({}, {frame})["drop.address_filter"], 1U);
  EXPECT_EQ(run_machine({"stack.groups=239.1.2.3"}, {frame})["drop.ip_address"], 1U);  // same Ethernet address
}

TEST(static_lists, fragment_limits_come_from_the_scenario) {
  std::vector<offered_frame> frames;
  for (std::uint16_t i = 0; i < 3; ++i) {
    offered_frame frame = udp_frame_of(400, i, i * 2 * ms);
    frame.bytes[20] = 0x20;  // more fragments, offset 0; of three datagrams
    frame.bytes[24] = frame.bytes[25] = 0;
    std::uint32_t sum = 0;
    for (std::size_t at = 14; at < 34; at += 2)
      sum += static_cast<std::uint32_t>(frame.bytes[at] << 8 | frame.bytes[at + 1]);
    while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
    frame.bytes[24] = static_cast<std::uint8_t>(~sum >> 8);
    frame.bytes[25] = static_cast<std::uint8_t>(~sum);
    frames.push_back(std::move(frame));
  }
  EXPECT_EQ(run_machine({"stack.frag_timeout_ms=20", "run.drain_ms=100"}, frames)["drop.ip_fragment"], 3U);
  const outcome full = run_machine({"stack.frag_high_thresh=0", "run.drain_ms=100"}, frames);
  EXPECT_LT(full["time_ns"], 1'000'000'000U);
  EXPECT_EQ(full["drop.ip_fragment"], 3U);  // two for want of room, one given up at the end
}

}  // namespace
}  // namespace ringside::test

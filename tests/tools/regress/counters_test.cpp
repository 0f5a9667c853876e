// SPDX-License-Identifier: Apache-2.0
// The scoreboard excuses a counter by the very frame that was arriving when EN fell and by no other (FS 6.10, R-5,
// events made by hand, what the chip would have counted by the sheet, and each counter one off.
#include <gtest/gtest.h>

#include <map>

#include "hw/regs/e1000_regs.h"
#include "platform/scenario/loader.h"
#include "platform/source/odd_packets.h"
#include "tools/regress/scoreboard.h"

namespace ringside::platform {
namespace {

constexpr std::uint32_t ring_change = static_cast<std::uint32_t>(reconfiguration::ring_size);

/// Three frames of different size bins: two for one station, the third for all.
std::vector<planned_frame> three_frames() {
  std::vector<planned_frame> frames;
  for (const std::uint32_t wire_bytes : {64U, 200U, 600U}) {
    planned_frame& f = frames.emplace_back();
    f.wire_bytes = wire_bytes;
    f.offer.bytes.assign(f.wire_bytes - 4, 0);
    f.offer.bytes[0] = 0x02;
    f.offer.bytes[5] = 0x02;
    f.kind = "udp";
    f.meant = fates({drop_reason::none});
    f.payload = {1, 2, 3};
  }
  std::fill_n(frames[2].offer.bytes.begin(), 6, std::uint8_t{0xFF});
  return frames;
}

class counters_over_a_reset : public testing::Test {
 protected:
  using counters = std::map<std::string_view, std::uint64_t>;

  void event_of(stage what, frame_id frame = 0, std::uint64_t a = 0, std::uint64_t b = 0) {
    board.on_event({.time = now += us, .frame = frame, .a = a, .b = b, .what = what});
  }
  void enable(bool on) { event_of(stage::reg_write, 0, reg::RCTL, on ? rctl::EN : 0); }
  void begin(frame_id frame) { event_of(stage::wire_sof, frame, frames[frame - 1].wire_bytes); }
  void end(frame_id frame) { event_of(stage::wire_eof, frame); }
  void store(frame_id frame) {
    event_of(stage::fifo_commit, frame);
    event_of(stage::socket_enqueue, frame);
  }
  void miss(frame_id frame) {
    event_of(stage::fifo_drop, frame, 0, static_cast<std::uint64_t>(drop_reason::fifo_overflow));
  }
  void read_counters() {
    for (const std::uint32_t offset : {reg::GORCL, reg::GORCH, reg::TORL, reg::TORH, reg::TPR})
      event_of(stage::reg_read, 0, offset);
  }
  void reset() {
    event_of(stage::nic_reset);
    event_of(stage::driver_close);
  }
  /// What compare() finds wrong with `held`, by the counter's name.
  std::vector<std::string> wrong(const counters& held) {
    scoreboard copy = board;
    const std::size_t before = copy.complaints().size();
    copy.compare([&held](std::string_view name) { return held.contains(name) ? held.at(name) : 0; });
    std::vector<std::string> out;
    for (std::size_t i = before; i < copy.complaints().size(); ++i) {
      const std::string& text = copy.complaints()[i];
      const std::size_t from = std::string("scoreboard: counter ").size();
      out.push_back(text.substr(from, text.find(' ', from) - from));
    }
    return out;
  }
  /// Each counter of `held` one more and one less, and each that must be 0 one more, is found.
  void expect_exact(counters held, std::initializer_list<std::string_view> loose = {}) {
    EXPECT_EQ(wrong(held), std::vector<std::string>{});
    for (const std::string_view name :
         {"CRCERRS", "RXERRC", "MPC",    "RLEC",   "RUC",     "RFC",     "ROC", "RJC",  "GPRC", "BPRC", "MPRC",
          "PRC64",   "PRC127", "PRC255", "PRC511", "PRC1023", "PRC1522", "TPR", "RNBC", "GORC", "TOR"}) {
      const std::uint64_t right = held[name];
      held[name] = right + 1;
      EXPECT_EQ(wrong(held), std::vector<std::string>{std::string(name)}) << name << " one more";
      held[name] = right - 1;
      if (right != 0 && std::find(loose.begin(), loose.end(), name) == loose.end()) {
        EXPECT_EQ(wrong(held), std::vector<std::string>{std::string(name)}) << name << " one less";
      }
      held[name] = right;
    }
  }

  std::vector<planned_frame> frames = three_frames();
  scoreboard board{frames, epochs_of(load_scenario("", std::vector<std::string>{"driver.promiscuous=true",
                                                                                "reconfigure.actions=10us:ring=64"}))};
  sim_time now = 0;
};

// Nothing was arriving: a reset takes nothing from any counter, however often RCTL is written without EN.
TEST_F(counters_over_a_reset, an_idle_wire_excuses_nothing) {
  enable(false);
  enable(true);
  begin(1), end(1), store(1);
  begin(2), end(2), store(2);
  event_of(stage::rnbc);
  event_of(stage::reconfigure, 0, ring_change, 64);
  enable(false);
  read_counters();
  enable(false);
  reset();
  enable(false);
  enable(true);
  event_of(stage::reconfigure, 0, ring_change | reconfiguration_ended, 64);
  begin(3), end(3), miss(3);
  enable(false);
  read_counters();
  // FS 6.10: frame 3 counts in MPC, TPR and TOR alone.
  expect_exact(
      {{"GPRC", 2}, {"PRC64", 1}, {"PRC255", 1}, {"RNBC", 1}, {"MPC", 1}, {"TPR", 3}, {"GORC", 264}, {"TOR", 864}});
}

// Frame 2 was arriving when EN fell: counted or not (R-5, FS 6.10), it and it alone; the missed frame 3 has no part in
// it.
TEST_F(counters_over_a_reset, the_frame_cut_excuses_itself_alone) {
  enable(true);
  begin(1), end(1), store(1);
  event_of(stage::reconfigure, 0, ring_change, 64);
  begin(2);
  enable(false);
  end(2), store(2);
  event_of(stage::rnbc);
  read_counters();
  enable(false);
  reset();
  enable(true);
  event_of(stage::reconfigure, 0, ring_change | reconfiguration_ended, 64);
  begin(3), end(3), miss(3);
  enable(false);
  read_counters();
  const counters with{{"GPRC", 2}, {"PRC64", 1}, {"PRC255", 1}, {"RNBC", 1},
                      {"MPC", 1},  {"TPR", 3},   {"GORC", 264}, {"TOR", 864}};
  const counters without{{"GPRC", 1}, {"PRC64", 1}, {"MPC", 1}, {"TPR", 2}, {"GORC", 64}, {"TOR", 664}};
  expect_exact(with, {"GPRC", "PRC255", "RNBC", "TPR", "GORC", "TOR"});
  EXPECT_EQ(wrong(without), std::vector<std::string>{});
  for (const auto& [name, value] : without) {
    counters less = without;
    --less[name];
    EXPECT_EQ(wrong(less), std::vector<std::string>{std::string(name)});
  }
}

// a frame that the reset ended on the wire is in no counter.
TEST_F(counters_over_a_reset, what_the_reset_ended_was_not_counted) {
  enable(true);
  begin(1), end(1), store(1);
  event_of(stage::reconfigure, 0, ring_change, 64);
  begin(2);
  enable(false);
  read_counters();
  reset();
  end(2);
  event_of(stage::filter_reject, 2, 0, static_cast<std::uint64_t>(drop_reason::nic_reset));
  enable(true);
  event_of(stage::reconfigure, 0, ring_change | reconfiguration_ended, 64);
  begin(3), end(3), store(3);
  enable(false);
  read_counters();
  expect_exact({{"GPRC", 2}, {"BPRC", 1}, {"PRC64", 1}, {"PRC1023", 1}, {"TPR", 2}, {"GORC", 664}, {"TOR", 664}});
}

// FS 6.10: what came while EN was 0 is not counted, and excuses nothing; nor does a frame whose preamble met the rise
// of EN.
TEST_F(counters_over_a_reset, what_came_while_disabled_is_not_counted) {
  enable(true);
  begin(1), end(1), store(1);
  event_of(stage::reconfigure, 0, ring_change, 64);
  enable(false);
  begin(2);
  enable(false);
  end(2);
  event_of(stage::filter_reject, 2, 0, static_cast<std::uint64_t>(drop_reason::rx_disabled));
  read_counters();
  reset();
  begin(3);
  enable(false);
  enable(true);
  event_of(stage::reconfigure, 0, ring_change | reconfiguration_ended, 64);
  end(3), store(3);
  enable(false);
  read_counters();
  expect_exact({{"GPRC", 2}, {"BPRC", 1}, {"PRC64", 1}, {"PRC1023", 1}, {"TPR", 2}, {"GORC", 664}, {"TOR", 664}});
}

// A frame may be lost to a down and up only while one is under way: a live change takes nothing down (FS 10.8, R-3).
TEST(scoreboard_downs, a_live_change_loses_no_frame) {
  constexpr auto disabled = static_cast<std::uint64_t>(drop_reason::rx_disabled);
  const std::vector<planned_frame> frames = three_frames();
  const auto complaints = [&frames](const std::string& action, reconfiguration kind) {
    scoreboard board(
        frames, epochs_of(load_scenario(
                    "", std::vector<std::string>{"driver.rx_checksum=true", "reconfigure.actions=10us:" + action})));
    const auto tell = [&](stage what, frame_id frame, std::uint64_t a, std::uint64_t b) {
      board.on_event({.time = 1 * us, .frame = frame, .a = a, .b = b, .what = what});
    };
    tell(stage::reconfigure, 0, static_cast<std::uint64_t>(kind), 0);
    tell(stage::wire_sof, 1, frames[0].wire_bytes, 0);
    tell(stage::filter_reject, 1, 0, disabled);
    return board.complaints().size();
  };
  EXPECT_EQ(complaints("ring=64", reconfiguration::ring_size), 0U);
  EXPECT_EQ(complaints("mtu=4000", reconfiguration::mtu), 0U);
  EXPECT_EQ(complaints("rx_csum=off", reconfiguration::rx_checksum), 0U);
  EXPECT_EQ(complaints("rx_csum=on", reconfiguration::rx_checksum), 1U);  // it was on
  EXPECT_EQ(complaints("promisc=off", reconfiguration::promiscuous), 1U);
  EXPECT_EQ(complaints("vlan_strip=off", reconfiguration::vlan_strip), 1U);
}

}  // namespace
}  // namespace ringside::platform

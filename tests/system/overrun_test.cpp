// SPDX-License-Identifier: Apache-2.0
// Too much traffic: the FIFO overruns, the chip's counters say so, and reception goes on as soon as there is room.
//
// Each run is a burst nobody can keep up with, a pause, and twenty frames at ease, which must all arrive.
#include <gtest/gtest.h>

#include <ostream>

#include "tests/system/run_machine.h"

namespace ringside::test {
namespace {

constexpr unsigned slow_frames = 20;

std::vector<offered_frame> burst_then_ease(unsigned burst, std::uint32_t size, sim_time pause) {
  std::vector<offered_frame> frames;
  for (unsigned i = 0; i < burst; ++i) frames.push_back(udp_frame_of(size, static_cast<std::uint16_t>(i), 0));
  const sim_time line = static_cast<sim_time>(burst) * (size + 20) * 8 * ns;
  for (unsigned i = 0; i < slow_frames; ++i)
    frames.push_back(udp_frame_of(size, static_cast<std::uint16_t>(burst + i), line + pause + i * 100 * us));
  return frames;
}

struct pressure {
  const char* name;
  unsigned burst;
  std::uint32_t size;
  settings set;
};
void PrintTo(const pressure& p, std::ostream* out) {
  *out << p.name;
}

class overrun : public testing::TestWithParam<pressure> {};

TEST_P(overrun, is_counted_and_ends) {
  const pressure& p = GetParam();
  const outcome o = run_machine(p.set, burst_then_ease(p.burst, p.size, 20 * ms));
  EXPECT_EQ(complaints_of(o), "");
  EXPECT_EQ(o["offered"], p.burst + slow_frames);
  EXPECT_EQ(o["offered"], o["delivered"] + o["consumed"] + o["dropped"]);
  EXPECT_GT(o["drop.fifo_overflow"], 0U);
  EXPECT_EQ(o["chip.MPC"], o["drop.fifo_overflow"]);  // R-31, FS 6.10
  EXPECT_GT(o["cause.rxo"], 0U);
  EXPECT_EQ(o["chip.GPRC"] + o["chip.MPC"], o["offered"]) << "good frames are received or missed";
  EXPECT_EQ(o["last_read"], o["offered"]) << "the last frame of the easy part arrived";
}

INSTANTIATE_TEST_SUITE_P(
    loads, overrun,
    testing::Values(pressure{"line_rate_64", 1500, 64, {"nic.pba_kb=8", "driver.promiscuous=true"}},
                    pressure{"slow_cpu", 1500, 64, {"nic.pba_kb=8", "cpu.clock_mhz=200"}},
                    pressure{"bus_33mhz", 300, 1518, {"nic.pba_kb=8", "bus.clock_mhz=100/3", "driver.ring_size=1024"}},
                    pressure{"bus_33mhz_64", 1500, 64, {"nic.pba_kb=8", "bus.clock_mhz=100/3"}},
                    pressure{"whole_fifo", 3000, 64, {"bus.clock_mhz=100/3"}},
                    pressure{"two_cpus", 1500, 64, {"nic.pba_kb=8", "cpu.count=2", "cpu.clock_mhz=300"}}),
    [](const auto& row) { return std::string(row.param.name); });

// Line rate of 1518 bytes both ways is 247 MB/s, the bus of 66 MHz moves 267 MB/s in data phases alone: with what
// bursts of 256 bytes cost beside them, something has to give.  The card's arbiter goes round between the two
// directions (docs/rtl/mst_arb.md): what is sent goes out at line rate, what comes in has the rest, and that is most of
// it.
TEST(overrun_bus, neither_direction_starves_the_other_one) {
  constexpr unsigned frames = 700;
  const outcome o =
      run_machine({"cpu.clock_mhz=8000", "cpu.count=2", "driver.eeprom_delay=1us", "driver.ring_size=256",
                   "stack.neighbours=10.0.0.1=02:00:00:00:00:01", "stack.rcvbuf=16MB", "net.core.wmem_default=1MB",
                   "wire.start=90ms", "gen.size=1518", "gen.rate=line", "gen.count=700", "app.also_sends=on",
                   "app.bytes=1472", "app.count=700", "app.interval=0us"});
  EXPECT_EQ(complaints_of(o), "");
  EXPECT_EQ(o["chip.GPTC"], frames);
  EXPECT_EQ(o["offered"], o["delivered"] + o["drop.fifo_overflow"]);
  EXPECT_GT(o["drop.fifo_overflow"], 0U) << "the bus cannot carry all of it";
  EXPECT_GT(o["delivered"], frames * 6 / 10);
}

// FS 6.10: RNBC counts frames that found no descriptor, whether or not they were stored until there was one.
TEST(overrun_ring, empty_ring_counts_rnbc) {
  const outcome o = run_machine({"driver.ring_size=48", "cpu.clock_mhz=200"}, burst_then_ease(400, 64, 20 * ms));
  EXPECT_EQ(complaints_of(o), "");
  EXPECT_GT(o["chip.RNBC"], 0U);
  EXPECT_EQ(o["chip.RNBC"], o["rnbc_events"]);
  EXPECT_EQ(o["chip.MPC"], o["drop.fifo_overflow"]);
  EXPECT_EQ(o["last_read"], o["offered"]);
}

TEST(overrun_ring, nothing_is_lost_or_counted_at_ease) {
  const outcome o = run_machine({}, burst_then_ease(0, 64, 0));
  EXPECT_EQ(complaints_of(o), "");
  EXPECT_EQ(o["delivered"], slow_frames);
  EXPECT_EQ(o["chip.MPC"], 0U);
  EXPECT_EQ(o["chip.RNBC"], 0U);
  EXPECT_EQ(o["cause.rxo"], 0U);
}

}  // namespace
}  // namespace ringside::test

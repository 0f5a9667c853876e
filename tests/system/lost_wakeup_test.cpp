// SPDX-License-Identifier: Apache-2.0
// A frame may arrive at any clock around the end of a poll: NAPI's order loses none, and the planted bug loses those of
// one window (R-21, I-1, I-5, D-4).
//
// NAPI looks at the ring for the last time, completes, and unmasks.  What comes in between latches its cause in ICR,
// mask or no mask (I-1), and the IMS write raises INTA# for it (I-5).  The watchdog, whose ICS would rescue a stranded
// frame after two seconds, is off.
#include <gtest/gtest.h>

#include <iterator>
#include <string>
#include <vector>

#include "tests/system/wakeup_sweep.h"

namespace ringside::test {
namespace {

// Clocks between positions.  All of them for one load and, labelled full, for each; a fork with AddressSanitizer's
// shadow memory costs fifteen times as much.
#ifdef __SANITIZE_ADDRESS__
constexpr std::int64_t finest = 16;
constexpr std::int64_t coarse = 16;
#else
constexpr std::int64_t finest = 1;
constexpr std::int64_t coarse = 5;
#endif

struct load {
  const char* name;
  settings set;
  unsigned frames = 3;
  std::int64_t after = 150;
  std::int64_t step = finest;
};

std::ostream& operator<<(std::ostream& out, const load& l) {
  return out << l.name;
}

const load loads[] = {
    {"as_linux", {}},
    {"itr_off", {"driver.itr=off"}},
    {"fast_cpu", {"driver.itr=off", "cpu.clock_mhz=6000"}},
    {"slow_cpu", {"driver.itr=off", "cpu.clock_mhz=400"}},
    {"packet_timer", {"driver.itr=off", "driver.rdtr=1", "driver.radv=4", "cpu.clock_mhz=100"}},
    {"timer_and_itr", {"driver.itr=8000", "driver.rdtr=3", "cpu.clock_mhz=50"}},
    {"slow_bridge", {"driver.itr=off", "bridge.drain_latency_ns=3000"}},
    {"slow_bus", {"driver.itr=off", "bus.clock_mhz=100/3", "bus.wait_states=2"}, 3, 400},
    {"burst", {"driver.itr=off"}, 7},
    {"two_cpus", {"driver.itr=off", "cpu.count=2", "cpu.task_affinity=1"}},
};

/// How many positions fell where.
struct places {
  unsigned same_poll = 0;  // taken before the last look
  unsigned masked = 0;     // missed by the last look, cause before the unmask: INTA# must come with the IMS write
  unsigned idle = 0;       // cause after the unmask
  unsigned stranded = 0;   // never read
};

places judge(const std::vector<wakeup>& sweep, bool acks) {
  places seen;
  for (const wakeup& w : sweep) {
    SCOPED_TRACE("last frame at " + std::to_string(w.sof) + " ps");
    EXPECT_GE(w.visible, 0);
    EXPECT_GE(w.cause, 0);
    EXPECT_EQ(w.breaches, "");
    const bool in_poll = w.taken >= 0 && w.taken < w.complete;
    if (in_poll) {
      ++seen.same_poll;
    } else {
      EXPECT_GE(w.unmask, 0);
      ++(w.cause < w.unmask ? seen.masked : seen.idle);
    }
    // The bug strands a frame that the poll did not see and whose cause was there to be cleared.  A cause of the same
    // clock as the write stays (I-4).
    const bool stranded = acks && !in_poll && w.visible > w.checked && w.cause < w.ack;
    EXPECT_EQ(w.read < 0, stranded);
    seen.stranded += w.read < 0 ? 1 : 0;
    EXPECT_EQ(w.ack >= 0, acks);
  }
  return seen;
}

/// The swept window is whole: one position per `step`, with frames on either side of it.
void expect_crossed(const std::vector<wakeup>& sweep, const places& seen, std::int64_t step) {
  for (std::size_t i = 1; i < sweep.size(); ++i)
    ASSERT_EQ(sweep[i].sof - sweep[i - 1].sof, step * rtl_clock) << "position " << i;
  EXPECT_GE(static_cast<std::int64_t>(sweep.size()) * step, 250);  // ten loads: 2,500 clocks at the least
  testing::Test::RecordProperty("positions", static_cast<int>(sweep.size()));
  testing::Test::RecordProperty("stranded", static_cast<int>(seen.stranded));
  EXPECT_GT(seen.same_poll, 0U);
  EXPECT_GT(seen.masked, 0U);
  EXPECT_GT(seen.idle, 0U);
}

class lost_wakeup : public testing::TestWithParam<load> {};
class planted_wakeup : public testing::TestWithParam<load> {};

TEST_P(lost_wakeup, none_in_napis_order) {
  const sweep_range clocks{.frames = GetParam().frames, .after = GetParam().after, .step = GetParam().step};
  const auto sweep = sweep_wakeup(GetParam().set, clocks);
  expect_crossed(sweep, judge(sweep, false), GetParam().step);
}

// The window is the one that judge() works out, clock by clock; there is one in every load.
TEST_P(planted_wakeup, strands_between_the_last_look_and_the_clear) {
  const sweep_range clocks{.frames = GetParam().frames, .after = GetParam().after, .step = GetParam().step};
  const auto sweep = sweep_wakeup(GetParam().set + settings{"driver.ack_after_poll=on"}, clocks);
  const places seen = judge(sweep, true);
  expect_crossed(sweep, seen, GetParam().step);
  EXPECT_GT(seen.stranded, 0U);
  EXPECT_LE(seen.stranded, seen.masked);
}

std::string name_of(const testing::TestParamInfo<load>& i) {
  return i.param.name;
}

// Every clock for the first, one in `coarse` for the others.
std::vector<load> some_positions() {
  std::vector<load> out(std::begin(loads), std::end(loads));
  for (std::size_t i = 1; i < out.size(); ++i) out[i].step = coarse;
  return out;
}

INSTANTIATE_TEST_SUITE_P(loads, lost_wakeup, testing::ValuesIn(some_positions()), name_of);
INSTANTIATE_TEST_SUITE_P(full_loads, lost_wakeup, testing::ValuesIn(loads), name_of);
INSTANTIATE_TEST_SUITE_P(loads, planted_wakeup, testing::Values(some_positions()[0], some_positions()[6]), name_of);
INSTANTIATE_TEST_SUITE_P(full_loads, planted_wakeup, testing::ValuesIn(loads), name_of);

}  // namespace
}  // namespace ringside::test

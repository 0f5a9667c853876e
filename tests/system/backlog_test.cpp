// SPDX-License-Identifier: Apache-2.0
// Receive livelock: without NAPI a CPU that cannot keep up spends itself in interrupts, and the backlog overflows.
//
// J. C. Mogul, K. K. Ramakrishnan, "Eliminating receive livelock in an interrupt-driven kernel", ACM TOCS 15(3), 1997.
#include <gtest/gtest.h>

#include <iostream>

#include "tests/system/run_machine.h"

namespace ringside::test {
namespace {

constexpr unsigned window_ms = 30;

/// `rate` frames a second for window_ms to a slow CPU.
outcome offer(const char* mode, unsigned rate) {
  return run_machine({"cpu.clock_mhz=400", "driver.itr=off", "gen.size=64", std::string("driver.mode=") + mode,
                      "gen.rate=" + std::to_string(rate) + "pps",
                      "gen.count=" + std::to_string(rate / 1000 * window_ms)});
}

void print(const char* mode, unsigned rate, const outcome& o) {
  std::cout << mode << ' ' << rate << " pps: offered " << o["offered"] << ", delivered " << o["delivered"]
            << ", backlog full " << o["drop.backlog_full"] << ", FIFO overflow " << o["drop.fifo_overflow"]
            << ", hardirqs " << o["hardirqs"] << '\n';
}

constexpr unsigned bearable = 40'000;
constexpr unsigned too_much = 400'000;

TEST(backlog, nothing_is_dropped_at_a_rate_the_cpu_can_bear) {
  for (const char* mode : {"irq", "napi"}) {
    const outcome o = offer(mode, bearable);
    print(mode, bearable, o);
    EXPECT_EQ(complaints_of(o), "");
    EXPECT_EQ(o["delivered"], o["offered"]) << mode;
  }
}

TEST(backlog, overflows_under_overload_and_says_so) {
  const outcome o = offer("irq", too_much);
  print("irq", too_much, o);
  EXPECT_EQ(complaints_of(o), "");
  EXPECT_GT(o["drop.backlog_full"], 0U);
  EXPECT_NE(o.json.find("\"backlog_full\": " + std::to_string(o["drop.backlog_full"])), std::string::npos) << o.json;
}

// The same window of time: ten times the load brings the application less than before, and with NAPI it does not.
TEST(livelock, more_load_brings_less_in_irq_mode_and_not_in_napi) {
  const outcome irq_before = offer("irq", bearable);
  const outcome irq_after = offer("irq", too_much);
  const outcome napi_before = offer("napi", bearable);
  const outcome napi_after = offer("napi", too_much);
  print("irq", bearable, irq_before);
  print("irq", too_much, irq_after);
  print("napi", bearable, napi_before);
  print("napi", too_much, napi_after);
  EXPECT_LT(irq_after["delivered"], irq_before["delivered"]);
  EXPECT_GE(napi_after["delivered"], napi_before["delivered"]);
  EXPECT_EQ(napi_after["drop.backlog_full"], 0U);
}

// A quota of one is an interrupt per frame, and every frame is still taken.
TEST(backlog, a_quota_of_one_delivers_every_frame_with_its_own_interrupt) {
  const settings set{"driver.mode=irq", "gen.size=64..400", "gen.rate=20%", "gen.count=200"};
  const outcome one = run_machine(set + settings{"driver.irq_quota=1"});
  const outcome all = run_machine(set);
  for (const outcome* o : {&one, &all}) {
    EXPECT_EQ(complaints_of(*o), "");
    EXPECT_EQ((*o)["delivered"], 200U);
  }
  EXPECT_GE(one["hardirqs"], 200U);
  EXPECT_LT(all["hardirqs"], 200U);
}

}  // namespace
}  // namespace ringside::test

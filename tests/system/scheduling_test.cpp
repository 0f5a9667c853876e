// SPDX-License-Identifier: Apache-2.0
// Scheduler, softirqs and CPU accounts on the whole machine.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <iostream>
#include <memory>
#include <sstream>

#include "common/drop_reason.h"
#include "platform/machine/machine.h"
#include "platform/scenario/loader.h"
#include "platform/source/make_source.h"
#include "tests/common/forked.h"
#include "tests/common/list_source.h"
#include "tests/system/run_machine.h"

namespace ringside::test {
namespace {

constexpr sim_time tick = 4 * ms;  // HZ=250

class each_event final : public event_consumer {
 public:
  explicit each_event(std::function<void(const event&)> call) : call_(std::move(call)) {}
  void on_event(const event& e) override { call_(e); }

 private:
  std::function<void(const event&)> call_;
};

/// Runs a scenario and passes every event on; what `result` makes of it and of the counters comes back.
std::string watch(const settings& s, const std::vector<offered_frame>& frames, std::function<void(const event&)> seen,
                  const std::function<std::string(const platform::run_counters&)>& result) {
  return run_forked([&] {
    const platform::scenario plan = platform::load_scenario("", s);
    const std::unique_ptr<frame_source> own = frames.empty() ? platform::make_source(plan) : nullptr;
    list_source given(frames);
    platform::machine m(plan, own ? *own : static_cast<frame_source&>(given));
    each_event consumer(std::move(seen));
    m.events().add_consumer(consumer);
    m.run({});
    return result(m.counters());
  });
}

// No socket has the port, and without a checksum the changed one is not seen.
offered_frame to_nobody(offered_frame f) {
  f.bytes[37] ^= 1;
  f.bytes[40] = f.bytes[41] = 0;
  return f;
}

// After a flood ksoftirqd has run much longer than the application, which slept.  CFS places both by min_vruntime when
// they wake: the next burst is polled after a tick or two, not when the application has caught up.
void polls_soon_after_a_flood(unsigned flood, unsigned burst) {
  std::vector<offered_frame> frames;
  std::uint16_t sequence = 0;
  for (unsigned i = 0; i < flood; ++i) frames.push_back(to_nobody(udp_frame_of(64, sequence++, i * 672 * ns)));
  const sim_time second = flood * 672 * ns + 15 * ms;
  for (unsigned i = 0; i < burst; ++i) frames.push_back(udp_frame_of(64, sequence++, second + i * 2500 * ns));
  const frame_id first_of_burst = flood + 1;

  sim_time begun = 0;
  sim_time last_poll = 0;
  sim_time end = 0;
  sim_time longest = 0;
  bool ran = false;
  const std::string got = watch(
      {"nic.kind=model", "cpu.clock_mhz=500", "driver.ring_size=4096", "stack.app_cost_ns=1000000",
       "stack.rcvbuf=1073741824", "run.drain_ms=20", "checker.enabled=off"},
      frames,
      [&](const event& e) {
        if (e.what == stage::ksoftirqd_run && begun == 0) ran = true;
        if (e.what == stage::wire_eof && e.frame == first_of_burst) begun = last_poll = e.time;
        if (e.what == stage::wire_eof) end = e.time;
        if (e.what != stage::napi_poll || begun == 0 || last_poll > end) return;
        longest = std::max(longest, e.time - last_poll);
        last_poll = e.time;
      },
      [&](const platform::run_counters&) { return fmt::format("{} {} {}", ran ? 1 : 0, begun, longest); });
  std::istringstream in(got);
  int flooded = 0;
  in >> flooded >> begun >> longest;
  EXPECT_EQ(flooded, 1) << "the flood is ksoftirqd's";
  ASSERT_GT(begun, 0);
  std::cout << "longest wait for a poll " << longest / us << " us\n";
  // The tick that ends the application's slice of 3 ms comes up to 4 ms later, and the one after it when it has had
  // less than ksoftirqd; then comes the switch and what was being polled.
  EXPECT_LE(longest, 2 * tick + 1 * ms) << longest / us << " us";
}

TEST(scheduling, ksoftirqd_does_not_starve_after_a_flood) {
  polls_soon_after_a_flood(30'000, 4'000);
}
TEST(scheduling, full_ksoftirqd_does_not_starve_after_a_long_flood) {
  polls_soon_after_a_flood(90'000, 40'000);
}

// Cycles are charged when they are spent: also where a run ends in the middle of a second of work.
TEST(cpu_accounts, shares_add_up_wherever_a_run_is_cut) {
  for (const char* limit : {"5ms", "60ms", "95ms", "105ms", "123456us", "140ms", "200ms"}) {
    const std::string got = watch(
        {"nic.kind=model", "cpu.count=2", "cpu.task_affinity=0", "gen.count=1000", "gen.rate=100000pps",
         "stack.app_cost_ns=700000000", "checker.enabled=off", std::string("run.time_limit=") + limit},
        {}, [](const event&) {},
        [](const platform::run_counters& c) {
          std::string out = fmt::format("{}", c.sim_time_ps);
          for (const platform::cpu_times& t : c.cpus)
            out += fmt::format(" {} {} {} {}", t.task, t.softirq, t.hardirq, t.idle);
          return out;
        });
    std::istringstream in(got);
    sim_time whole = 0;
    in >> whole;
    for (int cpu = 0; cpu < 2; ++cpu) {
      sim_time sum = 0;
      for (int i = 0; i < 4; ++i) {
        sim_time part = -1;
        in >> part;
        EXPECT_GE(part, 0) << limit << ": " << got;
        EXPECT_LE(part, whole) << limit << ": " << got;
        sum += part;
      }
      EXPECT_EQ(sum, whole) << limit << ": " << got;
    }
  }
}

struct seen_values {
  std::uint64_t budget = 0;     // of the first poll of a softirq
  std::uint64_t ksoftirqd = 0;  // runs
  std::uint64_t drops = 0;      // backlog full
  std::uint64_t batch = 0;      // most packets that enter the stack before the first of them reaches IP
};
seen_values run_with(const settings& s, const std::vector<offered_frame>& frames = {}) {
  seen_values v;
  std::uint64_t batch = 0;
  const std::string got = watch(
      settings{"nic.kind=model", "gen.count=600", "gen.size=64", "cpu.clock_mhz=400"} + s, frames,
      [&](const event& e) {
        if (e.what == stage::napi_poll) v.budget = std::max(v.budget, e.a);
        if (e.what == stage::ksoftirqd_run) ++v.ksoftirqd;
        if (e.what == stage::skb_drop && e.b == static_cast<std::uint64_t>(drop_reason::backlog_full)) ++v.drops;
        if (e.what == stage::netif_receive_skb) v.batch = std::max(v.batch, ++batch);
        if (e.what == stage::ip_rcv) batch = 0;
      },
      [&](const platform::run_counters&) {
        return fmt::format("{} {} {} {}", v.budget, v.ksoftirqd, v.drops, v.batch);
      });
  std::istringstream in(got);
  in >> v.budget >> v.ksoftirqd >> v.drops >> v.batch;
  return v;
}

// The kernel's keys reach the kernel.
TEST(sysctl, net_core_reaches_the_kernel) {
  EXPECT_EQ(run_with({}).budget, 300U);
  EXPECT_EQ(run_with({"net.core.netdev_budget=77"}).budget, 77U);
  EXPECT_EQ(run_with({"driver.mode=irq"}).drops, 0U);
  EXPECT_GT(run_with({"driver.mode=irq", "net.core.netdev_max_backlog=20"}).drops, 0U);
  EXPECT_EQ(run_with({}).batch, 8U);
  EXPECT_EQ(run_with({"net.core.gro_normal_batch=13"}).batch, 13U);
  EXPECT_EQ(run_with({"net.core.gro_normal_batch=1"}).batch, 1U);
  // A pass for each frame, a few frames for each interrupt; no task is woken, which would end a softirq run, too.
  const settings passes{"cpu.clock_mhz=2000", "driver.budget=1"};
  std::vector<offered_frame> frames;
  for (std::uint16_t i = 0; i < 100; ++i) frames.push_back(to_nobody(udp_frame_of(64, i, i * 15 * us)));
  EXPECT_EQ(run_with(passes, frames).ksoftirqd, 0U);
  EXPECT_GT(run_with(passes + settings{"kernel.softirq_restarts=1"}, frames).ksoftirqd, 0U);
  EXPECT_GT(run_with(passes + settings{"kernel.softirq_time=0"}, frames).ksoftirqd, 0U);
}

}  // namespace
}  // namespace ringside::test

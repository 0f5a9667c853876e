// SPDX-License-Identifier: Apache-2.0
// Interrupt mode with a quota: no more frames per interrupt than asked for, and none left behind.
#include <algorithm>

#include "tests/sw/driver/bench.h"

namespace ringside::test {
namespace {

driver::config quota_of(std::uint32_t frames) {
  driver::config c;
  c.mode = driver::receive_mode_kind::irq;
  c.irq_quota = frames;
  return c;
}

// `count` frames lie in memory when the interrupt comes.
void receive_at_once(bench& b, unsigned count) {
  b.host.events.clear();
  b.nic.writes.clear();
  b.nic.raise_rxt0 = false;
  for (unsigned i = 0; i < count; ++i) b.receive(udp_frame(pattern(30, static_cast<std::uint8_t>(i))));
  b.nic.raise_rxt0 = true;
  b.nic.set_cause(icr::RXT0);
  b.host.run_for(2 * ms);
}

/// Frames taken in each hard interrupt that took any.
std::vector<unsigned> taken_per_interrupt(const bench& b) {
  std::vector<unsigned> taken;
  for (const event& e : b.host.events) {
    if (e.what == stage::hardirq_enter) taken.push_back(0);
    if (e.what == stage::desc_take) ++taken.back();
  }
  std::erase(taken, 0U);
  return taken;
}

TEST(irq_quota, limits_the_frames_of_one_interrupt) {
  bench b(quota_of(4));
  b.up();
  b.listen({5000});
  b.host.run_for(1 * ms);
  receive_at_once(b, 18);
  EXPECT_EQ(taken_per_interrupt(b), (std::vector<unsigned>{4, 4, 4, 4, 2}));
  EXPECT_EQ(b.nic.values_written(reg::ICS), (std::vector<std::uint32_t>(4, icr::RXT0)));
  EXPECT_EQ(b.read.size(), 18U);
}

TEST(irq_quota, of_one_takes_one_frame_per_interrupt) {
  bench b(quota_of(1));
  b.up();
  b.listen({5000});
  b.host.run_for(1 * ms);
  receive_at_once(b, 5);
  EXPECT_EQ(taken_per_interrupt(b), std::vector<unsigned>(5, 1U));
  EXPECT_EQ(b.read.size(), 5U);
}

TEST(irq_quota, off_takes_all_there_is) {
  bench b(quota_of(0));
  b.up();
  b.listen({5000});
  b.host.run_for(1 * ms);
  receive_at_once(b, 18);
  EXPECT_EQ(taken_per_interrupt(b), std::vector<unsigned>{18});
  EXPECT_TRUE(b.nic.values_written(reg::ICS).empty());
  EXPECT_EQ(b.read.size(), 18U);
}

TEST(irq_quota, means_nothing_to_napi) {
  driver::config c = quota_of(1);
  c.mode = driver::receive_mode_kind::napi;
  bench b(c);
  b.up();
  b.listen({5000});
  b.host.run_for(1 * ms);
  receive_at_once(b, 18);
  EXPECT_TRUE(b.nic.values_written(reg::ICS).empty());
  EXPECT_EQ(b.read.size(), 18U);
}

}  // namespace
}  // namespace ringside::test

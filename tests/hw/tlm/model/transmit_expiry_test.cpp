// SPDX-License-Identifier: Apache-2.0
// A packet that completes around the clock in which a transmit timer expires: T-60, T-61.
#include <gtest/gtest.h>

#include "tests/hw/tlm/model/transmit_bench.h"

namespace ringside::test::transmit_expiry_tests {
namespace {

// T-61: the second packet completes a clock before the first one's timer expires, in its clock, behind it; its
// write-back takes longer than that.  Both are told of, and no interrupt comes for nothing.
TEST(transmit_expiry, takes_along_what_completes_with_it) {
  constexpr std::uint32_t delay = 10;
  constexpr sim_time timer_unit = 1024 * ns;
  constexpr int clocks = 12;
  sim_time to_completion = 0;
  std::size_t once = 0;
  for (int at = -clocks; at <= clocks; ++at) {
    transmit_bench card;
    card.open_transmit();
    card.write(reg::TIDV, delay);
    card.bus_delay = [](const tlm::dma_transfer& t) { return t.kind == tlm::dma_kind::tx_writeback ? 2 * us : 0; };
    const auto completed = [&card](std::size_t n) { return card.events(stage::tx_fifo_commit).size() == n; };
    card.post(0, counting_frame(64), cmd::whole | cmd::IDE);
    card.post(1, counting_frame(64), cmd::whole | cmd::IDE);
    const sim_time rung = card.now();
    card.doorbell(1);
    ASSERT_TRUE(card.run_until_seen([&] { return completed(1); }));
    const sim_time first = card.events(stage::tx_fifo_commit)[0].time;
    to_completion = first - rung;
    card.run_until(first + delay * timer_unit - to_completion + at * 8 * ns);
    card.doorbell(2);
    card.run_for(3 * delay * timer_unit);
    ASSERT_TRUE(completed(2));
    std::vector<sim_time> written, told;
    for (const auto& r : card.transfers(tlm::dma_kind::tx_writeback)) written.push_back(r.ended);
    for (const event& e : card.events(stage::cause_set))
      if ((e.a & icr::TXDW) != 0) told.push_back(e.time);
    ASSERT_EQ(written.size(), 2U);
    ASSERT_FALSE(told.empty());
    EXPECT_GT(told.back(), written[1]) << at;
    if (told.size() == 1) {
      ++once;
      continue;
    }
    ASSERT_EQ(told.size(), 2U) << at;
    EXPECT_GT(written[1], told[0]) << at << ": the second TXDW tells of nothing";
  }
  EXPECT_GE(once, 1U);
  EXPECT_LT(once, 2U * clocks);
}

}  // namespace
}  // namespace ringside::test::transmit_expiry_tests

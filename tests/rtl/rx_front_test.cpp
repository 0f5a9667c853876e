// The receive front as a whole: frames from pins to FIFO, the length and CRC table of 6.8, counters of 6.10, events.
#include <gtest/gtest.h>

#include "tests/rtl/front_bench.h"

namespace ringside::rtl_test {
namespace {

const bytes station = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
const bytes broadcast(6, 0xFF);
constexpr std::uint32_t rctl_en = 1U << 1;
constexpr std::uint32_t rctl_bam = 1U << 15;

TEST(rx_front, stores_a_plain_frame) {
  front_bench bench;
  bench.pins().rctl_i = rctl_en | rctl_bam;
  const bytes frame = make_frame(station, 64);
  bench.send(frame);
  const auto frames = bench.drain();
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0].data, frame);
  EXPECT_EQ(frames[0].tag, 1U);
  EXPECT_EQ(frames[0].status, 0x04);
  EXPECT_EQ(frames[0].errors, 0x00);
  EXPECT_EQ(bench.read(reg::GPRC), 1U);
  EXPECT_EQ(bench.read(reg::GPRC), 0U);
  const auto events = bench.take_events();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_TRUE(events[0].accept);
  EXPECT_TRUE(events[1].commit);
}

}  // namespace
}  // namespace ringside::rtl_test

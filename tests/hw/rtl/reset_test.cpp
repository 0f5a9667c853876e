// SPDX-License-Identifier: Apache-2.0
// CTRL.RST in every state of the DMA, through memory and I/O: rules, N-10, N-13.
#include "tests/hw/rtl/back_setup.h"
#include "tests/hw/rtl/rounds.h"

namespace {
using namespace ringside;
using namespace ringside::rtl_test;

// Starts traffic, resets `delay` cycles later, and checks that the chip is silent, clean and usable afterwards.
void reset_during_traffic(unsigned delay, bool io, bool slow_bus) {
  SCOPED_TRACE(testing::Message() << "delay " << delay << (io ? " io" : " mmio") << (slow_bus ? " slow" : " fast"));
  top_bench bench;
  bench.timing = slow_bus ? bus_timing{100, 400, 40} : bus_timing{12, 30, 10};
  open(bench, {.rctl = rctl_for(256), .stride = 256});
  bench.write(reg::RXDCTL, 8U << rxdctl::PTHRESH_SHIFT | 1U << rxdctl::WTHRESH_SHIFT | rxdctl::GRAN);
  for (int i = 0; i < 6; ++i) bench.send(make_frame(station, 700, i));
  bench.run(delay);
  if (io) {
    bench.write_io(0, reg::CTRL);
    bench.write_io(4, ctrl::RST);
  } else {
    bench.write(reg::CTRL, ctrl::RST);
  }
  // the target side answers all along (N-13), INTA# is down
  bool cleared = false;
  for (int i = 0; i < 1000 && !cleared; ++i) {
    cleared = (bench.read(reg::CTRL) & ctrl::RST) == 0;
    if (!cleared) {
      EXPECT_FALSE(bench.intx());
    }
  }
  ASSERT_TRUE(cleared);
  EXPECT_EQ(bench.outstanding(), 0U);
  const std::size_t ops = bench.log.size();
  EXPECT_FALSE(bench.intx());
  EXPECT_EQ(bench.read(reg::IMS), 0U);
  EXPECT_EQ(bench.read(reg::ICR), 0U);
  EXPECT_EQ(bench.read(reg::RDT), 0U);
  bench.run_until([&] { return bench.wire_idle(); });
  bench.run(800);
  EXPECT_EQ(bench.log.size(), ops);  // N-10
  EXPECT_FALSE(bench.intx());

  // fresh rings: what was in the FIFO or on chip before is gone
  open_options options{.ring = 0x50000, .first_buffer = 0x900000};
  open(bench, options);
  const bytes frame = make_frame(station, 333, 99);
  bench.send(frame);
  ASSERT_TRUE(bench.run_until([&] { return bench.intx(); }, 20000));
  EXPECT_EQ(bench.descriptor_at(0).status & dd_eop, dd_eop);
  EXPECT_EQ(bench.bytes_at(0x900000, 333), frame);
  EXPECT_EQ(bench.read(reg::RDH), 1U);
  EXPECT_EQ(bench.read(reg::GPRC), 1U);
}

TEST(reset, in_every_state_of_the_dma_on_a_fast_bus) {
  const unsigned step = 1700 / rounds(131, 340);  // odd and even clocks alike
  for (unsigned delay = 0; delay < 1700; delay += step) reset_during_traffic(delay, delay % 2, false);
}

TEST(reset, in_every_state_of_the_dma_on_a_slow_bus) {
  const unsigned step = 4000 / rounds(97, 235);
  for (unsigned delay = 0; delay < 4000; delay += step) reset_during_traffic(delay, delay % 2, true);
}

TEST(reset, waits_for_the_bus_however_long_it_takes) {
  top_bench bench;
  open(bench);
  bench.send(make_frame(station, 64));
  ASSERT_TRUE(bench.run_until([&] { return !bench.ops(kind::payload).empty(); }));
  bench.frozen = true;
  bench.write(reg::CTRL, ctrl::RST);
  bench.run(5000);
  EXPECT_NE(bench.read(reg::CTRL) & ctrl::RST, 0U);
  EXPECT_TRUE(bench.resets.empty());
  EXPECT_EQ(bench.read(reg::FCAL), 0U);  // N-13
  bench.frozen = false;
  bench.run(600);  // the descriptor read in flight is drained too
  EXPECT_EQ(bench.read(reg::CTRL) & ctrl::RST, 0U);
  EXPECT_EQ(bench.resets.size(), 1U);
}

TEST(reset, the_frame_tag_goes_on) {
  top_bench bench;
  open(bench);
  bench.send(make_frame(station, 64));
  bench.run(400);
  bench.write(reg::CTRL, ctrl::RST);
  bench.run(10);
  open(bench);
  bench.send(make_frame(station, 64));
  bench.run(400);
  EXPECT_EQ(bench.ops(kind::payload).back().frame_tags.at(0), 2);
}

// P-3: BusMaster and EN both 0, on a bus that ends what it has taken.  Afterwards the ring goes on at RDH.
void stop_during_traffic(unsigned delay, bool master_first) {
  SCOPED_TRACE(testing::Message() << "delay " << delay << (master_first ? " BusMaster first" : " EN first"));
  top_bench bench;
  bench.timing = bus_timing{50, 150, 10};
  open(bench, {.rctl = rctl_for(256), .stride = 256});
  for (int i = 0; i < 6; ++i) bench.send(make_frame(station, 700, i));
  bench.run(delay);
  if (master_first) bench.write_config(4, 3);
  bench.write(reg::RCTL, rctl_for(256) & ~rctl::EN);
  if (!master_first) bench.write_config(4, 3);
  bench.run_until([&] { return bench.wire_idle() && bench.outstanding() == 0; });
  const std::size_t ops = bench.log.size();
  bench.write_config(4, 7);
  bench.run(2000);
  EXPECT_EQ(bench.log.size(), ops);  // N-9, N-10
  const std::uint32_t head = bench.read(reg::RDH);
  for (unsigned i = 0; i < 64; ++i) EXPECT_EQ((bench.descriptor_at(i).status & rxd_status::DD) != 0, i < head) << i;
  bench.write(reg::RCTL, rctl_for(256));
  bench.run(3000);
  const bytes frame = make_frame(station, 200, 99);
  bench.send(frame);
  bench.run(3000);
  const std::uint32_t last = bench.read(reg::RDH) - 1;
  EXPECT_GE(last, head);
  EXPECT_EQ(bench.descriptor_at(last).status & dd_eop, dd_eop);
  EXPECT_EQ(bench.bytes_at(bench.descriptor_at(last).buffer, 200), frame);
}

TEST(reset, a_stop_in_every_state_of_the_dma) {
  for (unsigned delay = 0; delay < 4000; delay += 13) stop_during_traffic(delay, delay % 2 != 0);
}
}  // namespace

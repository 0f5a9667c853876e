// SPDX-License-Identifier: Apache-2.0
// Frames over several descriptors in the driver, over a scripted NIC: FS 10.6.
#include "tests/sw/stack/delivery.h"

namespace ringside::test {
namespace {

TEST(clean_rx_chain, joins_frames_in_buffers_of_every_size) {
  for (const std::uint32_t size : {256U, 512U, 1024U}) {
    SCOPED_TRACE(size);
    bench b(with([size](driver::config& c) { c.buffer_size = size; }));
    b.up();
    expect_all_delivered(b, 150, [](std::size_t i) { return (i * 29) % 1473; });
    EXPECT_GT(b.card.receive_counters().chained, 0U);
  }
}

TEST(clean_rx_chain, joins_jumbo_frames) {
  for (const std::uint32_t size : {0U, 256U, 512U, 1024U, 2048U, 8192U, 16384U}) {
    SCOPED_TRACE(size);
    bench b(with([size](driver::config& c) {
      c.buffer_size = size;
      c.mtu = 9000;
    }));
    b.up();
    expect_all_delivered(
        b, 60, [](std::size_t i) { return (i * 149) % 8973; }, 2);
  }
}

TEST(clean_rx_chain, takes_the_largest_frame) {
  bench b(with([](driver::config& c) { c.mtu = 16110; }));
  b.up();
  expect_all_delivered(
      b, 5, [](std::size_t) { return std::size_t{16110 - 28}; }, 1);
}

TEST(clean_rx_chain, the_fcs_may_straddle_or_stand_alone) {
  // Buffers of 256: lengths with FCS of 256 .. 261 put 0 to 4 bytes of FCS, then data, into the second buffer.
  bench b(with([](driver::config& c) {
    c.buffer_size = 256;
    c.copybreak = 0;
  }));
  b.up();
  expect_all_delivered(
      b, 12, [](std::size_t i) { return 252 - 42 - 4 + i; }, 1);
}

TEST(clean_rx_chain, hands_up_the_frame_without_its_fcs) {
  // UDP would not notice four bytes too many: what counts is the length handed up.
  for (std::size_t payload = 200; payload < 230; ++payload) {
    bench b(with([](driver::config& c) { c.buffer_size = 256; }));
    b.up();
    const bytes frame = udp_frame(pattern(payload, 1));
    b.receive(frame);
    b.host.run_for(1 * ms);
    EXPECT_EQ(b.host.of(stage::skb_build).front().a, frame.size());
    EXPECT_EQ(b.host.of(stage::netif_receive_skb).front().a, frame.size());
  }
}

TEST(clean_rx_chain, an_error_drops_the_whole_chain) {
  bench b(with([](driver::config& c) { c.buffer_size = 256; }));
  b.up();
  b.listen({5000});
  b.host.run_for(1 * ms);
  fake_frame f;
  f.bytes = udp_frame(pattern(1000, 1));
  f.errors = rxd_error::CE;
  b.receive(std::move(f));
  b.receive(udp_frame(pattern(900, 2)));
  b.host.run_for(1 * ms);
  ASSERT_EQ(b.read.size(), 1U);
  EXPECT_TRUE(b.read[0].second == pattern(900, 2));
  EXPECT_EQ(b.net.skbs().dropped(drop_reason::driver_error), 1U);
}

// e1000_clean_jumbo_rx_irq: no memory for a packet ends the poll; what else is finished waits for the next interrupt.
// alloc_rx_buff_failed counts where a packet is copied or its one buffer is all of it, rx_dropped never.
TEST(clean_rx_chain, without_memory_the_frame_is_dropped_and_the_poll_ends) {
  struct row {
    const char* what;
    std::size_t payload;
    std::uint64_t failures;
  };
  for (const row& r : {row{"copied", 20, 1}, row{"in one buffer", 190, 1}, row{"in several", 1000, 0}}) {
    SCOPED_TRACE(r.what);
    bench b(with([](driver::config& c) {
      c.buffer_size = 256;
      c.copybreak = 100;
    }));
    b.up();
    b.listen({5000});
    b.host.run_for(1 * ms);
    b.os.memory().fail_next(1);
    b.receive(udp_frame(pattern(r.payload, 1)));
    b.receive(udp_frame(pattern(900, 2)));
    b.receive(udp_frame(pattern(30, 3)));
    b.host.run_for(1 * ms);
    EXPECT_EQ(b.read.size(), 0U);
    EXPECT_EQ(b.card.receive_counters().buffer_failures, r.failures);
    b.receive(udp_frame(pattern(30, 4)));
    b.host.run_for(1 * ms);
    ASSERT_EQ(b.read.size(), 3U);
    EXPECT_TRUE(b.read[0].second == pattern(900, 2));
    EXPECT_EQ(b.net.skbs().dropped(drop_reason::driver_no_memory), 1U);
    EXPECT_EQ(b.card.device().stats.rx_dropped, 0U);
  }
}

TEST(clean_rx_chain, a_chain_may_span_two_polls) {
  bench b(with([](driver::config& c) {
    c.buffer_size = 256;
    c.budget = 3;
  }));
  b.up();
  expect_all_delivered(b, 30, [](std::size_t i) { return 600 + i * 20; });
}

}  // namespace
}  // namespace ringside::test

// SPDX-License-Identifier: Apache-2.0
// PAUSE both ways (FS 6.9), PHY loopback (FS 8), transmit statistics (FS 9.7) and links slower than 1000 Mb/s.
#include <algorithm>
#include <array>

#include "tests/hw/rtl/back_setup.h"
#include "tests/hw/rtl/tx_setup.h"

namespace {
using namespace ringside;
using namespace ringside::rtl_test;

const bytes pause_address = {0x01, 0x80, 0xC2, 0x00, 0x00, 0x01};

// IEEE 802.3 annex 31B, as F-9 says it is sent.
bytes pause_frame(const bytes& from, std::uint32_t timer) {
  bytes frame = pause_address;
  frame.insert(frame.end(), from.begin(), from.end());
  for (const std::uint32_t b : std::array<std::uint32_t, 6>{0x88, 0x08, 0x00, 0x01, timer >> 8U, timer & 0xFFU})
    frame.push_back(static_cast<std::uint8_t>(b));
  frame.resize(60, 0);
  return with_fcs(frame);
}

void set_flow(top_bench& bench, std::uint32_t bits) {
  bench.write(reg::FCAL, 0x00C28001);
  bench.write(reg::FCAH, 0x0100);
  bench.write(reg::FCT, 0x8808);
  bench.write(reg::CTRL, bench.read(reg::CTRL) | bits);
}

// Sends `count` frames of `length` bytes without FCS from ring index `from` on.
void post(top_bench& bench, unsigned from, unsigned count, std::size_t length) {
  for (unsigned i = from; i < from + count; ++i) {
    poke(bench, tx_buffer_base + 0x800ULL * i, body(length, i));
    bench.put_tx(i, tx_buffer_base + 0x800ULL * i, length | txd::EOP | txd::IFCS | txd::RS);
  }
  bench.write(reg::TDT, from + count);
}

TEST(tx_flow, a_pause_holds_frames_for_its_time) {  // F-2, F-11
  top_bench bench;
  open_tx(bench);
  set_flow(bench, ctrl::RFCE);
  bench.write(reg::RCTL, rctl::EN);
  bench.send(pause_frame({2, 0, 0, 0, 0, 9}, 40));
  ASSERT_TRUE(bench.run_until([&] { return bench.wire_idle(); }));
  const std::uint64_t end = bench.now();
  bench.run(20);
  EXPECT_NE(bench.read(reg::STATUS) & status::TXOFF, 0U) << "also with nothing to send";
  post(bench, 0, 2, 60);
  ASSERT_TRUE(bench.run_until([&] { return bench.sent.size() == 2; }));
  EXPECT_GE(bench.sent[0].start, end + 40 * 64);
  EXPECT_LE(bench.sent[0].start, end + 40 * 64 + 64);
  EXPECT_EQ(bench.read(reg::STATUS) & status::TXOFF, 0U);
}

TEST(tx_flow, a_timer_of_zero_ends_the_pause_and_a_newer_one_replaces_it) {  // F-2, F-11
  top_bench bench;
  open_tx(bench);
  set_flow(bench, ctrl::RFCE);
  bench.write(reg::RCTL, rctl::EN);
  bench.send(pause_frame({2, 0, 0, 0, 0, 9}, 0xFFFF));
  bench.run_until([&] { return bench.wire_idle(); });
  post(bench, 0, 1, 60);
  bench.run(3000);
  EXPECT_TRUE(bench.sent.empty());
  bench.send(pause_frame({2, 0, 0, 0, 0, 9}, 30));
  bench.run_until([&] { return bench.wire_idle(); });
  const std::uint64_t end = bench.now();
  bench.run(1500);
  EXPECT_TRUE(bench.sent.empty());
  ASSERT_TRUE(bench.run_until([&] { return bench.sent.size() == 1; }));
  EXPECT_GE(bench.sent[0].start, end + 30 * 64);
  bench.send(pause_frame({2, 0, 0, 0, 0, 9}, 0xFFFF));
  bench.run_until([&] { return bench.wire_idle(); });
  post(bench, 1, 1, 60);
  bench.run(500);
  bench.send(pause_frame({2, 0, 0, 0, 0, 9}, 0));
  bench.run_until([&] { return bench.wire_idle(); });
  bench.run(300);
  EXPECT_EQ(bench.sent.size(), 2U);
}

TEST(tx_flow, a_pause_is_not_obeyed_without_rfce) {  // F-3
  top_bench bench;
  open_tx(bench);
  set_flow(bench, 0);
  bench.write(reg::RCTL, rctl::EN);
  bench.send(pause_frame({2, 0, 0, 0, 0, 9}, 0xFFFF));
  bench.run_until([&] { return bench.wire_idle(); });
  post(bench, 0, 1, 60);
  bench.run(1000);
  EXPECT_EQ(bench.sent.size(), 1U);
  EXPECT_EQ(bench.read(reg::STATUS) & status::TXOFF, 0U);
}

// With RFCE: PAUSE by the ordinary filter but for DPF, other MAC control by PMCF alone; PAUSE counts as no good frame
// (F-2 to F-5).
TEST(tx_flow, mac_control_reaches_the_host_by_dpf_and_pmcf) {
  struct expectation {
    std::uint32_t filters;
    bool pause, other;  // delivered
  };
  for (const expectation& e : std::array<expectation, 5>{{{0, false, false},
                                                          {rctl::MPE, true, false},
                                                          {rctl::MPE | rctl::DPF, false, false},
                                                          {rctl::PMCF, false, true},
                                                          {rctl::MPE | rctl::PMCF | rctl::DPF, false, true}}}) {
    top_bench bench;
    open_tx(bench);
    bench.set_ring(ring_base, 64);
    bench.fill_ring(64, buffer_base, 2048);
    set_flow(bench, ctrl::RFCE);
    for (unsigned i = 0; i < 128; ++i) bench.write(reg::MTA + 4 * i, 0);  // it has no reset value
    bench.write(reg::RCTL, rctl::EN | e.filters);
    bench.write(reg::RDT, 62);
    bytes other = pause_frame({2, 0, 0, 0, 0, 9}, 3);
    other[15] = 2;  // opcode
    other.resize(60);
    other = with_fcs(other);
    bench.send(pause_frame({2, 0, 0, 0, 0, 9}, 3));
    bench.send(other);
    bench.run_until([&] { return bench.wire_idle(); });
    bench.run(1000);
    EXPECT_EQ(bench.read(reg::XOFFRXC), 1U);
    EXPECT_EQ(bench.read(reg::FCRUC), 1U);
    EXPECT_EQ(bench.read(reg::GPRC), e.other ? 1U : 0U) << "a PAUSE frame is no good frame";
    EXPECT_EQ(bench.read(reg::TPR), 2U);
    const unsigned stored = bench.read(reg::RDH);
    ASSERT_EQ(stored, (e.pause ? 1U : 0U) + (e.other ? 1U : 0U)) << e.filters;
    if (e.other) {
      const auto d = bench.descriptor_at(stored - 1);
      EXPECT_EQ(bench.bytes_at(d.buffer, 64), other);
      EXPECT_EQ((d.status & rxd_status::PIF) != 0, (e.filters & rctl::MPE) == 0) << "R-81";
    }
  }
}

// F-2, T-71: the frame on the wire ends whole, the next one waits.
TEST(tx_flow, a_pause_that_meets_a_frame_lets_it_end) {
  top_bench bench;
  open_tx(bench);
  set_flow(bench, ctrl::RFCE);
  bench.write(reg::RCTL, rctl::EN);
  post(bench, 0, 2, 1500);
  ASSERT_TRUE(bench.run_until([&] { return !bench.tx_events.empty(); }));
  bench.run(200);  // a frame of 1500 bytes takes 1512 clocks
  bench.send(pause_frame({2, 0, 0, 0, 0, 9}, 40));
  ASSERT_TRUE(bench.run_until([&] { return bench.wire_idle(); }));
  const std::uint64_t end = bench.now();
  ASSERT_TRUE(bench.run_until([&] { return bench.sent.size() == 2; }));
  EXPECT_LT(bench.sent[0].start, end);
  EXPECT_GT(bench.sent[0].end, end);
  EXPECT_EQ(bench.sent[0].bytes, on_wire(body(1500, 0)));
  EXPECT_GE(bench.sent[1].start, end + 40 * 64);
}

TEST(tx_flow, our_pause_waits_for_the_frame_on_the_wire) {  // F-9
  top_bench bench;
  open_tx(bench);
  bench.write(reg::FCTTV, 0x1234);
  set_flow(bench, 0);
  post(bench, 0, 2, 1500);
  ASSERT_TRUE(bench.run_until([&] { return !bench.tx_events.empty(); }));
  bench.run(200);
  bench.write(reg::TCTL, bench.read(reg::TCTL) | tctl::SWXOFF);
  ASSERT_TRUE(bench.run_until([&] { return bench.sent.size() == 3; }));
  EXPECT_EQ(bench.sent[0].bytes, on_wire(body(1500, 0)));
  EXPECT_EQ(bench.sent[1].bytes, pause_frame(station, 0x1234));
  EXPECT_EQ(bench.sent[1].start - bench.sent[0].end - 1, 12U);
  EXPECT_EQ(bench.sent[2].bytes, on_wire(body(1500, 1)));
}

TEST(tx_flow, software_sends_xoff_and_xon) {  // F-7, F-9, T-91
  top_bench bench;
  open_tx(bench);
  set_flow(bench, ctrl::RFCE);
  bench.write(reg::RCTL, rctl::EN);
  bench.send(pause_frame({2, 0, 0, 0, 0, 9}, 0xFFFF));  // does not hold our own
  bench.run_until([&] { return bench.wire_idle(); });
  bench.write(reg::FCTTV, 0x1234);
  bench.write(reg::TCTL, bench.read(reg::TCTL) | tctl::SWXOFF);
  bench.run(200);
  bench.write(reg::FCTTV, 0);
  bench.write(reg::TCTL, bench.read(reg::TCTL) | tctl::SWXOFF);
  bench.run(200);
  ASSERT_EQ(bench.sent.size(), 2U);
  EXPECT_EQ(bench.sent[0].bytes, pause_frame(station, 0x1234));
  EXPECT_EQ(bench.sent[1].bytes, pause_frame(station, 0));
  EXPECT_EQ(bench.read(reg::XOFFTXC), 1U);
  EXPECT_EQ(bench.read(reg::XONTXC), 1U);
  EXPECT_EQ(bench.read(reg::TPT), 2U);
  EXPECT_EQ(bench.read(reg::GPTC), 0U);  // T-90
  bench.write(reg::TCTL, tctl::SWXOFF);  // EN = 0 now
  bench.write(reg::TCTL, tctl::SWXOFF);
  bench.run(300);
  bench.write(reg::TCTL, tctl::EN);
  bench.run(300);
  EXPECT_LE(bench.sent.size(), 3U) << "asked for without TCTL.EN, it is not made up for";
}

// F-6, F-10: XOFF once when the FIFO fills, once more at an overflow, XON when it has emptied.
TEST(tx_flow, a_filling_fifo_sends_xoff_and_an_empty_one_xon) {
  top_bench bench;
  open_tx(bench);
  bench.set_ring(ring_base, 64);
  bench.fill_ring(64, buffer_base, 2048);
  set_flow(bench, ctrl::TFCE);
  bench.write(reg::FCTTV, 0x0100);
  bench.write(reg::FCRTH, 8000);
  bench.write(reg::FCRTL, 2000 | fcrtl::XONE);
  bench.write(reg::RCTL, rctl::EN | rctl::BAM);
  for (unsigned i = 0; i < 5; ++i) bench.send(make_frame(station, 1518, i));  // 7680 bytes with 16 each
  bench.run_until([&] { return bench.wire_idle(); }, 20000);
  bench.run(400);
  EXPECT_TRUE(bench.sent.empty());
  bench.send(make_frame(station, 400, 9));  // passes 8000 on its way in
  bench.run_until([&] { return bench.wire_idle(); }, 20000);
  bench.run(400);
  ASSERT_EQ(bench.sent.size(), 1U);
  EXPECT_EQ(bench.sent[0].bytes, pause_frame(station, 0x0100));
  for (unsigned i = 0; i < 32; ++i) bench.send(make_frame(station, 1518, i));  // beyond 48 KiB
  bench.run_until([&] { return bench.wire_idle(); }, 80000);
  bench.run(400);
  EXPECT_GT(bench.read(reg::MPC), 1U);
  ASSERT_EQ(bench.sent.size(), 2U) << "one more at the first overflow, none at the others";
  EXPECT_EQ(bench.sent[1].bytes, pause_frame(station, 0x0100));
  bench.write(reg::RDT, 62);
  bench.run(60000);
  ASSERT_EQ(bench.sent.size(), 3U);
  EXPECT_EQ(bench.sent[2].bytes, pause_frame(station, 0));
}

TEST(tx_flow, phy_loopback_brings_frames_back_and_isolates_the_wire) {  // B-1, B-5
  top_bench bench;
  open_tx(bench);
  bench.set_ring(ring_base, 64);
  bench.fill_ring(64, buffer_base, 2048);
  bench.write(reg::RCTL, rctl::EN | rctl::BAM | rctl::UPE);
  bench.write(reg::RDT, 62);
  bench.write(reg::MDIC, 0x04204140);  // BMCR: loopback
  bench.set_link(false);
  bench.run(50);
  EXPECT_NE(bench.read(reg::STATUS) & status::LU, 0U);
  bench.send(make_frame(station, 64));  // of the wire: nobody hears it
  post(bench, 0, 3, 200);
  bench.run(4000);
  EXPECT_TRUE(bench.sent.empty());
  for (unsigned i = 0; i < 3; ++i) {
    const auto d = bench.descriptor_at(i);
    EXPECT_EQ(d.status & dd_eop, dd_eop) << i;
    EXPECT_EQ(d.length, 204);
    EXPECT_EQ(bench.bytes_at(d.buffer, 204), with_fcs(body(200, i))) << i;
  }
  EXPECT_EQ(bench.descriptor_at(3).status, 0);
  EXPECT_EQ(bench.read(reg::GPRC), 3U);
  EXPECT_EQ(bench.read(reg::GPTC), 3U);
  // Back to the wire in the middle of a frame that began for nobody: the next one comes.
  bench.set_link(true);
  bench.send(make_frame(station, 1000, 5));
  bench.run(300);
  bench.write(reg::MDIC, 0x04200140);
  bench.run_until([&] { return bench.wire_idle(); });
  bench.send(make_frame(station, 100, 6));
  bench.run_until([&] { return bench.wire_idle(); });
  bench.run(1000);
  EXPECT_EQ(bench.bytes_at(bench.descriptor_at(3).buffer, 100), make_frame(station, 100, 6));
  EXPECT_EQ(bench.descriptor_at(4).status, 0);
  post(bench, 3, 1, 100);
  bench.run(2000);
  EXPECT_EQ(bench.sent.size(), 1U);
}

TEST(tx_flow, slow_links_take_ten_and_a_hundred_clocks_a_byte) {
  for (const unsigned clocks : {10U, 100U}) {
    for (const bool skipping : {false, true}) {
      top_bench bench;
      bench.allow_skipping(skipping);
      bench.tx_byte_clocks = clocks;
      open_tx(bench);
      bench.set_link(true, clocks == 10 ? 1 : 0);
      post(bench, 0, 3, 80);
      bench.run(400ULL * clocks);
      ASSERT_EQ(bench.sent.size(), 3U);
      for (unsigned i = 0; i < 3; ++i) EXPECT_EQ(bench.sent[i].bytes, with_fcs(body(80, i)));
      EXPECT_EQ(bench.sent[2].start - bench.sent[1].end, 13 * clocks);  // 12 byte times between them
    }
  }
}

TEST(tx_flow, statistics_count_what_was_sent) {  // T-90
  top_bench bench;
  open_tx(bench, {.tctl = tctl::EN});
  const std::array<std::size_t, 11> lengths = {30, 60, 61, 123, 124, 251, 252, 507, 508, 1019, 1020};
  std::uint64_t all = 0, good = 0;
  unsigned index = 0;
  for (const std::size_t length : lengths) {
    bytes frame = body(length, index);
    if (index == 3) std::fill(frame.begin(), frame.begin() + 6, std::uint8_t{0xFF});
    if (index == 4) frame[0] = 0x03;
    poke(bench, tx_buffer_base + 0x800ULL * index, frame);
    bench.put_tx(index, tx_buffer_base + 0x800ULL * index, length | txd::EOP | txd::IFCS | txd::RS);
    ++index;
    all += length + 4;
    if (length + 4 >= 64) good += length + 4;
  }
  bench.write(reg::TDT, index);
  ASSERT_TRUE(bench.run_until([&] { return bench.sent.size() == lengths.size(); }));
  bench.run(100);
  EXPECT_EQ(bench.read(reg::TPT), 11U);
  EXPECT_EQ(bench.read(reg::GPTC), 10U);
  EXPECT_EQ(bench.read(reg::PTC64), 1U);
  EXPECT_EQ(bench.read(reg::PTC127), 2U);
  EXPECT_EQ(bench.read(reg::PTC255), 2U);
  EXPECT_EQ(bench.read(reg::PTC511), 2U);
  EXPECT_EQ(bench.read(reg::PTC1023), 2U);
  EXPECT_EQ(bench.read(reg::PTC1522), 1U);
  EXPECT_EQ(bench.read(reg::BPTC), 1U);
  EXPECT_EQ(bench.read(reg::MPTC), 1U);
  EXPECT_EQ(bench.read(reg::GOTCL), good);
  EXPECT_EQ(bench.read(reg::GOTCL), good) << "the low word clears nothing";
  EXPECT_EQ(bench.read(reg::GOTCH), 0U);
  EXPECT_EQ(bench.read(reg::GOTCL), 0U);
  EXPECT_EQ(bench.read(reg::TOTL), all);
  EXPECT_EQ(bench.read(reg::TOTH), 0U);
  EXPECT_EQ(bench.read(reg::TOTL), 0U);
  EXPECT_EQ(bench.read(reg::TPT), 0U);
}
}  // namespace

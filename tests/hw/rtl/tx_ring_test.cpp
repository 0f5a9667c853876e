// SPDX-License-Identifier: Apache-2.0
// Transmit ring, write-back and causes (FS 9.3, 9.4), stop and reset (FS 9.6).
#include "tests/hw/rtl/tx_setup.h"

namespace {
using namespace ringside;
using namespace ringside::rtl_test;

constexpr std::uint64_t count = 128;  // clocks of one unit of TIDV and TADV (I-53)

void post(top_bench& bench, unsigned index, std::uint64_t more, std::size_t length = 60) {
  poke(bench, tx_buffer_base + 0x800ULL * index, body(length, index));
  bench.put_tx(index, tx_buffer_base + 0x800ULL * index, length | txd::EOP | txd::IFCS | more);
}
bool is_done(const top_bench& bench, unsigned index) {
  return (bench.tx_high(index) & txd::DD) != 0;
}
std::uint64_t time_of(const top_bench& bench, std::uint32_t cause) {
  for (const auto& e : bench.causes)
    if ((e.bits & cause) != 0) return e.time;
  return 0;
}
unsigned count_of(const top_bench& bench, std::uint32_t cause) {
  unsigned n = 0;
  for (const auto& e : bench.causes) n += (e.bits & cause) != 0;
  return n;
}

TEST(tx_ring, head_passes_descriptors_without_rs_and_only_rs_is_written) {  // T-43, T-44
  top_bench bench;
  open_tx(bench);
  post(bench, 0, 0);
  post(bench, 1, txd::RS);
  post(bench, 2, 0);
  bench.write(reg::TDT, 3);
  bench.run(2000);
  EXPECT_EQ(bench.read(reg::TDH), 3U);
  EXPECT_FALSE(is_done(bench, 0));
  EXPECT_TRUE(is_done(bench, 1));
  EXPECT_FALSE(is_done(bench, 2));
  ASSERT_EQ(bench.ops(kind::tx_writeback).size(), 1U);
  EXPECT_EQ(bench.ops(kind::tx_writeback)[0].addr, tx_ring_base + 16 + 12);
  EXPECT_EQ(bench.ops(kind::tx_writeback)[0].packet, 2U);
  EXPECT_EQ(bench.ops(kind::tx_payload)[2].packet, 3U);
}

TEST(tx_ring, data_before_status_before_head_before_cause) {  // T-42
  top_bench bench;
  bench.timing = {100, 100, 0};
  open_tx(bench);
  post(bench, 0, txd::RS, 300);
  bench.write(reg::TDT, 1);
  ASSERT_TRUE(bench.run_until([&] { return count_of(bench, icr::TXDW) != 0; }, 3000));
  const auto reads = bench.ops(kind::tx_payload);
  const auto writes = bench.ops(kind::tx_writeback);
  ASSERT_EQ(writes.size(), 1U);
  for (const auto& read : reads) EXPECT_LT(read.completed, writes[0].accepted);
  EXPECT_LT(writes[0].completed, time_of(bench, icr::TXDW));
}

TEST(tx_ring, wthresh_counts_descriptors_with_rs) {  // T-45 a
  top_bench bench;
  open_tx(bench, {.txdctl = 3U << txdctl::WTHRESH_SHIFT | txdctl::GRAN});
  for (unsigned i = 0; i < 8; ++i) post(bench, i, i % 2 == 0 ? txd::RS : 0);
  bench.write(reg::TDT, 3);  // two with RS
  bench.run_until([&] { return bench.sent.size() == 3; }, 5000);
  bench.run(500);
  EXPECT_TRUE(is_done(bench, 0)) << "T-45 c: none is left";
  bench.frozen = true;  // the last packet's payload does not come: unused descriptors are none, but one is under way
  bench.write(reg::TDT, 8);
  bench.run(300);
  bench.frozen = false;
  bench.run(3000);
  for (unsigned i = 0; i < 8; i += 2) EXPECT_TRUE(is_done(bench, i)) << i;
  EXPECT_EQ(bench.read(reg::TDH), 8U);
}

// T-61: from completion, TIDV anew with each, TADV only if it does not run.
TEST(tx_ring, timers_delay_the_interrupt) {
  top_bench bench;
  bench.timing = {20, 20, 0};
  open_tx(bench);
  bench.write(reg::TIDV, 10);
  bench.write(reg::TADV, 25);
  for (unsigned i = 0; i < 6; ++i) {
    post(bench, i, txd::RS | txd::IDE);
    bench.write(reg::TDT, i + 1);
    bench.run(8 * count);
  }
  EXPECT_EQ(count_of(bench, icr::TXDW), 1U) << "TADV ends the wait";
  const std::uint64_t first = bench.ops(kind::tx_payload)[0].completed;
  const std::uint64_t at = time_of(bench, icr::TXDW);
  EXPECT_GE(at, first + 25 * count);
  EXPECT_LE(at, first + 25 * count + 100);
  bench.run(12 * count);
  EXPECT_EQ(count_of(bench, icr::TXDW), 2U) << "TIDV of the last";
  const auto reads = bench.ops(kind::tx_payload);
  EXPECT_GE(bench.causes.back().time, reads.back().completed + 10 * count);
  EXPECT_LE(bench.causes.back().time, reads.back().completed + 10 * count + 100);
}

TEST(tx_ring, an_interrupt_at_once_ends_both_timers) {  // T-60
  top_bench bench;
  open_tx(bench);
  bench.write(reg::TIDV, 20);
  bench.write(reg::TADV, 40);
  post(bench, 0, txd::RS | txd::IDE);
  bench.write(reg::TDT, 1);
  bench.run(2 * count);
  EXPECT_EQ(count_of(bench, icr::TXDW), 0U);
  post(bench, 1, txd::RS);
  bench.write(reg::TDT, 2);
  bench.run(4 * count);
  EXPECT_EQ(count_of(bench, icr::TXDW), 1U);
  bench.run(60 * count);
  EXPECT_EQ(count_of(bench, icr::TXDW), 1U);
}

TEST(tx_ring, txd_low_when_completion_reaches_the_threshold) {  // T-63
  top_bench bench;
  open_tx(bench, {.txdctl = 1U << txdctl::LWTHRESH_SHIFT | txdctl::GRAN});
  for (unsigned i = 0; i < 20; ++i) post(bench, i, 0);
  bench.write(reg::TDT, 20);
  ASSERT_TRUE(bench.run_until([&] { return count_of(bench, icr::TXD_LOW) != 0; }, 20000));
  unsigned committed = 0;
  for (const auto& e : bench.tx_events) committed += e.word & 1;
  EXPECT_EQ(committed, 12U) << "8 are left";
  bench.run(20000);
  EXPECT_EQ(count_of(bench, icr::TXD_LOW), 1U);
  EXPECT_EQ(count_of(bench, icr::TXQE), 1U);
}

TEST(tx_ring, prefetch_follows_pthresh_and_hthresh) {  // T-41
  top_bench bench;
  open_tx(bench, {.txdctl = 8U | 16U << txdctl::HTHRESH_SHIFT | txdctl::GRAN});
  for (unsigned i = 0; i < 40; ++i) post(bench, i, 0);
  bench.write(reg::TDT, 4);
  bench.run(1);
  bench.write(reg::TDT, 15);  // with less than 16 to be had nothing is fetched before the chip has none
  bench.run(20000);
  for (const auto& fetch : bench.ops(kind::tx_fetch)) EXPECT_LE(fetch.length, 15U * 16);
  EXPECT_EQ(bench.read(reg::TDH), 15U);
}

TEST(tx_ring, a_stopped_transmitter_goes_on_where_it_stood) {  // T-72, T-80
  top_bench bench;
  open_tx(bench);
  for (unsigned i = 0; i < 8; ++i) post(bench, i, txd::RS, 1000);
  bench.write(reg::TDT, 8);
  bench.run_until([&] { return !bench.tx_events.empty() && bench.sent.size() == 1; }, 10000);
  bench.run(200);
  bench.write(reg::TCTL, tctl::PSP);
  bench.run(1200);
  const std::size_t sent = bench.sent.size(), asked = bench.log.size();
  EXPECT_EQ(sent, 2U) << "the frame on the wire is sent whole";
  bench.run(5000);
  EXPECT_EQ(bench.sent.size(), sent);
  EXPECT_EQ(bench.log.size(), asked) << "no fetch and no read";
  EXPECT_EQ(bench.outstanding(), 0U);
  bench.write(reg::TCTL, tctl::EN | tctl::PSP);
  bench.run_until([&] { return bench.sent.size() == 8; }, 20000);
  for (unsigned i = 0; i < 8; ++i) EXPECT_EQ(bench.sent.at(i).bytes, with_fcs(body(1000, i)));
}

TEST(tx_ring, link_loss_waits_and_the_frame_on_the_wire_ends_whole) {  // T-72
  top_bench bench;
  open_tx(bench);
  for (unsigned i = 0; i < 4; ++i) post(bench, i, txd::RS, 500);
  bench.write(reg::TDT, 4);
  bench.run_until([&] { return bench.sent.size() == 1; }, 5000);
  bench.run(100);
  bench.set_link(false);
  bench.run(3000);
  EXPECT_EQ(bench.sent.size(), 2U);
  EXPECT_EQ(bench.sent.back().bytes, with_fcs(body(500, 1)));
  EXPECT_EQ(bench.read(reg::TDH), 4U) << "descriptors do not wait for the wire";
  bench.set_link(true);
  bench.run(3000);
  EXPECT_EQ(bench.sent.size(), 4U);
}

TEST(tx_ring, reset_cuts_the_frame_and_forgets_the_ring) {  // T-82, X-7
  top_bench bench;
  bench.timing = {200, 400, 0};
  open_tx(bench);
  for (unsigned i = 0; i < 8; ++i) post(bench, i, txd::RS, 1400);
  bench.write(reg::TDT, 8);
  bench.run_until([&] { return !bench.tx_events.empty() && (bench.tx_events.back().word & 2) != 0; }, 10000);
  bench.run(100);
  bench.write(reg::CTRL, ctrl::RST);
  bench.run_until([&] { return (bench.read(reg::CTRL) & ctrl::RST) == 0; }, 3000);
  EXPECT_EQ(bench.outstanding(), 0U);
  const std::size_t asked = bench.log.size();
  bench.run(3000);
  EXPECT_EQ(bench.log.size(), asked);
  ASSERT_EQ(bench.sent.size(), 1U);
  EXPECT_LT(bench.sent[0].bytes.size(), 1404U);
  EXPECT_EQ(bench.read(reg::TDH), 0U);
  EXPECT_EQ(bench.read(reg::TPT), 0U) << "T-90: a frame that is cut counts nowhere";
  bench.sent.clear();
  open_tx(bench);  // and it works as new
  post(bench, 0, txd::RS, 77);
  bench.write(reg::TDT, 1);
  bench.run(3000);
  ASSERT_EQ(bench.sent.size(), 1U);
  EXPECT_EQ(bench.sent[0].bytes, with_fcs(body(77, 0)));
}

TEST(tx_ring, a_rewritten_ring_forgets_what_is_not_in_the_fifo) {  // T-47
  top_bench bench;
  bench.timing = {300, 300, 0};
  open_tx(bench);
  for (unsigned i = 0; i < 4; ++i) post(bench, i, txd::RS, 600);
  bench.write(reg::TDT, 4);
  bench.run(450);  // descriptors are there, payload is on its way
  bench.write(reg::TCTL, 0);
  bench.write(reg::TDT, 0);
  bench.write(reg::TDH, 0);
  post(bench, 0, txd::RS, 90);
  bench.run(2000);
  EXPECT_TRUE(bench.sent.empty());
  bench.write(reg::TCTL, tctl::EN);
  bench.write(reg::TDT, 1);
  bench.run(4000);
  ASSERT_EQ(bench.sent.size(), 1U);
  EXPECT_EQ(bench.sent[0].bytes, with_fcs(body(90, 0)));
  EXPECT_EQ(bench.read(reg::TDH), 1U);
}

TEST(tx_ring, an_abort_stops_all_and_writes_nothing) {  // T-83
  top_bench bench;
  open_tx(bench);
  bench.fail_kind = static_cast<unsigned>(kind::tx_payload);
  bench.fail_status = 1;
  post(bench, 0, txd::RS, 600);
  post(bench, 1, txd::RS, 60);
  bench.write(reg::TDT, 2);
  bench.run(4000);
  EXPECT_TRUE(bench.sent.empty());
  EXPECT_FALSE(is_done(bench, 0));
  EXPECT_EQ(bench.read(reg::TDH), 0U);
  EXPECT_NE(bench.read_config(4) >> 29 & 1, 0U) << "received master abort";
}

TEST(tx_ring, impossible_rings_do_nothing) {  // T-40
  top_bench bench;
  open_tx(bench);
  post(bench, 0, txd::RS);
  bench.write(reg::TDT, 64);  // the count itself
  bench.run(500);
  EXPECT_TRUE(bench.ops(kind::tx_fetch).empty());
  bench.write(reg::TCTL, 0);
  bench.write(reg::TDLEN, 0);
  bench.write(reg::TDT, 5);
  bench.write(reg::TCTL, tctl::EN);
  bench.run(500);
  EXPECT_TRUE(bench.ops(kind::tx_fetch).empty());
}

// The bound of docs/rtl/mst_arb.md: with both directions at full load each gets on.
TEST(tx_ring, neither_direction_starves_the_other) {
  top_bench bench;
  bench.timing = {30, 60, 20};
  open_tx(bench, {.descriptors = 256});
  bench.set_ring(0x20000, 256);
  bench.fill_ring(256, 0x100000, 2048);
  bench.write(reg::RCTL, rctl::EN | rctl::BAM);
  bench.write(reg::RDT, 254);
  for (unsigned i = 0; i < 40; ++i) post(bench, i, txd::RS, 1000);
  for (unsigned i = 0; i < 40; ++i) bench.send(make_frame({0x52, 0x54, 0x00, 0x12, 0x34, 0x56}, 1004, i));
  bench.write(reg::TDT, 40);
  bench.run(45000);
  EXPECT_EQ(bench.sent.size(), 40U);
  EXPECT_EQ(bench.read(reg::GPRC), 40U);
  EXPECT_EQ(bench.read(reg::MPC), 0U);
  // Whose turn it is the arbiter's rules say (e1000_mst_arb_sva); here, that both sides were busy at once.
  const auto is_tx = [](const bus_op& op) { return static_cast<unsigned>(op.what) >= 3; };
  unsigned turns = 0;
  for (std::size_t i = 1; i < bench.log.size(); ++i) turns += is_tx(bench.log[i]) != is_tx(bench.log[i - 1]);
  EXPECT_GT(turns, 60U);
}
}  // namespace

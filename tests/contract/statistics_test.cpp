// SPDX-License-Identifier: Apache-2.0
// Statistics that do not agree with the frames, S-16.
#include <gtest/gtest.h>

#include <algorithm>

#include "common/drop_reason.h"
#include "hw/regs/e1000_regs.h"
#include "tests/contract/contract_bench.h"

namespace ringside::contract {
namespace {

struct counted : contract_bench {
  counted() {
    no_fifo();  // a missed frame is no surprise
    // As drivers do after a reset; the pairs are read by their tests.
    for (std::uint32_t at = reg::CRCERRS; at <= reg::TSCTFC; at += 4)
      if ((at & ~4U) != reg::GORCL && (at & ~4U) != reg::TORL) read(at, 0);
    open();
  }
  void drop(frame_id frame, std::uint32_t bytes, std::uint64_t marks, drop_reason reason) {
    nic(stage::wire_sof, frame, bytes, marks);
    nic(stage::filter_accept, frame);
    nic(stage::wire_eof, frame, bytes, marks);
    step = 16 * ns;
    nic(stage::fifo_drop, frame, 0, static_cast<std::uint64_t>(reason));
    if (reason == drop_reason::fifo_overflow) cause(icr::RXO);
    step = 200 * ns;
  }
  /// A good frame; the ring is empty.
  void good(frame_id frame, std::uint32_t bytes) {
    arrive(frame, bytes);
    step = 16 * ns;
    nic(stage::rnbc);
    step = 200 * ns;
  }
  void later() { wait(10 * us); }
};

TEST(statistics_rules, right_values_are_legal) {
  counted bench;
  bench.good(1, 64);
  bench.good(2, 600);
  bench.drop(3, 200, wire_mark::bad_fcs, drop_reason::crc_error);
  bench.drop(4, 63, 0, drop_reason::undersize);
  bench.drop(5, 1523, wire_mark::bad_fcs, drop_reason::jabber);
  bench.drop(6, 100, 0, drop_reason::fifo_overflow);
  bench.nic(stage::wire_sof, 7, 300);
  bench.nic(stage::filter_reject, 7, 0, static_cast<std::uint64_t>(drop_reason::address_filter));
  bench.nic(stage::wire_eof, 7, 300);
  bench.later();
  const std::pair<std::uint32_t, std::uint32_t> values[] = {
      {reg::CRCERRS, 2}, {reg::RXERRC, 0}, {reg::MPC, 1},     {reg::RLEC, 2}, {reg::PRC64, 1},   {reg::PRC127, 0},
      {reg::PRC255, 0},  {reg::PRC511, 0}, {reg::PRC1023, 1}, {reg::GPRC, 2}, {reg::GORCL, 664}, {reg::GORCH, 0},
      {reg::RNBC, 2},    {reg::RUC, 1},    {reg::RFC, 0},     {reg::ROC, 0},  {reg::RJC, 1},     {reg::TORL, 2850},
      {reg::TORH, 0},    {reg::TPR, 7},    {reg::SYMERRS, 0}};
  for (const auto& [offset, value] : values) bench.read(offset, value);
  for (const auto& [offset, value] : values) bench.read(offset, 0);  // all cleared
  EXPECT_LEGAL(bench);
}

TEST(statistics_rules, each_wrong_value_has_its_rule) {
  struct row {
    std::uint32_t offset, value;
    const char* id;
  };
  for (const row& r :
       {row{reg::GPRC, 1, "R-55"}, row{reg::GPRC, 3, "R-33"}, row{reg::GORCL, 600, "R-55"}, row{reg::PRC64, 0, "R-55"},
        row{reg::PRC127, 1, "R-55"}, row{reg::TPR, 3, "R-33"}, row{reg::TPR, 2, "R-53"}, row{reg::TORL, 664, "R-53"},
        row{reg::MPC, 0, "R-31"}, row{reg::RNBC, 1, "R-32"}, row{reg::CRCERRS, 0, "R-56"}, row{reg::RUC, 1, "R-56"},
        row{reg::SYMERRS, 1, "R-57"}, row{reg::GORCH, 0, "S-16"}}) {
    counted bench;
    bench.good(1, 64);
    bench.good(2, 600);
    bench.drop(3, 200, wire_mark::bad_fcs, drop_reason::crc_error);
    bench.drop(4, 100, 0, drop_reason::fifo_overflow);
    bench.later();
    bench.read(r.offset, r.value);
    EXPECT_ONLY(bench, r.id);
  }
}

TEST(statistics_rules, R_53_a_frame_beyond_16_bits_counts_whole) {
  for (const auto& [value, sound] : {std::pair{65'535U, false}, {80'070U, true}, {80'069U, false}, {80'071U, false}}) {
    counted bench;
    bench.read(reg::TORL, 0);  // so that it is no matter of the reset
    bench.drop(1, 80'070, wire_mark::oversize, drop_reason::oversize);
    bench.later();
    bench.read(reg::TORL, value);
    if (sound)
      EXPECT_LEGAL(bench);
    else
      EXPECT_ONLY(bench, "R-53");
  }
}

TEST(statistics_rules, R_52_read_does_not_clear) {
  counted bench;
  bench.good(1, 64);
  bench.later();
  bench.read(reg::GPRC, 1);
  bench.read(reg::GPRC, 1);
  EXPECT_ONLY(bench, "R-52");
}

TEST(statistics_rules, R_50_high_word_clears_and_low_word_does_not) {
  counted legal;
  legal.good(1, 64);
  legal.later();
  legal.read(reg::GORCL, 64);
  legal.read(reg::GORCL, 64);
  legal.read(reg::GORCH, 0);
  legal.read(reg::GORCL, 0);
  EXPECT_LEGAL(legal);
  counted bench;
  bench.good(1, 64);
  bench.later();
  bench.read(reg::GORCL, 64);
  bench.read(reg::GORCH, 0);
  bench.read(reg::GORCL, 64);
  EXPECT_ONLY(bench, "R-50");
}

TEST(statistics_rules, R_50_high_word_of_few_octets) {
  counted bench;
  bench.good(1, 64);
  bench.later();
  bench.read(reg::GORCL, 64);
  bench.read(reg::GORCH, 1);
  EXPECT_ONLY(bench, "R-50");
}

// A frame that ends beside the read is in this read or in the next, never in none.
TEST(statistics_rules, R_51_count_beside_a_clearing_read) {
  for (const std::uint32_t first : {1U, 2U}) {
    counted legal;
    legal.good(1, 64);
    legal.later();
    legal.good(2, 64);
    legal.read(reg::TPR, first);
    legal.later();
    legal.read(reg::TPR, 2 - first);
    EXPECT_LEGAL(legal);
  }
  counted bench;
  bench.good(1, 64);
  bench.later();
  bench.good(2, 64);
  bench.read(reg::TPR, 1);
  bench.later();
  bench.read(reg::TPR, 0);
  EXPECT_ONLY(bench, "R-51");
}

TEST(statistics_rules, R_54_counts_survive_reset) {
  counted bench;
  bench.good(1, 64);
  bench.later();
  bench.nic(stage::nic_reset);
  bench.later();
  bench.arrive(2, 64);  // the receiver is off; only its filter is heard
  bench.read(reg::GPRC, 2);
  const auto ids = bench.broken();
  EXPECT_NE(std::find(ids.begin(), ids.end(), "R-54"), ids.end()) << bench.report();
}

// A user's card whose event word is tied to 0 counts all the same.
TEST(statistics_rules, nothing_is_judged_without_the_front_s_events) {
  contract_bench bench;
  bench.open();
  bench.nic(stage::wire_sof, 1, 64);
  bench.nic(stage::wire_eof, 1, 64);
  bench.wait(10 * us);
  bench.read(reg::TPR, 1);
  EXPECT_LEGAL(bench);
}

// a stored frame was counted when it was stored; that it is discarded later changes no counter.
TEST(statistics_rules, a_discarded_frame_stays_a_good_one) {
  contract_bench bench;
  bench.open(8, contract_bench::rx_control | rctl::LPE);
  bench.fill();
  bench.fetch(0, 7);
  bench.arrive(1, 3000);
  bench.write(reg::RCTL, contract_bench::rx_control);
  bench.nic(stage::fifo_drop, 1, 0, static_cast<std::uint64_t>(drop_reason::oversize));
  bench.wait(10 * us);
  for (const std::uint32_t counter : {reg::ROC, reg::RLEC, reg::MPC}) bench.read(counter, 0);
  bench.read(reg::GPRC, 1);
  bench.read(reg::PRC1522, 1);
  EXPECT_LEGAL(bench);
}

// FS 6.10: BPRC and MPRC count good frames, R-55; F-2, F-3: PAUSE and its like have counters of their own.
TEST(statistics_rules, group_addresses_and_mac_control_have_their_counters) {
  struct row {
    std::uint64_t marks;
    std::uint32_t offset, value;
    const char* id;
  };
  for (const row& r :
       {row{wire_mark::broadcast, reg::BPRC, 1, nullptr}, row{wire_mark::broadcast, reg::BPRC, 0, "R-55"},
        row{wire_mark::broadcast, reg::MPRC, 1, "R-55"}, row{wire_mark::multicast, reg::MPRC, 1, nullptr},
        row{wire_mark::multicast, reg::MPRC, 0, "R-55"}, row{0, reg::BPRC, 1, "R-55"}, row{0, reg::XONRXC, 1, "F-2"},
        row{0, reg::XOFFRXC, 1, "F-2"}, row{0, reg::FCRUC, 1, "F-2"},
        row{wire_mark::mac_control | wire_mark::multicast, reg::XOFFRXC, 1, nullptr},
        row{wire_mark::mac_control | wire_mark::multicast, reg::XOFFRXC, 0, nullptr},
        row{wire_mark::mac_control | wire_mark::multicast, reg::XOFFRXC, 2, "F-2"}}) {
    SCOPED_TRACE(testing::Message() << std::hex << r.offset << " " << r.marks);
    counted bench;
    bench.write(reg::FCT, 0x8808);
    bench.nic(stage::wire_sof, 1, 64, r.marks);
    bench.nic(stage::filter_accept, 1);
    bench.nic(stage::wire_eof, 1, 64, r.marks);
    bench.step = 16 * ns;
    bench.nic(stage::fifo_commit, 1);
    bench.nic(stage::rnbc);
    bench.step = 200 * ns;
    bench.later();
    bench.read(r.offset, r.value);
    if (r.id == nullptr)
      EXPECT_LEGAL(bench);
    else
      EXPECT_ONLY(bench, r.id);
  }
}

}  // namespace
}  // namespace ringside::contract

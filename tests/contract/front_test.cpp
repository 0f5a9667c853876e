// SPDX-License-Identifier: Apache-2.0
// Frames that the receive front should not have stored, dropped or let go, L-6, N-15.
#include <gtest/gtest.h>

#include "common/drop_reason.h"
#include "hw/regs/e1000_regs.h"
#include "tests/contract/contract_bench.h"

namespace ringside::contract {
namespace {

constexpr auto overflow = static_cast<std::uint64_t>(drop_reason::fifo_overflow);

struct ready : contract_bench {
  explicit ready(const config& setup = cut_short(), std::uint32_t fifo_kib = 48) : contract_bench(setup) {
    if (fifo_kib != 48) divide_buffer(fifo_kib);
    open();
    fill();
    fetch(0, 7);
    wait(1 * us);
  }
  void miss(frame_id frame, std::uint32_t bytes) {
    nic(stage::wire_sof, frame, bytes);
    nic(stage::filter_accept, frame);
    nic(stage::wire_eof, frame, bytes);
    const sim_time usual = step;
    step = 8 * ns;
    nic(stage::fifo_drop, frame, 0, overflow);
    cause(icr::RXO);
    step = usual;
  }
};

TEST(front_rules, R_5_frame_begun_while_off) {
  ready bench;
  bench.write(reg::RCTL, 0);
  bench.arrive(1, 64);
  EXPECT_ONLY(bench, "R-5");
}

TEST(front_rules, frame_under_way_when_enable_fell_is_legal) {
  ready bench;
  bench.nic(stage::wire_sof, 1, 64);
  bench.nic(stage::filter_accept, 1);
  bench.write(reg::RCTL, 0);
  bench.nic(stage::wire_eof, 1, 64);
  bench.nic(stage::fifo_commit, 1);
  EXPECT_LEGAL(bench);
}

TEST(front_rules, L_6_frame_begun_with_the_link_down) {
  ready bench;
  bench.nic(stage::link_change, 0, 0);
  bench.arrive(1, 64);
  EXPECT_ONLY(bench, "L-6");
}

TEST(front_rules, R_30_payload_before_the_frame_is_whole) {
  ready bench;
  bench.nic(stage::wire_sof, 1, 600);
  bench.nic(stage::filter_accept, 1);
  bench.payload(1, bench.buffer(0), 256);
  EXPECT_ONLY(bench, "R-30");
}

TEST(front_rules, R_27_payload_of_a_refused_frame) {
  ready bench;
  bench.nic(stage::wire_sof, 1, 64, wire_mark::bad_fcs);
  bench.nic(stage::filter_accept, 1);
  bench.nic(stage::wire_eof, 1, 64);
  bench.nic(stage::fifo_drop, 1, 0, static_cast<std::uint64_t>(drop_reason::crc_error));
  bench.bus(stage::dma_start, 1, bench.buffer(0), 64);
  EXPECT_ONLY(bench, "R-27");
}

// 8 KiB hold five frames of 1518 bytes: 1520 + 16 each, 7680 of 8192.
TEST(front_rules, R_31_missed_although_there_was_room) {
  for (const unsigned stored : {4U, 5U}) {
    ready bench(contract_bench::cut_short(), 8);
    for (frame_id f = 1; f <= stored; ++f) bench.arrive(f, 1518);
    bench.miss(stored + 1, 1518);
    if (stored == 5)
      EXPECT_LEGAL(bench);
    else
      EXPECT_ONLY(bench, "R-31");
  }
}

// N-15: room comes back with the frames that have left.
TEST(front_rules, R_31_still_missing_after_the_fifo_was_emptied) {
  ready bench(contract_bench::cut_short(), 8);
  for (frame_id f = 1; f <= 5; ++f) bench.arrive(f, 1518);
  for (frame_id f = 1; f <= 5; ++f) {
    const auto index = static_cast<std::uint32_t>(f - 1);
    bench.payload(f, bench.buffer(index), 1518);
    bench.done(f);
    bench.write_back(f, index, contract_bench::last_of(1518));
  }
  bench.miss(6, 1518);
  EXPECT_ONLY(bench, "R-31");
}

TEST(front_rules, R_32_good_frame_without_rnbc) {
  contract_bench bench;
  bench.open();
  bench.wait(1 * us);
  bench.arrive(1, 64);
  EXPECT_ONLY(bench, "R-32");
}

// FS 6.8: what SBP alone stores is no good frame, so RNBC need not count it.
TEST(front_rules, R_32_counts_frames_up_to_the_longest_good_one) {
  struct row {
    std::uint32_t bytes;
    std::uint32_t control;
    bool counts;
  };
  for (const row& r : {row{1522, 0, true}, row{1523, 0, false}, row{1523, rctl::LPE, true}}) {
    SCOPED_TRACE(testing::Message() << r.bytes << " LPE " << r.control);
    contract_bench bench;
    bench.open(8, contract_bench::rx_control | rctl::SBP | r.control);
    bench.wait(1 * us);
    bench.arrive(1, r.bytes);
    if (r.counts)
      EXPECT_ONLY(bench, "R-32");
    else
      EXPECT_LEGAL(bench);
  }
}

TEST(front_rules, N_15_frames_stay_in_the_fifo) {
  for (const bool moves : {false, true}) {
    ready bench{config{}};
    bench.arrive(1, 64);
    if (moves) {
      bench.payload(1, bench.buffer(0), 64);
      bench.done(1);
      bench.write_back(1, 0, contract_bench::last_of(64));
      bench.cause(icr::RXT0);
    }
    if (moves)
      EXPECT_LEGAL(bench);
    else
      EXPECT_ONLY(bench, "N-15");
  }
}

TEST(front_rules, frames_without_descriptors_may_wait) {
  contract_bench bench;
  bench.open();
  bench.wait(1 * us);
  bench.step = 16 * ns;
  bench.arrive(1, 64);
  bench.nic(stage::rnbc);
  EXPECT_LEGAL(bench);
}

TEST(front_rules, R_6_nothing_is_fetched) {
  contract_bench bench{config{}};
  bench.open();
  bench.fill();
  EXPECT_ONLY(bench, "R-6");
}

// RDT first, EN later.
TEST(front_rules, R_6_enable_does_not_look_at_the_tail) {
  contract_bench bench{config{}};
  bench.count = 8;
  bench.write(reg::RDLEN, 128);
  bench.write(reg::RDBAL, contract_bench::ring_base);
  bench.write(reg::RDH, 0);
  bench.write(reg::RDT, 7);
  bench.wait(1 * ms);
  bench.write(reg::RCTL, contract_bench::rx_control);
  EXPECT_ONLY(bench, "R-6");
}

// FS 6.3: a full cache cannot fetch, so nobody may ask for it.
TEST(front_rules, no_fetch_into_a_full_cache_is_legal) {
  contract_bench bench{config{}};
  bench.write(reg::RXDCTL, rxdctl::GRAN | 63U << rxdctl::WTHRESH_SHIFT);
  bench.open(128);
  bench.write(reg::RDTR, 0xFFFF);
  bench.fill();
  bench.fetch(0, 64);
  for (std::uint32_t i = 0; i < 64; ++i) {
    bench.arrive(i + 1, 64);
    bench.payload(i + 1, bench.buffer(i), 64);
    bench.done(i + 1);
  }
  bench.wait(1 * ms);
  bench.watch.finish(bench.now);
  for (const breach& b : bench.watch.breaches()) EXPECT_NE(b.broken, rule::R_6) << b.describe();
}

constexpr auto oversize = static_cast<std::uint64_t>(drop_reason::oversize);

// a long frame that finds LPE and SBP off is discarded; what comes behind it must still get out (N-15).
TEST(front_rules, N_15_frames_stay_behind_a_discard) {
  for (const bool stuck : {false, true}) {
    contract_bench bench{config{}};
    bench.open(8, contract_bench::rx_control | rctl::LPE);
    bench.wait(1 * us);
    bench.step = 16 * ns;
    for (frame_id frame : {1, 2}) {
      bench.arrive(frame, frame == 1 ? 3000 : 64);
      bench.nic(stage::rnbc);
    }
    bench.step = 200 * ns;
    bench.write(reg::RCTL, contract_bench::rx_control);
    bench.fill();
    bench.fetch(0, 7);
    bench.nic(stage::fifo_drop, 1, 0, oversize);
    if (!stuck) {
      bench.payload(2, bench.buffer(0), 64);
      bench.done(2);
      bench.write_back(2, 0, contract_bench::last_of(64));
      bench.cause(icr::RXT0);
      EXPECT_LEGAL(bench);
    } else {
      EXPECT_ONLY(bench, "N-15");
    }
  }
}

// ... and a card that never gets past the long frame itself is as dead.
TEST(front_rules, N_15_a_long_frame_is_not_even_discarded) {
  contract_bench bench{config{}};
  bench.open(8, contract_bench::rx_control | rctl::LPE);
  bench.fill();
  bench.fetch(0, 7);
  bench.arrive(1, 3000);
  bench.write(reg::RCTL, contract_bench::rx_control);
  EXPECT_ONLY(bench, "N-15");
}

TEST(front_rules, R_40_a_frame_that_fits_is_discarded) {
  struct row {
    std::uint32_t control, bytes;
  };
  for (const row& r : {row{0, 1522}, row{rctl::LPE, 3000}, row{rctl::SBP, 3000}}) {
    contract_bench bench;
    bench.open(8, contract_bench::rx_control | rctl::LPE);
    bench.fill();
    bench.fetch(0, 7);
    bench.arrive(1, r.bytes);
    bench.write(reg::RCTL, contract_bench::rx_control | r.control);
    bench.nic(stage::fifo_drop, 1, 0, oversize);
    EXPECT_ONLY(bench, "R-40");
  }
}

}  // namespace
}  // namespace ringside::contract

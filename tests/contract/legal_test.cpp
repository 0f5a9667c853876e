// SPDX-License-Identifier: Apache-2.0
// Legal sequences: the checker must stay silent.
#include <gtest/gtest.h>

#include "common/drop_reason.h"
#include "hw/regs/e1000_regs.h"
#include "tests/contract/contract_bench.h"

namespace ringside::contract {
namespace {

std::uint64_t last_of(std::uint32_t n) {
  return contract_bench::last_of(n);
}
std::uint64_t part_of(std::uint32_t n) {
  return contract_bench::part_of(n);
}

TEST(legal, one_frame_through_interrupt_and_poll) {
  contract_bench bench;
  bench.open();
  bench.fill();
  bench.fetch(0, 7);
  bench.receive(1, 0);
  bench.interrupt(icr::RXT0);
  bench.take(0, last_of(64), 1);
  bench.post(0);
  bench.end_poll();
  EXPECT_LEGAL(bench);
}

TEST(legal, many_laps_of_the_ring_with_refill_of_one_behind) {
  contract_bench bench;
  bench.open(8);
  bench.fill();
  bench.fetch(0, 7);
  std::uint32_t next_fetch = 7;
  frame_id frame = 0;
  for (int lap = 0; lap < 40; ++lap) {
    const std::uint32_t index = static_cast<std::uint32_t>(lap) % 8;
    bench.receive(++frame, index, 64 + static_cast<std::uint32_t>(lap) * 7);
    bench.interrupt(icr::RXT0);
    bench.take(index, last_of(64 + static_cast<std::uint32_t>(lap) * 7), frame);
    // the newest posted descriptor waits for the next doorbell.
    bench.post((index + 7) % 8);
    bench.doorbell((index + 8) % 8);
    bench.fetch(next_fetch, 1);
    next_fetch = (next_fetch + 1) % 8;
    bench.end_poll();
  }
  EXPECT_LEGAL(bench);
}

TEST(legal, batch_of_frames_with_one_interrupt) {
  contract_bench bench;
  bench.open(16);
  bench.fill();
  bench.fetch(0, 15);
  for (frame_id f = 1; f <= 6; ++f) bench.receive(f, static_cast<std::uint32_t>(f - 1));
  bench.interrupt(icr::RXT0);
  for (std::uint32_t i = 0; i < 6; ++i) bench.take(i, last_of(64), i + 1);
  bench.end_poll();
  EXPECT_LEGAL(bench);
}

TEST(legal, payload_of_the_next_frame_streams_before_the_write_back) {
  contract_bench bench;
  bench.open();
  bench.fill();
  bench.fetch(0, 7);
  bench.arrive(1, 64);
  bench.arrive(2, 64);
  bench.payload(1, bench.buffer(0), 64);
  bench.done(1);
  bench.payload(2, bench.buffer(1), 64);
  bench.done(2);
  bench.write_back(1, 0, last_of(64));
  bench.write_back(2, 1, last_of(64));
  bench.visible(1, 0, last_of(64));
  bench.visible(2, 1, last_of(64));
  bench.cause(icr::RXT0);
  bench.interrupt(icr::RXT0);
  EXPECT_LEGAL(bench);
}

// BSIZE 256; the frame takes three descriptors, the CRC is alone in the last.
TEST(legal, frame_over_three_descriptors) {
  contract_bench bench;
  bench.open(8, contract_bench::rx_control | 3U << 16);
  bench.fill();
  bench.fetch(0, 7);
  bench.arrive(5, 516);
  bench.payload(5, bench.buffer(0), 256);
  bench.payload(5, bench.buffer(1), 128);
  bench.payload(5, bench.buffer(1) + 128, 128);
  bench.payload(5, bench.buffer(2), 4);
  bench.done(5);
  bench.write_back(5, 0, part_of(256));
  bench.write_back(5, 1, part_of(256));
  bench.write_back(5, 2, last_of(4));
  bench.visible(5, 0, part_of(256));
  bench.visible(5, 1, part_of(256));
  bench.visible(5, 2, last_of(4));
  bench.cause(icr::RXT0);
  EXPECT_LEGAL(bench);
}

// completed non-EOP descriptors may go first when the ring is dry.
TEST(legal, early_write_back_of_a_chain) {
  contract_bench bench;
  bench.open(8, contract_bench::rx_control | 3U << 16);
  bench.post(0);
  bench.post(1);
  bench.doorbell(1);
  bench.fetch(0, 1);
  bench.arrive(5, 300);
  bench.payload(5, bench.buffer(0), 256);
  bench.write_back(5, 0, part_of(256));
  bench.visible(5, 0, part_of(256));
  bench.post(2);
  bench.doorbell(2);
  bench.fetch(1, 1);
  bench.payload(5, bench.buffer(1), 44);
  bench.done(5);
  bench.write_back(5, 1, last_of(44));
  bench.visible(5, 1, last_of(44));
  bench.cause(icr::RXT0);
  EXPECT_LEGAL(bench);
}

// a null descriptor anywhere takes no data; the frame goes on in the next one.
TEST(legal, null_descriptors_take_no_data) {
  contract_bench bench;
  bench.open(8, contract_bench::rx_control | 3U << 16);
  bench.post(0, 0);
  bench.post(1);
  bench.post(2, 0);
  bench.post(3);
  bench.doorbell(4);
  for (std::uint32_t i = 0; i < 4; ++i)
    bench.bus(stage::desc_load, 0, bench.descriptor(i), i % 2 == 0 ? 0 : bench.buffer(i));
  bench.bus(stage::desc_fetch, 0, bench.descriptor(0), 64);
  bench.arrive(9, 300);
  bench.payload(9, bench.buffer(1), 256);
  bench.payload(9, bench.buffer(3), 44);
  bench.done(9);
  bench.write_back(9, 0, 1ULL << 32);
  bench.write_back(9, 1, part_of(256));
  bench.write_back(9, 2, 1ULL << 32);
  bench.write_back(9, 3, last_of(44));
  bench.cause(icr::RXT0);
  EXPECT_LEGAL(bench);
}

TEST(legal, reopen_with_another_ring_after_reset) {
  contract_bench bench;
  bench.open(8);
  bench.fill();
  bench.fetch(0, 7);
  bench.receive(1, 0);
  bench.interrupt(icr::RXT0);
  bench.take(0, last_of(64), 1);
  bench.end_poll();
  bench.write(reg::RCTL, 0);
  bench.wait(10 * ms);
  bench.sw(stage::imc_write, 0, ~0U);
  bench.write(reg::IMC, ~0U);
  bench.write(reg::CTRL, ctrl::RST);
  bench.nic(stage::nic_reset);
  bench.wait(5 * ms);
  bench.open(16);
  bench.fill();
  bench.fetch(0, 15);
  bench.receive(2, 0, 1518);
  bench.interrupt(icr::RXT0);
  bench.take(0, last_of(1518), 2);
  bench.end_poll();
  EXPECT_LEGAL(bench);
}

// DPDK writes RDT before EN.
TEST(legal, tail_before_enable) {
  contract_bench bench;
  bench.count = 8;
  bench.write(reg::RDLEN, 128);
  bench.write(reg::RDBAL, contract_bench::ring_base);
  for (std::uint32_t i = 0; i < 7; ++i) bench.post(i);
  bench.write(reg::RDH, 0);
  bench.write(reg::RDT, 7);
  bench.write(reg::RCTL, contract_bench::rx_control);
  bench.fetch(0, 7);
  bench.receive(1, 0);
  bench.read(reg::ICR, icr::RXT0);
  bench.take(0, last_of(64), 1);
  EXPECT_LEGAL(bench);
}

// FS 10.8: Linux clears EN, waits 10 ms and only then stops the poll, which may take and refill meanwhile.
TEST(legal, poll_goes_on_while_the_receiver_is_being_stopped) {
  contract_bench bench;
  bench.open(16);
  bench.fill();
  bench.fetch(0, 15);
  for (std::uint32_t i = 0; i < 3; ++i) bench.receive(i + 1, i);
  bench.interrupt(icr::RXT0);
  bench.take(0, last_of(64), 1);
  bench.write(reg::RCTL, 0);
  bench.wait(1 * us);
  bench.post(15);
  bench.doorbell(0);
  bench.take(1, last_of(64), 2);
  bench.take(2, last_of(64), 3);
  bench.post(0);
  bench.doorbell(1);
  bench.end_poll();
  EXPECT_LEGAL(bench);
}

// The CPU runs ahead of its posted MMIO writes: descriptors are posted before the card takes the ring registers.
TEST(legal, posts_overtake_the_ring_registers) {
  contract_bench bench;
  bench.count = 8;
  for (std::uint32_t i = 0; i < 3; ++i) bench.post(i);
  bench.write(reg::RDLEN, 128);
  bench.write(reg::RDBAL, contract_bench::ring_base);
  for (std::uint32_t i = 3; i < 7; ++i) bench.post(i);
  bench.sw(stage::rdt_write, 0, 7);
  bench.write(reg::RDT, 0);
  bench.write(reg::RDH, 0);
  bench.write(reg::RCTL, contract_bench::rx_control);
  bench.write(reg::RDT, 7);
  bench.fetch(0, 7);
  EXPECT_LEGAL(bench);
}

// FS 6.3: the data of one fetch may come in pieces; its first descriptors are used before its end.
TEST(legal, descriptors_of_a_fetch_are_used_before_its_end) {
  contract_bench bench;
  bench.open();
  bench.fill();
  bench.bus(stage::desc_load, 0, bench.descriptor(0), bench.buffer(0));
  bench.bus(stage::desc_load, 0, bench.descriptor(1), bench.buffer(1));
  bench.receive(1, 0);
  for (std::uint32_t i = 2; i < 7; ++i) bench.bus(stage::desc_load, 0, bench.descriptor(i), bench.buffer(i));
  bench.bus(stage::desc_fetch, 0, bench.descriptor(0), 7 * 16);
  bench.receive(2, 1);
  EXPECT_LEGAL(bench);
}

// I-4: a cause within a few clocks of an ICR read is seen by it or stays.
TEST(legal, cause_beside_an_icr_read_either_way) {
  for (const bool seen : {false, true}) {
    for (const sim_time distance : {-16 * ns, -8 * ns, 0 * ns, 8 * ns, 16 * ns}) {
      contract_bench bench;
      bench.open();
      bench.write(reg::IMC, ~0U);
      bench.cause(icr::LSC);
      bench.wait(1 * us);
      bench.step = 0;
      if (distance <= 0) {
        bench.cause(icr::TXDW);
        bench.wait(-distance);
        bench.read(reg::ICR, icr::LSC | (seen ? icr::TXDW : 0));
      } else {
        bench.read(reg::ICR, icr::LSC | (seen ? icr::TXDW : 0));
        bench.wait(distance);
        bench.cause(icr::TXDW);
      }
      bench.wait(1 * us);
      if (!seen) bench.read(reg::ICR, icr::TXDW);
      EXPECT_LEGAL(bench) << seen << " " << distance;
    }
  }
}

// I-20: ITR 195 holds the second assertion back; deassertion is never delayed.
TEST(legal, moderation_holds_an_assertion_back) {
  contract_bench bench;
  bench.open();
  bench.write(reg::ITR, 195);
  bench.auto_intx = false;
  bench.cause(icr::LSC);
  bench.step = 16 * ns;
  bench.nic(stage::intx_assert);
  const sim_time first = bench.now;
  bench.step = 200 * ns;
  bench.read(reg::ICR, icr::LSC);
  bench.step = 16 * ns;
  bench.nic(stage::intx_deassert);
  bench.cause(icr::LSC);
  bench.step = 0;
  bench.now = first + 195 * 256 * ns;
  bench.nic(stage::intx_assert);
  EXPECT_LEGAL(bench);
}

TEST(legal, overflow_raises_rxo) {
  contract_bench bench;
  bench.no_fifo();
  bench.open();
  bench.nic(stage::wire_sof, 1, 64);
  bench.nic(stage::filter_accept, 1);
  bench.step = 8 * ns;
  bench.nic(stage::fifo_drop, 1, 0, static_cast<std::uint64_t>(drop_reason::fifo_overflow));
  bench.cause(icr::RXO);
  EXPECT_LEGAL(bench);
}

// I-40: n = 16, RDMTS 0: threshold 8; falling from 9 to 8 raises RXDMT0 once.
TEST(legal, rxdmt0_at_the_threshold) {
  contract_bench bench;
  bench.open(16);
  bench.fill();
  bench.fetch(0, 15);
  for (std::uint32_t i = 0; i < 7; ++i) bench.receive(i + 1, i);
  bench.cause(icr::RXDMT0);
  for (std::uint32_t i = 7; i < 12; ++i) bench.receive(i + 1, i);
  EXPECT_LEGAL(bench);
}

// FS 7.4: FPD raises RXT0 with nothing pending.
TEST(legal, flush_write_raises_rxt0_alone) {
  contract_bench bench;
  bench.open();
  bench.fill();
  bench.fetch(0, 7);
  bench.write(reg::RDTR, rdtr::FPD);
  bench.cause(icr::RXT0);
  EXPECT_LEGAL(bench);
}

// FS 10.8: polls go on for 10 ms after EN = 0 and ring the doorbell.  A write-back the bus had taken before it ends in
// memory, and the driver takes it although the card forgets it.
TEST(legal, a_write_back_under_way_when_the_ring_is_flushed) {
  for (const bool in_memory : {true, false}) {
    contract_bench bench;
    bench.open();
    bench.fill();
    bench.fetch(0, 4);
    bench.receive(1, 0);
    bench.interrupt(icr::RXT0);
    bench.take(0, contract_bench::last_of(64), 1);
    bench.arrive(2, 64);
    bench.payload(2, bench.buffer(1), 64);
    bench.done(2);
    bench.write(reg::RCTL, 0x0000'8000);
    bench.post(0);
    bench.doorbell(0);
    bench.write_back(2, 1, contract_bench::last_of(64));
    if (in_memory) bench.visible(2, 1, contract_bench::last_of(64));
    bench.take(1, contract_bench::last_of(64), 2);
    bench.wait(10 * us);
    if (in_memory) {
      EXPECT_LEGAL(bench);
    } else {
      EXPECT_ONLY(bench, "S-4");
    }
  }
}

// Register tests of FS 11.2 put garbage into the ring registers with EN = 0.
TEST(legal, garbage_in_ring_registers_while_off) {
  contract_bench bench;
  for (const std::uint32_t pattern : {0x5A5A5A5AU, 0xA5A5A5A5U, 0U, 0xFFFFFFFFU})
    for (const std::uint32_t offset : {reg::RDLEN, reg::RDH, reg::RDT, reg::RDBAL, reg::RDBAH, reg::RDTR})
      bench.write(offset, pattern);
  bench.nic(stage::nic_reset);
  bench.open();
  bench.fill();
  bench.fetch(0, 7);
  bench.receive(1, 0);
  EXPECT_LEGAL(bench);
}

}  // namespace
}  // namespace ringside::contract

// SPDX-License-Identifier: Apache-2.0
// The driver's duties: each illegal sequence trips exactly its rule.
#include <gtest/gtest.h>

#include "hw/regs/e1000_regs.h"
#include "tests/contract/contract_bench.h"

namespace ringside::contract::driver_tests {
namespace {

std::uint64_t last_of(std::uint32_t n) {
  return contract_bench::last_of(n);
}

/// Ring of 8 with mapped buffers, frame 1 in descriptor 0, in memory.
struct received : contract_bench {
  received() {
    open();
    for (std::uint32_t i = 0; i < 7; ++i) map_and_post(i);
    doorbell(7);
    fetch(0, 7);
    receive(1, 0);
  }
};

TEST(driver_rules, S_1_rewrites_a_descriptor_the_card_owns) {
  received bench;
  bench.post(3);
  EXPECT_ONLY(bench, "S-1");
}

TEST(driver_rules, rewriting_a_descriptor_beyond_the_tail_is_legal) {
  contract_bench bench;
  bench.open();
  bench.fill();
  bench.post(7);
  bench.post(7);
  EXPECT_LEGAL(bench);
}

TEST(driver_rules, S_2_doorbell_covers_an_unposted_descriptor) {
  contract_bench bench;
  bench.open();
  bench.post(0);
  bench.doorbell(2);
  EXPECT_ONLY(bench, "S-2");
}

TEST(driver_rules, S_2_doorbell_before_the_descriptor) {
  contract_bench bench;
  bench.open();
  bench.post(0);
  bench.sw(stage::rdt_write, 0, 2);
  bench.post(1);
  bench.write(reg::RDT, 2);
  EXPECT_ONLY(bench, "S-2");
}

TEST(driver_rules, S_3_full_ring_looks_empty) {
  contract_bench bench;
  bench.open();
  bench.fill();
  bench.post(7);
  bench.doorbell(0);
  EXPECT_ONLY(bench, "S-3");
}

TEST(driver_rules, S_3_tail_equals_head_although_descriptors_are_posted) {
  contract_bench bench;
  bench.open();
  for (std::uint32_t i = 0; i < 7; ++i) bench.post(i);
  bench.doorbell(0);
  EXPECT_ONLY(bench, "S-3");
}

TEST(driver_rules, S_3_tail_beyond_the_ring) {
  contract_bench bench;
  bench.open();
  bench.doorbell(8);
  EXPECT_ONLY(bench, "S-3");
}

TEST(driver_rules, R_16_ring_register_written_while_enabled) {
  for (const std::uint32_t offset : {reg::RDBAL, reg::RDBAH, reg::RDLEN, reg::RDH}) {
    contract_bench bench;
    bench.open();
    bench.write(offset, 0);
    EXPECT_ONLY(bench, "R-16");
  }
}

TEST(driver_rules, R_4_buffer_size_changed_while_enabled) {
  contract_bench bench;
  bench.open();
  bench.write(reg::RCTL, contract_bench::rx_control | 1U << 16);
  EXPECT_ONLY(bench, "R-4");
}

// FS 11.2 steps 18 and 19: the self-test of Linux writes size and base of an enabled ring, and resets the card after
// it.
TEST(driver_rules, the_register_test_may_write_what_others_must_not) {
  constexpr std::uint32_t step_18 = 0x06DF'B3FE;
  for (const bool announced : {true, false}) {
    contract::config setup = contract_bench::cut_short();
    setup.self_test = announced;
    contract_bench bench(setup);
    bench.open();
    bench.write(reg::RCTL, step_18);
    if (!announced) {
      EXPECT_ONLY(bench, "R-4");
      continue;
    }
    bench.write(reg::RDBAL, 0x5A5A'5A5A);
    EXPECT_LEGAL(bench);
  }
}

TEST(driver_rules, the_register_test_ends_with_the_reset) {
  contract::config setup = contract_bench::cut_short();
  setup.self_test = true;
  contract_bench bench(setup);
  bench.open();
  bench.write(reg::RCTL, 0x06DF'B3FE);
  bench.nic(stage::nic_reset);
  bench.open();
  bench.write(reg::RDBAL, 0);
  EXPECT_ONLY(bench, "R-16");
}

TEST(driver_rules, an_announced_self_test_excuses_nothing_before_it) {
  contract::config setup = contract_bench::cut_short();
  setup.self_test = true;
  contract_bench bench(setup);
  bench.open();
  bench.write(reg::RDBAL, 0);
  EXPECT_ONLY(bench, "R-16");
}

// filter bits may change live.
TEST(driver_rules, filter_bits_changed_while_enabled_are_legal) {
  contract_bench bench;
  bench.open();
  bench.write(reg::RCTL, contract_bench::rx_control | rctl::UPE | rctl::MPE);
  EXPECT_LEGAL(bench);
}

TEST(driver_rules, S_5_mapped_twice) {
  contract_bench bench;
  bench.sw(stage::dma_map, 0, 0x5000, 2048);
  bench.sw(stage::dma_map, 0, 0x5000, 2048);
  EXPECT_ONLY(bench, "S-5");
}

TEST(driver_rules, S_6_unmapped_twice) {
  contract_bench bench;
  bench.sw(stage::dma_map, 0, 0x5000, 2048);
  bench.sw(stage::dma_unmap, 0, 0x5000, 2048);
  bench.sw(stage::dma_unmap, 0, 0x5000, 2048);
  EXPECT_ONLY(bench, "S-6");
}

TEST(driver_rules, S_6_unmapped_with_another_size) {
  contract_bench bench;
  bench.sw(stage::dma_map, 0, 0x5000, 2048);
  bench.sw(stage::dma_unmap, 0, 0x5000, 1024);
  EXPECT_ONLY(bench, "S-6");
}

TEST(driver_rules, S_7_unmapped_while_the_card_owns_it) {
  received bench;
  bench.sw(stage::dma_unmap, 0, bench.buffer(2), contract_bench::buffer_bytes);
  EXPECT_ONLY(bench, "S-7");
}

TEST(driver_rules, unmapped_after_taking_or_after_reset_is_legal) {
  received bench;
  bench.interrupt(icr::RXT0);
  bench.take(0, last_of(64), 1);
  bench.sw(stage::dma_unmap, 0, bench.buffer(0), contract_bench::buffer_bytes);
  bench.end_poll();
  bench.write(reg::RCTL, 0);
  bench.wait(10 * ms);
  bench.write(reg::CTRL, ctrl::RST);
  bench.nic(stage::nic_reset);
  for (std::uint32_t i = 1; i < 7; ++i) bench.sw(stage::dma_unmap, 0, bench.buffer(i), contract_bench::buffer_bytes);
  EXPECT_LEGAL(bench);
}

TEST(driver_rules, S_8_posts_an_unmapped_buffer) {
  contract_bench bench;
  bench.open();
  bench.map_and_post(0);
  bench.post(1);
  EXPECT_ONLY(bench, "S-8");
}

TEST(driver_rules, S_14_another_direction) {
  for (const std::uint64_t fault : {dma_fault::direction, dma_fault::not_allocated, dma_fault::cpu_access}) {
    contract_bench bench;
    bench.sw(stage::dma_misuse, 0, 0x5000, fault);
    EXPECT_ONLY(bench, "S-14");
  }
}

TEST(driver_rules, S_15_closed_with_a_buffer_mapped) {
  contract_bench bench;
  bench.sw(stage::dma_map, 0, 0x5000, 2048);
  bench.sw(stage::driver_close);
  EXPECT_ONLY(bench, "S-15");
}

TEST(driver_rules, S_10_poll_scheduled_without_icr_read) {
  received bench;
  bench.sw(stage::hardirq_enter);
  bench.sw(stage::napi_schedule);
  EXPECT_ONLY(bench, "S-10");
}

TEST(driver_rules, S_11_unmasks_before_the_poll_is_complete) {
  received bench;
  bench.interrupt(icr::RXT0);
  bench.take(0, last_of(64), 1);
  bench.sw(stage::ims_write, 0, contract_bench::enabled_causes);
  bench.sw(stage::napi_complete);
  EXPECT_ONLY(bench, "S-11");
}

// FS 10.8: a VLAN change masks and unmasks from a task, while a poll that is not complete waits for ksoftirqd.
TEST(driver_rules, a_task_may_unmask_while_a_poll_waits) {
  received bench;
  bench.interrupt(icr::RXT0);
  bench.take(0, last_of(64), 1);
  bench.sw(stage::dma_sync, 1, bench.buffer(0), 64);
  bench.sw(stage::softirq_exit);
  bench.sw(stage::ims_write, 0, contract_bench::enabled_causes);
  EXPECT_LEGAL(bench);
}

TEST(driver_rules, S_12_bytes_used_without_sync) {
  received bench;
  bench.interrupt(icr::RXT0);
  bench.take(0, last_of(64), 1);
  bench.sw(stage::skb_build, 1, 60, 1);
  EXPECT_ONLY(bench, "S-12");
}

TEST(driver_rules, bytes_used_after_sync_or_unmap_are_legal) {
  received bench;
  bench.receive(2, 1);
  bench.interrupt(icr::RXT0);
  bench.take(0, last_of(64), 1);
  bench.sw(stage::dma_sync, 1, bench.buffer(0), 64);
  bench.sw(stage::skb_build, 1, 60, 1);
  bench.take(1, last_of(64), 2);
  bench.sw(stage::dma_unmap, 2, bench.buffer(1), contract_bench::buffer_bytes);
  bench.sw(stage::skb_build, 2, 60, 0);
  bench.end_poll();
  EXPECT_LEGAL(bench);
}

TEST(driver_rules, S_13_fewer_bytes_synced_than_used) {
  received bench;
  bench.interrupt(icr::RXT0);
  bench.take(0, last_of(64), 1);
  bench.sw(stage::dma_sync, 1, bench.buffer(0), 59);  // 60 and an FCS nobody reads
  bench.sw(stage::skb_build, 1, 60, 1);
  EXPECT_ONLY(bench, "S-13");
}

TEST(driver_rules, S_13_hole_between_two_syncs) {
  received bench;
  bench.interrupt(icr::RXT0);
  bench.take(0, last_of(64), 1);
  bench.sw(stage::dma_sync, 1, bench.buffer(0), 20);
  bench.sw(stage::dma_sync, 1, bench.buffer(0) + 30, 34);
  bench.sw(stage::skb_build, 1, 60, 1);
  EXPECT_ONLY(bench, "S-13");
}

TEST(driver_rules, S_13_synced_only_before_the_descriptor_was_taken) {
  received bench;
  bench.receive(2, 1);
  bench.interrupt(icr::RXT0);
  bench.take(0, last_of(64), 1);
  bench.sw(stage::dma_sync, 1, bench.buffer(0), 64);
  bench.sw(stage::dma_sync, 1, bench.buffer(1), 64);  // the next frame's, too early
  bench.sw(stage::skb_build, 1, 60, 1);
  bench.take(1, last_of(64), 2);
  bench.sw(stage::dma_sync, 2, bench.buffer(1), 32);
  bench.sw(stage::skb_build, 2, 60, 1);
  EXPECT_ONLY(bench, "S-13");
}

TEST(driver_rules, bytes_synced_without_the_fcs_or_in_pieces_are_legal) {
  received bench;
  bench.receive(2, 1);
  bench.interrupt(icr::RXT0);
  bench.take(0, last_of(64), 1);
  bench.sw(stage::dma_sync, 1, bench.buffer(0), 60);
  bench.sw(stage::skb_build, 1, 60, 1);
  bench.take(1, last_of(64), 2);
  bench.sw(stage::dma_sync, 2, bench.buffer(1), 14);
  bench.sw(stage::dma_sync, 2, bench.buffer(1) + 14, 50);
  bench.sw(stage::skb_build, 2, 60, 1);
  bench.end_poll();
  EXPECT_LEGAL(bench);
}

namespace {
// A frame over two descriptors of 2048 bytes, the second with 104 bytes.
struct chained : contract_bench {
  chained() {
    open(8, rx_control | 1U << 5);  // LPE
    for (std::uint32_t i = 0; i < 7; ++i) map_and_post(i);
    doorbell(7);
    fetch(0, 7);
    arrive(1, 2152);
    payload(1, buffer(0), 2048);
    payload(1, buffer(1), 104);
    done(1);
    write_back(1, 0, part_of(2048));
    write_back(1, 1, last_of(104));
    visible(1, 0, part_of(2048));
    visible(1, 1, last_of(104));
    cause(icr::RXT0);
    interrupt(icr::RXT0);
  }
};
}  // namespace

TEST(driver_rules, S_13_first_buffer_of_a_chain_not_synced) {
  chained bench;
  bench.take(0, contract_bench::part_of(2048), 1);
  bench.take(1, last_of(104), 1);
  bench.sw(stage::dma_unmap, 1, bench.buffer(1), contract_bench::buffer_bytes);
  bench.sw(stage::skb_build, 1, 2148, 0);
  EXPECT_ONLY(bench, "S-13");
}

TEST(driver_rules, chain_unmapped_part_by_part_is_legal) {
  chained bench;
  bench.take(0, contract_bench::part_of(2048), 1);
  bench.sw(stage::dma_unmap, 1, bench.buffer(0), contract_bench::buffer_bytes);
  bench.take(1, last_of(104), 1);
  bench.sw(stage::dma_unmap, 1, bench.buffer(1), contract_bench::buffer_bytes);
  bench.sw(stage::skb_build, 1, 2148, 0);
  bench.end_poll();
  EXPECT_LEGAL(bench);
}

// FS 10.7: the watchdog's ICS = RXDMT0 is a safety net that must find nothing.
TEST(driver_rules, D_4_frame_waited_for_the_watchdog) {
  received bench;
  bench.interrupt(icr::RXT0);
  bench.end_poll();  // without taking the frame
  bench.wait(1 * second);
  bench.write(reg::ICS, icr::RXDMT0);
  bench.step = 16 * ns;
  bench.cause(icr::RXDMT0);
  EXPECT_ONLY(bench, "D-4");
}

TEST(driver_rules, D_4_frame_waited_because_nobody_unmasked) {
  received bench;
  bench.interrupt(icr::RXT0);
  bench.take(0, last_of(64), 1);
  bench.sw(stage::napi_complete);  // and no IMS write
  bench.receive(2, 1);
  bench.wait(1 * second);
  bench.write(reg::ICS, icr::RXDMT0);
  bench.step = 16 * ns;
  bench.cause(icr::RXDMT0);
  EXPECT_ONLY(bench, "D-4");
}

TEST(driver_rules, watchdog_finds_nothing_waiting) {
  received bench;
  bench.interrupt(icr::RXT0);
  bench.take(0, last_of(64), 1);
  bench.end_poll();
  bench.wait(1 * second);
  bench.write(reg::ICS, icr::RXDMT0);
  bench.step = 16 * ns;
  bench.cause(icr::RXDMT0);
  EXPECT_LEGAL(bench);
}

}  // namespace
}  // namespace ringside::contract::driver_tests

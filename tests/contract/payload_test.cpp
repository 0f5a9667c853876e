// SPDX-License-Identifier: Apache-2.0
// Payload that goes where it must not: each sequence trips exactly its rule.
#include <gtest/gtest.h>

#include "hw/regs/e1000_regs.h"
#include "tests/contract/contract_bench.h"

namespace ringside::contract {
namespace {

constexpr std::uint32_t buffers_of_256 = contract_bench::rx_control | 3U << 16;

struct ready : contract_bench {
  explicit ready(std::uint32_t control = rx_control) {
    open(8, control);
    fill();
    fetch(0, 7);
    arrive(1, 64);
  }
};

TEST(payload_rules, N_3_before_the_buffer) {
  ready bench;
  bench.payload(1, bench.buffer(0) - 4, 64);
  EXPECT_ONLY(bench, "N-3");
}

TEST(payload_rules, N_3_beyond_BSIZE) {
  ready bench(buffers_of_256);
  bench.payload(1, bench.buffer(0), 260);
  EXPECT_ONLY(bench, "N-3");
}

TEST(payload_rules, N_3_second_burst_beyond_BSIZE) {
  ready bench(buffers_of_256);
  bench.payload(1, bench.buffer(0), 256);
  bench.payload(1, bench.buffer(0) + 256, 64);
  EXPECT_ONLY(bench, "N-3");
}

// FS 6.1: the seven buffer sizes.
TEST(payload_rules, N_3_beyond_each_buffer_size) {
  struct {
    std::uint32_t code, bytes;
  } const sizes[] = {{0U << 16, 2048},
                     {1U << 16, 1024},
                     {2U << 16, 512},
                     {3U << 16, 256},
                     {1U << 16 | rctl::BSEX, 16384},
                     {2U << 16 | rctl::BSEX, 8192},
                     {3U << 16 | rctl::BSEX, 4096}};
  for (const auto& size : sizes) {
    ready fits(contract_bench::rx_control | rctl::LPE | size.code);
    fits.payload(1, fits.buffer(0), size.bytes);
    fits.done(1);
    fits.write_back(1, 0, contract_bench::part_of(size.bytes));
    EXPECT_EQ(fits.broken(), std::vector<std::string>{"N-5"}) << size.bytes;  // its EOP does not come
    ready beyond(contract_bench::rx_control | rctl::LPE | size.code);
    beyond.payload(1, beyond.buffer(0), size.bytes + 1);
    EXPECT_ONLY(beyond, "N-3") << size.bytes;
  }
}

TEST(payload_rules, R_40_beyond_1522_in_a_buffer_of_2048) {
  ready bench;
  bench.payload(1, bench.buffer(0), 1522);
  bench.payload(1, bench.buffer(0) + 1522, 1);
  EXPECT_ONLY(bench, "R-40");
}

TEST(payload_rules, exactly_1522_is_legal) {
  ready bench;
  bench.arrive(2, 1522);
  bench.payload(2, bench.buffer(0), 1522);
  bench.done(2);
  bench.write_back(2, 0, contract_bench::last_of(1522));
  EXPECT_LEGAL(bench);
}

TEST(payload_rules, R_23_goes_on_in_the_next_buffer_too_early) {
  ready bench(buffers_of_256);
  bench.payload(1, bench.buffer(0), 252);
  bench.payload(1, bench.buffer(1), 16);
  EXPECT_ONLY(bench, "R-23");
}

TEST(payload_rules, R_11_payload_without_a_descriptor) {
  contract_bench bench;
  bench.open();
  bench.post(0);
  bench.doorbell(1);
  bench.fetch(0, 1);
  bench.receive(1, 0);
  bench.step = 16 * ns;
  bench.arrive(2, 64);
  bench.nic(stage::rnbc);
  bench.payload(2, bench.buffer(1), 64);
  EXPECT_ONLY(bench, "R-11");
}

TEST(payload_rules, N_8_descriptor_was_not_fetched) {
  contract_bench bench;
  bench.open();
  bench.fill();
  bench.arrive(1, 64);
  bench.payload(1, bench.buffer(0), 64);
  EXPECT_ONLY(bench, "N-8");
}

// rewriting RDH drops what is on chip.
TEST(payload_rules, N_8_cached_descriptor_survives_a_ring_rewrite) {
  ready bench;
  bench.write(reg::RCTL, 0);
  bench.wait(1 * ms);
  bench.write(reg::RDH, 0);
  bench.write(reg::RDT, 0);
  bench.write(reg::RCTL, contract_bench::rx_control);
  for (std::uint32_t i = 0; i < 4; ++i) bench.post(i, 0x80'0000 + i * 0x1000);
  bench.doorbell(4);
  bench.arrive(2, 64);
  bench.payload(2, bench.buffer(0), 64);
  EXPECT_ONLY(bench, "N-8");
}

TEST(payload_rules, N_8_cached_descriptor_survives_although_refetched) {
  ready bench;
  bench.write(reg::RCTL, 0);
  bench.wait(1 * ms);
  bench.write(reg::RDH, 0);
  bench.write(reg::RDT, 0);
  bench.write(reg::RCTL, contract_bench::rx_control);
  for (std::uint32_t i = 0; i < 4; ++i) bench.post(i, 0x80'0000 + i * 0x1000);
  bench.doorbell(4);
  for (std::uint32_t i = 0; i < 4; ++i) bench.bus(stage::desc_load, 0, bench.descriptor(i), 0x80'0000 + i * 0x1000);
  bench.bus(stage::desc_fetch, 0, bench.descriptor(0), 64);
  bench.arrive(2, 64);
  bench.payload(2, bench.buffer(0), 64);
  EXPECT_ONLY(bench, "N-8");
}

TEST(payload_rules, N_1_data_after_DD) {
  ready bench;
  bench.payload(1, bench.buffer(0), 32);
  bench.write_back(1, 0, contract_bench::last_of(32));
  EXPECT_EQ(bench.broken(), std::vector<std::string>{"N-11"});  // 64 bytes were on the wire
  contract_bench late;
  late.open();
  late.fill();
  late.fetch(0, 7);
  late.payload(9, late.buffer(0), 60);
  late.write_back(9, 0, contract_bench::last_of(60));
  late.payload(9, late.buffer(0) + 60, 4);
  EXPECT_ONLY(late, "N-1");
}

TEST(payload_rules, N_10_payload_after_reset) {
  ready bench;
  bench.nic(stage::nic_reset);
  bench.wait(6 * us);
  bench.payload(1, bench.buffer(0), 64);
  EXPECT_ONLY(bench, "N-10");
}

TEST(payload_rules, payload_the_bus_had_taken_before_reset_is_legal) {
  ready bench;
  bench.nic(stage::nic_reset);
  bench.payload(1, bench.buffer(0), 64);
  EXPECT_LEGAL(bench);
}

TEST(payload_rules, N_10_payload_more_than_10_ms_after_disable) {
  ready bench;
  bench.write(reg::RCTL, 0);
  bench.wait(10 * ms + 1 * us);
  bench.bus(stage::dma_write, 1, bench.buffer(0), 64);
  EXPECT_ONLY(bench, "N-10");
}

TEST(payload_rules, payload_within_10_ms_of_disable_is_legal) {
  ready bench;
  bench.write(reg::RCTL, 0);
  bench.wait(9 * ms);
  bench.payload(1, bench.buffer(0), 64);
  EXPECT_LEGAL(bench);
}

// RDH beyond the ring after a rewrite with EN = 0.
TEST(payload_rules, P_3_payload_with_bus_mastering_off) {
  ready bench;
  bench.nic(stage::reg_write, 0, nic_registers::config_base + nic_registers::command_offset, 3);
  bench.wait(10 * us);
  bench.payload(1, bench.buffer(0), 64);
  EXPECT_ONLY(bench, "P-3");
}

// Manual 6.3.1.4: no master cycles in D3, nor in the D0 behind it before memory space is enabled.
TEST(payload_rules, P_3_payload_in_D3_or_uninitialized) {
  constexpr auto command = nic_registers::config_base + nic_registers::command_offset;
  constexpr auto power = nic_registers::config_base + nic_registers::power_offset;
  struct row {
    bool back, enabled;
    const char* broken;
  };
  // Awake again it is judged as any frame, and that its DD does not come is the only fault.
  for (const row& r : {row{false, false, "P-3"}, row{true, false, "P-3"}, row{true, true, "N-5"}}) {
    ready bench;
    bench.nic(stage::reg_write, 0, command, 7);
    bench.nic(stage::reg_write, 0, power, 3);
    if (r.back) bench.nic(stage::reg_write, 0, power, 0);
    if (r.enabled) bench.nic(stage::reg_write, 0, command, 7);
    bench.wait(10 * us);
    bench.payload(1, bench.buffer(0), 64);
    EXPECT_ONLY(bench, r.broken);
  }
}

// D-6: the driver has freed it; the card may have been stopped less than 10 ms ago.
TEST(payload_rules, D_6_payload_into_an_unmapped_buffer) {
  contract_bench bench;
  bench.open();
  for (std::uint32_t i = 0; i < 7; ++i) bench.map_and_post(i);
  bench.doorbell(7);
  bench.fetch(0, 7);
  bench.arrive(1, 64);
  bench.write(reg::RCTL, 0);
  bench.sw(stage::dma_unmap, 0, bench.buffer(0), contract_bench::buffer_bytes);
  bench.payload(1, bench.buffer(0), 64);
  EXPECT_ONLY(bench, "D-6");
}

TEST(payload_rules, R_18_payload_without_a_usable_ring) {
  ready bench;
  bench.write(reg::RCTL, 0);
  bench.write(reg::RDLEN, 0);
  bench.wait(61 * us);
  bench.bus(stage::dma_write, 1, bench.buffer(0), 64);
  EXPECT_ONLY(bench, "R-18");
}

TEST(payload_rules, S_8_more_than_the_driver_mapped) {
  contract_bench bench;
  bench.open();
  bench.sw(stage::dma_map, 0, bench.buffer(0), 256);
  bench.post(0);
  bench.doorbell(1);
  bench.fetch(0, 1);
  bench.arrive(1, 512);
  bench.payload(1, bench.buffer(0), 256);
  bench.payload(1, bench.buffer(0) + 256, 256);
  EXPECT_ONLY(bench, "S-8");
}

// P-3: the bus begins nothing more, so one burst at most was under way.
TEST(payload_rules, P_3_another_burst_after_the_one_that_was_under_way) {
  for (const bool another : {false, true}) {
    contract_bench bench;
    bench.open(8);
    bench.fill();
    bench.fetch(0, 7);
    bench.arrive(1, 600);
    bench.nic(stage::reg_write, 0, nic_registers::config_base + nic_registers::command_offset, 3);
    bench.payload(1, bench.buffer(0), 256);
    if (another) {
      bench.bus(stage::dma_write, 1, bench.buffer(0) + 256, 256);
      EXPECT_ONLY(bench, "P-3");
    } else {
      EXPECT_LEGAL(bench);
    }
  }
}

// PCI PM 1.1 section 3.2.4: D1 and D2, which the chip lacks, are refused and leave D3 as it is.
TEST(payload_rules, P_3_d1_and_d2_wake_nothing) {
  constexpr auto command = nic_registers::config_base + nic_registers::command_offset;
  constexpr auto power = nic_registers::config_base + nic_registers::power_offset;
  for (const std::uint32_t state : {1U, 2U}) {
    ready bench;
    bench.nic(stage::reg_write, 0, power, 3);
    bench.nic(stage::reg_write, 0, power, state);
    bench.nic(stage::reg_write, 0, command, 7);
    bench.wait(10 * us);
    bench.payload(1, bench.buffer(0), 64);
    EXPECT_ONLY(bench, "P-3");
  }
}

}  // namespace
}  // namespace ringside::contract

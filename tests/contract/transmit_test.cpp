// SPDX-License-Identifier: Apache-2.0
// Transmit: a legal life of packets passes silently, and each rule has a sequence that breaks it alone.
#include <gtest/gtest.h>

#include "hw/regs/e1000_regs.h"
#include "tests/contract/contract_bench.h"

namespace ringside::contract {
namespace {

// CMD and DCMD bits of bytes 8..15 (FS 9.1).
constexpr std::uint64_t eop = 1ULL << 24, tse = 1ULL << 26, rs = 1ULL << 27, dext = 1ULL << 29, ide = 1ULL << 31;
constexpr std::uint64_t data_type = dext | 1ULL << 20;
constexpr std::uint64_t txsm = 2ULL << 40;
constexpr std::uint32_t enable = 2;

class transmit_bench : public contract_bench {
 public:
  static constexpr std::uint64_t tx_base = 0x30'0000;
  static constexpr std::uint64_t first_tx_buffer = 0x40'0000;

  static config judged() {
    config setup = cut_short();
    setup.off.reset(static_cast<std::size_t>(rule::T_60));
    return setup;
  }

  explicit transmit_bench(std::uint32_t descriptors = 8) : contract_bench(judged()) {
    write(reg::TDBAL, tx_base);
    write(reg::TDBAH, 0);
    write(reg::TDLEN, descriptors * 16);
    write(reg::TDH, 0);
    write(reg::TDT, 0);
    write(reg::TCTL, enable);
    settle();
  }
  /// Past everything the bus may still have had for an older ring.
  void settle() { wait(200 * us); }

  static std::uint64_t at(std::uint32_t index) { return tx_base + index * 16ULL; }
  static std::uint64_t buffer_of(std::uint32_t index) { return first_tx_buffer + index * 0x1000ULL; }

  void put(std::uint32_t index, std::uint64_t command, std::uint64_t buffer, bool mapped = true) {
    const std::uint64_t bytes = command & 0xFFFF;
    if (mapped && bytes != 0 && buffer != 0) sw(stage::dma_map, 0, buffer, bytes);
    sw(stage::tx_desc_post, 0, at(index), buffer);
    sw(stage::tx_desc_command, 0, at(index), command);
    commands_[index] = command;
  }
  void put(std::uint32_t index, std::uint64_t command) { put(index, command, buffer_of(index)); }
  void ring(std::uint32_t tail) { write(reg::TDT, tail); }
  void load(std::uint32_t index) { bus(stage::tx_desc_load, 0, at(index), commands_[index]); }
  void read(std::uint32_t index, std::uint32_t from, std::uint32_t bytes) {
    bus(stage::tx_dma_read, 1, buffer_of(index) + from, bytes);
  }
  void head(std::uint32_t value) { nic(stage::reg_read, 0, reg::TDH, value); }
  void done(std::uint32_t index) { done(index, 1ULL << 32); }
  void done(std::uint32_t index, std::uint64_t status) { bus(stage::tx_desc_writeback, 1, at(index), status); }
  void seen(std::uint32_t index) { bus(stage::tx_dd_visible, 1, at(index), 1ULL << 32); }
  void unmap(std::uint32_t index, std::uint64_t bytes) { sw(stage::dma_unmap, 0, buffer_of(index), bytes); }
  void wire(frame_id frame = 1) { nic(stage::tx_wire_sof, frame); }
  /// One legacy packet of 100 bytes in one descriptor, from the doorbell to the interrupt.
  void send(std::uint32_t index, std::uint32_t next) {
    put(index, eop | rs | 100);
    ring(next);
    load(index);
    read(index, 0, 100);
    wire();
    done(index);
    seen(index);
    cause(icr::TXDW);
    unmap(index, 100);
  }

 private:
  std::uint64_t commands_[64] = {};
};

TEST(transmit_rules, packets_of_every_kind_pass) {
  transmit_bench b;
  for (std::uint32_t i = 0; i < 20; ++i) b.send(i % 8, (i + 1) % 8);
  // Two buffers, status of the last alone; then a context and a packet with checksum and delayed interrupt.
  b.put(4, 60);
  b.put(5, eop | rs | 40);
  b.put(6, dext | rs);
  b.put(7, data_type | eop | rs | ide | txsm | 50);
  b.ring(0);
  for (std::uint32_t i = 4; i < 8; ++i) b.load(i);
  b.read(4, 0, 10);
  b.read(4, 10, 50);
  b.read(5, 0, 40);
  b.done(5);
  b.seen(5);
  b.cause(icr::TXDW);
  b.done(6);
  b.seen(6);
  b.cause(icr::TXDW);
  b.read(7, 0, 50);
  b.done(7, (txsm >> 32 << 32) | 1ULL << 32);
  b.seen(7);
  b.wait(1 * ms);  // TIDV
  b.cause(icr::TXDW | icr::TXQE);
  b.head(0);
  EXPECT_LEGAL(b);
}

// T-34: bytes beyond the payload length need not be read, nor those of a packet whose context cannot be used.
TEST(transmit_rules, a_segmented_packet_may_be_finished_before_all_is_read) {
  transmit_bench b;
  b.put(0, dext | tse);
  b.put(1, data_type | tse | 200);
  b.put(2, data_type | tse | eop | rs | 300);
  b.ring(3);
  for (std::uint32_t i = 0; i < 3; ++i) b.load(i);
  b.read(1, 0, 200);
  b.done(2);
  b.seen(2);
  b.cause(icr::TXDW);
  EXPECT_LEGAL(b);
}

TEST(transmit_rules, T_10_bytes_beyond_the_buffer_are_read) {
  transmit_bench b;
  b.put(0, eop | rs | 100);
  b.ring(1);
  b.load(0);
  b.read(0, 0, 101);
  EXPECT_ONLY(b, "T-10");
}

TEST(transmit_rules, T_10_a_buffer_is_read_out_of_turn) {
  transmit_bench b;
  b.put(0, 100);
  b.put(1, eop | rs | 100);
  b.ring(2);
  b.load(0);
  b.load(1);
  b.read(1, 0, 100);
  EXPECT_ONLY(b, "T-10");
}

TEST(transmit_rules, T_40_fetch_reaches_the_tail) {
  transmit_bench b;
  b.put(0, eop | rs | 100);
  b.put(1, eop | rs | 100);
  b.ring(1);
  b.load(0);
  b.load(1);
  EXPECT_ONLY(b, "T-40");
}

TEST(transmit_rules, T_40_fetch_skips_a_descriptor) {
  transmit_bench b;
  b.put(0, eop | rs | 100);
  b.put(1, eop | rs | 100);
  b.ring(2);
  b.load(1);
  EXPECT_ONLY(b, "T-40");
}

TEST(transmit_rules, T_40_fetch_outside_the_ring) {
  transmit_bench b;
  b.put(0, eop | rs | 100);
  b.ring(1);
  b.bus(stage::tx_desc_load, 0, transmit_bench::at(8), 0);
  EXPECT_ONLY(b, "T-40");
}

TEST(transmit_rules, T_40_the_descriptor_read_is_not_what_software_wrote) {
  transmit_bench b;
  b.put(0, eop | rs | 100);
  b.ring(1);
  b.bus(stage::tx_desc_load, 0, transmit_bench::at(0), eop | rs | 60);
  EXPECT_ONLY(b, "T-40");
}

TEST(transmit_rules, T_41_fetch_while_the_transmitter_is_off) {
  transmit_bench b;
  b.put(0, eop | rs | 100);
  b.write(reg::TCTL, 0);
  b.settle();
  b.ring(1);
  b.load(0);
  EXPECT_ONLY(b, "T-41");
}

// T-47: unused descriptors come again after TDT was written with EN = 0.
TEST(transmit_rules, fetched_again_after_a_pause) {
  transmit_bench b;
  b.send(0, 1);
  b.put(1, eop | rs | 100);
  b.put(2, eop | rs | 100);
  b.ring(2);
  b.load(1);
  b.write(reg::TCTL, 0);
  b.settle();
  b.ring(3);
  b.write(reg::TCTL, enable);
  b.load(1);
  b.load(2);
  b.read(1, 0, 100);
  b.read(2, 0, 100);
  b.done(1);
  b.done(2);
  b.cause(icr::TXDW);
  EXPECT_LEGAL(b);
}

TEST(transmit_rules, T_42_done_before_the_data_were_read) {
  transmit_bench b;
  b.put(0, eop | rs | 100);
  b.ring(1);
  b.load(0);
  b.read(0, 0, 99);
  b.done(0);
  b.cause(icr::TXDW);
  EXPECT_ONLY(b, "T-42");
}

TEST(transmit_rules, T_42_done_before_the_data_of_an_earlier_descriptor_were_read) {
  transmit_bench b;
  b.put(0, 100);
  b.put(1, eop | rs | 100);
  b.ring(2);
  b.load(0);
  b.load(1);
  b.done(1);
  b.cause(icr::TXDW);
  EXPECT_ONLY(b, "T-42");
}

TEST(transmit_rules, T_43_head_passes_what_is_not_done) {
  transmit_bench b;
  b.put(0, eop | rs | 100);
  b.ring(1);
  b.load(0);
  b.read(0, 0, 100);
  b.settle();
  b.head(1);
  EXPECT_ONLY(b, "T-43");
}

TEST(transmit_rules, T_43_head_stays_behind) {
  transmit_bench b;
  b.send(0, 1);
  b.settle();
  b.head(0);
  EXPECT_ONLY(b, "T-43");
}

TEST(transmit_rules, T_44_descriptor_without_RS_is_written_back) {
  transmit_bench b;
  b.put(0, eop | 100);
  b.ring(1);
  b.load(0);
  b.read(0, 0, 100);
  b.done(0);
  EXPECT_ONLY(b, "T-44");
}

TEST(transmit_rules, T_44_written_back_out_of_order) {
  transmit_bench b;
  b.put(0, eop | rs | 100);
  b.put(1, eop | rs | 100);
  b.ring(2);
  b.load(0);
  b.load(1);
  b.read(0, 0, 100);
  b.read(1, 0, 100);
  b.done(1);
  EXPECT_ONLY(b, "T-44");
}

TEST(transmit_rules, T_44_other_bits_change) {
  transmit_bench b;
  const std::uint64_t special = 0x1234ULL << 48;
  b.put(0, special | eop | rs | 100);
  b.ring(1);
  b.load(0);
  b.read(0, 0, 100);
  b.done(0, 1ULL << 32);  // special is gone
  b.cause(icr::TXDW);
  EXPECT_ONLY(b, "T-44");
}

TEST(transmit_rules, T_60_nothing_was_written_back) {
  transmit_bench b;
  b.send(0, 1);
  b.cause(icr::TXDW);
  EXPECT_ONLY(b, "T-60");
}

TEST(transmit_rules, T_60_the_cause_does_not_come) {
  transmit_bench b;
  b.put(0, eop | rs | 100);
  b.ring(1);
  b.load(0);
  b.read(0, 0, 100);
  b.done(0);
  b.wait(1 * ms);
  EXPECT_ONLY(b, "T-60");
}

TEST(transmit_rules, T_62_descriptors_are_left) {
  transmit_bench b;
  b.put(0, eop | rs | 100);
  b.put(1, eop | rs | 100);
  b.ring(2);
  b.load(0);
  b.load(1);
  b.read(0, 0, 100);
  b.done(0);
  b.cause(icr::TXDW | icr::TXQE);
  EXPECT_ONLY(b, "T-62");
}

// The cause comes a few clocks behind the write-back, as a card has it; a doorbell as near to it may be too late.
TEST(transmit_rules, T_62_is_judged_right_behind_the_write_back) {
  for (const bool late_doorbell : {false, true}) {
    transmit_bench b;
    b.put(0, eop | rs | 100);
    b.put(1, eop | rs | 100);
    b.ring(late_doorbell ? 1 : 2);
    b.load(0);
    b.read(0, 0, 100);
    b.step = 24 * ns;
    b.done(0);
    if (late_doorbell) b.ring(2);
    b.cause(icr::TXDW | icr::TXQE);
    EXPECT_EQ(b.broken(), late_doorbell ? std::vector<std::string>{} : std::vector<std::string>{"T-62"});
  }
}

TEST(transmit_rules, T_72_a_frame_begins_while_the_transmitter_is_off) {
  transmit_bench b;
  b.write(reg::TCTL, 0);
  b.wait(1 * us);
  b.wire();
  EXPECT_ONLY(b, "T-72");
}

TEST(transmit_rules, S_17_the_driver_writes_what_the_card_has) {
  transmit_bench b;
  b.put(0, eop | rs | 100);
  b.ring(1);
  b.put(0, eop | rs | 100, transmit_bench::buffer_of(5));
  EXPECT_ONLY(b, "S-17");
}

TEST(transmit_rules, S_18_tail_beyond_the_ring) {
  transmit_bench b;
  b.ring(8);
  EXPECT_ONLY(b, "S-18");
}

TEST(transmit_rules, S_18_tail_covers_what_was_not_written) {
  transmit_bench b;
  b.put(0, eop | rs | 100);
  b.ring(2);
  EXPECT_ONLY(b, "S-18");
}

// A ring of 8 takes 7: with 8 TDH = TDT would mean none.
TEST(transmit_rules, S_18_tail_passes_what_is_not_done) {
  transmit_bench b;
  b.send(0, 1);
  for (std::uint32_t i = 1; i < 8; ++i) b.put(i, eop | rs | 100);
  b.ring(0);
  b.put(0, eop | rs | 100);
  b.ring(1);
  EXPECT_ONLY(b, "S-18");
}

TEST(transmit_rules, S_19_the_buffer_is_not_mapped) {
  transmit_bench b;
  b.put(0, eop | rs | 100, transmit_bench::buffer_of(0), false);
  EXPECT_ONLY(b, "S-19");
}

TEST(transmit_rules, S_19_unmapped_before_it_is_done) {
  transmit_bench b;
  b.put(0, eop | rs | 100);
  b.ring(1);
  b.load(0);
  b.unmap(0, 100);
  EXPECT_ONLY(b, "S-19");
}

TEST(transmit_rules, S_20_the_ring_is_rewritten_while_it_runs) {
  transmit_bench b;
  b.write(reg::TDLEN, 256);
  EXPECT_ONLY(b, "S-20");
}

TEST(transmit_rules, S_21_a_packet_without_its_context) {
  transmit_bench b;
  b.put(0, dext | tse);  // the other kind (T-15)
  b.put(1, data_type | eop | rs | txsm | 60);
  b.ring(2);
  b.load(0);
  b.load(1);
  EXPECT_ONLY(b, "S-21");
}

// CTRL.RST takes the ring, and what was on its way ends.
TEST(transmit_rules, a_reset_in_the_middle_is_legal) {
  transmit_bench b;
  b.put(0, eop | rs | 100);
  b.put(1, eop | rs | 100);
  b.ring(2);
  b.load(0);
  b.nic(stage::nic_reset);
  b.load(1);
  b.read(0, 0, 100);
  b.settle();
  EXPECT_LEGAL(b);
}

}  // namespace
}  // namespace ringside::contract

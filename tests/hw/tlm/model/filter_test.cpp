// SPDX-License-Identifier: Apache-2.0
// Address and VLAN filter, length and FCS rules, flow control: FS 6.7 to FS 6.9 by hand.
#include <gtest/gtest.h>

#include <ostream>

#include "tests/hw/tlm/model/card_bench.h"

namespace ringside::test::filter_tests {
namespace {

using address = std::array<std::uint8_t, 6>;
constexpr address other_host{0x52, 0x54, 0x00, 0x12, 0x34, 0x57};
constexpr address group{0x01, 0xAA, 0x00, 0x12, 0x34, 0x56};  // FS 6.7's example
constexpr address pause_address{0x01, 0x80, 0xC2, 0x00, 0x00, 0x01};

struct seen {
  bool stored = false;
  host_descriptor d;
};

/// One frame to a card set up by `prepare`.
template <typename setup>
seen receive(const offered_frame& frame, std::uint32_t rctl_value, setup&& prepare, card_bench& bench) {
  bench.plan(frame);
  for (std::uint32_t i = 0; i < reg::MTA_COUNT; ++i) bench.write(reg::MTA + 4 * i, 0);
  for (std::uint32_t i = 0; i < reg::VFTA_COUNT; ++i) bench.write(reg::VFTA + 4 * i, 0);
  prepare(bench);
  bench.open(16, 15, rctl_value | rctl::EN);
  bench.start_traffic();
  bench.run_for(400 * us);
  return {bench.done(0), bench.descriptor(0)};
}
seen receive(const offered_frame& frame, std::uint32_t rctl_value) {
  card_bench bench;
  return receive(
      frame, rctl_value, [](card_bench&) {}, bench);
}
bool accepts(const address& da, std::uint32_t rctl_value) {
  return receive(plain_frame(da, 100), rctl_value).stored;
}

TEST(filter, unicast_needs_an_entry_or_upe) {
  EXPECT_TRUE(accepts(own_address, 0));
  EXPECT_FALSE(accepts(other_host, 0));
  EXPECT_TRUE(accepts(other_host, rctl::UPE));
  EXPECT_FALSE(accepts(other_host, rctl::MPE | rctl::BAM));
}

TEST(filter, broadcast_needs_bam) {
  EXPECT_TRUE(accepts(broadcast_address, rctl::BAM));
  EXPECT_FALSE(accepts(broadcast_address, 0));
  EXPECT_FALSE(accepts(broadcast_address, rctl::UPE));
}

TEST(filter, multicast_needs_mpe_or_a_hash_hit) {
  EXPECT_TRUE(accepts(group, rctl::MPE));
  EXPECT_FALSE(accepts(group, rctl::UPE | rctl::BAM));
}

TEST(filter, hash_values_of_the_four_offsets) {  // FS 6.7: 0x563, 0xAC6, 0x58D, 0x634
  constexpr std::uint32_t hash_of[] = {0x563, 0xAC6, 0x58D, 0x634};
  for (std::uint32_t offset = 0; offset < 4; ++offset)
    for (const std::uint32_t hash : hash_of) {
      card_bench bench;
      const auto hit = receive(
          plain_frame(group, 100), offset << rctl::MO_SHIFT,
          [&](card_bench& b) { b.write(reg::MTA + (hash >> 5) * 4, 1U << (hash & 31)); }, bench);
      EXPECT_EQ(hit.stored, hash == hash_of[offset]) << offset << ' ' << std::hex << hash;
      EXPECT_EQ((hit.d.status & rxd_status::PIF) != 0, hit.stored);
    }
}

// MPE or an exact entry makes a hash hit a sure one.
TEST(filter, hash_hit_beside_a_sure_one_carries_no_pif) {
  for (const std::uint32_t mode : {0U, rctl::MPE}) {
    card_bench bench;
    const auto hit = receive(
        plain_frame(group, 100), mode, [](card_bench& b) { b.write(reg::MTA + (0x563 >> 5) * 4, 1U << (0x563 & 31)); },
        bench);
    EXPECT_TRUE(hit.stored);
    EXPECT_EQ((hit.d.status & rxd_status::PIF) != 0, mode == 0);
  }
}

TEST(filter, exact_entries_carry_no_pif) {  // R-81, ASEL
  for (const std::uint32_t select : {0U, 1U, 2U, 3U}) {
    card_bench bench;
    const auto hit = receive(
        plain_frame(group, 100), 0,
        [&](card_bench& b) {
          b.write(reg::RAL + 15 * 8, 0x1200'AA01);
          b.write(reg::RAH + 15 * 8, 0x8000'5634 | select << 16);
        },
        bench);
    EXPECT_EQ(hit.stored, select == 0);
    EXPECT_EQ(hit.d.status & rxd_status::PIF, 0U);
  }
}

TEST(filter, vlan_table_and_cfi) {
  struct row {
    std::uint16_t tag;
    std::uint32_t rctl_value;
    bool stored;
  };
  constexpr std::uint32_t vfe = rctl::VFE, both = rctl::VFE | rctl::CFIEN;
  for (const row& r : {row{0x0123, vfe, true}, row{0x0124, vfe, false}, row{0xF123, vfe, true}, row{0x0123, both, true},
                       row{0x1123, both, false}, row{0x1123, both | rctl::CFI, true}, row{0x0124, 0, true},
                       row{0x0124, vfe | rctl::UPE, false}}) {
    offered_frame frame = plain_frame(own_address, 100, 0, 0x8100);
    frame.bytes[14] = static_cast<std::uint8_t>(r.tag >> 8);
    frame.bytes[15] = static_cast<std::uint8_t>(r.tag);
    card_bench bench;
    const auto hit = receive(
        frame, r.rctl_value, [](card_bench& b) { b.write(reg::VFTA + 0x123 / 32 * 4, 1U << 0x123 % 32); }, bench);
    EXPECT_EQ(hit.stored, r.stored) << std::hex << r.tag << ' ' << r.rctl_value;
  }
}

TEST(vlan, tag_is_stripped_with_vme_only) {  // R-43, N-11
  offered_frame frame = plain_frame(own_address, 100, 0, 0x8100);
  frame.bytes[14] = 0xB1;
  frame.bytes[15] = 0x23;
  card_bench bench;
  const auto kept = receive(
      frame, 0, [](card_bench&) {}, bench);
  EXPECT_EQ(kept.d.length, 100U);
  EXPECT_EQ(kept.d.special, 0U);
  EXPECT_EQ(kept.d.status & rxd_status::VP, 0U);
  card_bench stripping;
  const auto cut = receive(
      frame, 0, [](card_bench& b) { b.write(reg::CTRL, b.read(reg::CTRL) | ctrl::VME); }, stripping);
  EXPECT_EQ(cut.d.length, 96U);
  EXPECT_EQ(cut.d.special, 0xB123U);
  EXPECT_NE(cut.d.status & rxd_status::VP, 0U);
  std::vector<std::uint8_t> expected = frame.bytes;
  expected.erase(expected.begin() + 12, expected.begin() + 16);
  EXPECT_EQ(stripping.bytes(card_bench::buffers_at, expected.size()), expected);
}

struct length_case {
  std::size_t size;
  bool bad_fcs;
  bool rx_er;
  std::uint32_t errors;                 // with SBP
  std::vector<std::uint32_t> counters;  // of FS 6.8, each one
};
void PrintTo(const length_case& c, std::ostream* out) {
  *out << c.size << (c.bad_fcs ? " bad FCS" : "") << (c.rx_er ? " RX_ER" : "");
}

class length_rules : public testing::TestWithParam<length_case> {};

// FS 6.8; R-27: a bad frame uses no descriptor; R-41: a short frame keeps its length, nothing is padded.
TEST_P(length_rules, drop_store_and_count) {
  const length_case& c = GetParam();
  offered_frame frame = plain_frame(own_address, c.size);
  frame.bad_fcs = c.bad_fcs;
  if (c.rx_er) frame.rx_er_at = 20;
  const bool good = c.errors == 0 && c.counters.empty();
  for (const bool sbp : {false, true}) {
    card_bench bench;
    const auto got = receive(
        frame, sbp ? rctl::SBP : 0, [](card_bench&) {}, bench);
    EXPECT_EQ(got.stored, good || sbp);
    EXPECT_EQ(bench.read(reg::RDH), got.stored ? 1U : 0U);
    EXPECT_EQ(bench.transfers(tlm::dma_kind::payload).empty(), !got.stored);
    if (got.stored) {
      EXPECT_EQ(got.d.errors, c.errors);
      EXPECT_EQ(got.d.length, c.size);
    }
    for (const std::uint32_t counter : {reg::RUC, reg::RFC, reg::ROC, reg::RJC, reg::RLEC, reg::CRCERRS, reg::RXERRC}) {
      const bool counted = std::find(c.counters.begin(), c.counters.end(), counter) != c.counters.end();
      EXPECT_EQ(bench.read(counter), counted ? 1U : 0U) << std::hex << counter;
    }
    EXPECT_EQ(bench.read(reg::TPR), 1U);
    EXPECT_EQ(bench.read(reg::TORL), c.size);
    EXPECT_EQ(bench.read(reg::GPRC), good ? 1U : 0U);
    EXPECT_EQ(bench.read(reg::GORCL), good ? c.size : 0U);
  }
}

INSTANTIATE_TEST_SUITE_P(table, length_rules,
                         testing::Values(length_case{63, false, false, 0, {reg::RUC, reg::RLEC}},
                                         length_case{63, true, false, 1, {reg::RFC, reg::RLEC}},
                                         length_case{64, false, false, 0, {}},
                                         length_case{64, true, false, 1, {reg::CRCERRS}},
                                         length_case{1522, false, false, 0, {}},
                                         length_case{1522, true, false, 1, {reg::CRCERRS}},
                                         length_case{1523, false, false, 0, {reg::ROC, reg::RLEC}},
                                         length_case{1523, true, false, 1, {reg::RJC, reg::RLEC, reg::CRCERRS}},
                                         length_case{100, false, true, 0x80, {reg::RXERRC}},
                                         length_case{100, true, true, 0x81, {reg::RXERRC, reg::CRCERRS}},
                                         length_case{1523, false, true, 0x80, {reg::ROC, reg::RLEC, reg::RXERRC}}));

TEST(length, long_packets_need_lpe) {  // 1523..16384
  EXPECT_TRUE(receive(plain_frame(own_address, 1523), rctl::LPE).stored);
  EXPECT_TRUE(receive(plain_frame(own_address, 16384), rctl::LPE).stored);
  EXPECT_FALSE(receive(plain_frame(own_address, 16385), rctl::LPE).stored);
}

// FS 6.8, R-31: with SBP whatever fits into the FIFO is stored, in whole words behind 16 bytes of status; the rest is
// missed. 64 KiB hold 65520 bytes.
TEST(length, bad_packets_of_any_length_are_stored) {
  constexpr std::uint32_t fifo_kib = 64;
  for (const std::size_t size : {32767UL, 32768UL, 40000UL, 65520UL, 65521UL, 65535UL, 65536UL, 70000UL}) {
    SCOPED_TRACE(size);
    const bool fits = (size + 7) / 8 * 8 + 16 <= fifo_kib * 1024UL;
    card_bench bench;
    const offered_frame frame = plain_frame(own_address, size);
    bench.plan(frame);
    bench.divide_buffer(fifo_kib);
    bench.open(64, 63, rctl::EN | rctl::SBP);
    bench.start_traffic();
    bench.run_for(2 * ms);
    const auto descriptors = static_cast<std::uint32_t>((size + 2047) / 2048);
    EXPECT_EQ(bench.read(reg::RDH), fits ? descriptors : 0U);
    EXPECT_EQ(bench.read(reg::MPC), fits ? 0U : 1U);
    EXPECT_EQ(bench.read(reg::ICR) & icr::RXO, fits ? 0U : icr::RXO);
    EXPECT_EQ(bench.read(reg::ROC), fits ? 1U : 0U);  // a missed frame counts in MPC alone
    if (!fits) continue;
    std::vector<std::uint8_t> got;
    for (std::uint32_t i = 0; i < descriptors; ++i) {
      const auto part = bench.bytes(bench.descriptor(i).address, bench.descriptor(i).length);
      got.insert(got.end(), part.begin(), part.end());
    }
    ASSERT_EQ(got.size(), size);
    got.resize(size - 4);
    EXPECT_EQ(got, frame.bytes);
  }
}

// IEEE 802.3 35.2.1.5, 35.2.2.8: RX_ER with RX_DV concerns the frame being received, and its first part on GMII is the
// preamble (35.2.3): -9 is its first byte, -2 the delimiter.
TEST(rx_error, counts_from_the_first_byte_of_the_preamble) {
  for (const std::int32_t at : {-10, -9, -8, -3, -2, 0, 99, 100}) {
    SCOPED_TRACE(at);
    const bool inside = at >= -9 && at <= 99;
    offered_frame frame = plain_frame(own_address, 100);
    frame.rx_er_at = at;
    card_bench bench;
    bench.plan(frame);
    bench.plan(plain_frame(own_address, 64));  // it says nothing about the next
    bench.open(16, 15, rctl::EN);
    bench.start_traffic();
    bench.run_for(50 * us);
    EXPECT_EQ(bench.read(reg::RXERRC), inside ? 1U : 0U);
    EXPECT_EQ(bench.read(reg::RDH), inside ? 1U : 2U);
    EXPECT_EQ(bench.descriptor(inside ? 0 : 1).length, 64U);
  }
}

TEST(length, fcs_is_stripped_with_secrc) {
  card_bench bench;
  const auto got = receive(
      plain_frame(own_address, 64), rctl::SECRC, [](card_bench&) {}, bench);
  EXPECT_EQ(got.d.length, 60U);
  EXPECT_EQ(bench.bytes(card_bench::buffers_at + 60, 4), std::vector<std::uint8_t>(4, 0));
  EXPECT_EQ(bench.read(reg::PRC64), 1U);
  EXPECT_EQ(bench.read(reg::GORCL), 64U);
}

TEST(counters, size_bins_and_kinds) {  // FS 6.10
  card_bench bench;
  sim_time at = 0;
  for (const std::size_t size : {64, 65, 127, 128, 255, 256, 511, 512, 1023, 1024, 1522})
    bench.plan(plain_frame(own_address, size, at += 20 * us));
  bench.plan(plain_frame(broadcast_address, 64, at += 20 * us));
  bench.plan(plain_frame(group, 64, at += 20 * us));
  bench.plan(plain_frame(other_host, 64, at += 20 * us));
  bench.open(32, 31, rctl::EN | rctl::BAM | rctl::MPE);
  bench.start_traffic();
  bench.run_for(500 * us);
  for (const auto& [counter, value] : std::map<std::uint32_t, std::uint32_t>{{reg::PRC64, 3},
                                                                             {reg::PRC127, 2},
                                                                             {reg::PRC255, 2},
                                                                             {reg::PRC511, 2},
                                                                             {reg::PRC1023, 2},
                                                                             {reg::PRC1522, 2},
                                                                             {reg::GPRC, 13},
                                                                             {reg::BPRC, 1},
                                                                             {reg::MPRC, 1},
                                                                             {reg::TPR, 14},
                                                                             {reg::TORL, 5679},
                                                                             {reg::RNBC, 0}})
    EXPECT_EQ(bench.read(counter), value) << std::hex << counter;
  EXPECT_EQ(bench.read(reg::TPR), 0U);  // cleared by the read
  EXPECT_EQ(bench.read(reg::GORCL), 5615U);
  EXPECT_EQ(bench.read(reg::GORCL), 5615U);  // the low word does not clear
  EXPECT_EQ(bench.read(reg::GORCH), 0U);
  EXPECT_EQ(bench.read(reg::GORCL), 0U);
}

TEST(flow_control, pause_frames) {  // F-1 to F-4
  offered_frame pause = plain_frame(pause_address, 64, 0, 0x8808);
  pause.bytes[14] = 0;
  pause.bytes[15] = 1;
  pause.bytes[16] = 0x10;
  const auto addresses = [](card_bench& b) {
    b.write(reg::FCAL, 0x00C2'8001);
    b.write(reg::FCAH, 0x0100);
    b.write(reg::FCT, 0x8808);
  };
  struct row {
    bool rfce;
    std::uint32_t rctl_value;
    bool stored;
    std::uint32_t good;
  };
  for (const row& r :
       {row{false, rctl::MPE, true, 1}, row{false, rctl::MPE | rctl::DPF, true, 1}, row{false, 0, false, 0},
        row{true, rctl::MPE, true, 0}, row{true, rctl::MPE | rctl::DPF, false, 0}, row{true, rctl::PMCF, false, 0}}) {
    card_bench bench;
    const auto got = receive(
        pause, r.rctl_value,
        [&](card_bench& b) {
          addresses(b);
          if (r.rfce) b.write(reg::CTRL, b.read(reg::CTRL) | ctrl::RFCE);
        },
        bench);
    EXPECT_EQ(got.stored, r.stored) << r.rfce << std::hex << r.rctl_value;
    EXPECT_EQ(bench.read(reg::XOFFRXC), 1U);
    EXPECT_EQ(bench.read(reg::GPRC), r.good);
    // 0x10xx units of 512 ns are more than 2 ms.
    EXPECT_EQ((bench.read(reg::STATUS) & status::TXOFF) != 0, r.rfce);
  }
  // F-5: another opcode counts as unsupported and passes by PMCF alone, inexactly.
  pause.bytes[15] = 2;
  card_bench bench;
  const auto got = receive(
      pause, rctl::PMCF,
      [&](card_bench& b) {
        addresses(b);
        b.write(reg::CTRL, b.read(reg::CTRL) | ctrl::RFCE);
      },
      bench);
  EXPECT_TRUE(got.stored);
  EXPECT_NE(got.d.status & rxd_status::PIF, 0U);
  EXPECT_EQ(bench.read(reg::FCRUC), 1U);
}

}  // namespace
}  // namespace ringside::test::filter_tests

// SPDX-License-Identifier: Apache-2.0
// Registers, counters, causes and the end of a round: what passes by its id, and that all else is found.
#include <gtest/gtest.h>

#include "tests/tools/oracle/pair.h"

namespace ringside::oracle {
namespace {

void both_read(pair& p, std::uint32_t offset, std::uint32_t written, std::uint32_t ours, std::uint32_t qemu) {
  p.c.steps.push_back({true, offset, written});
  p.c.steps.push_back({false, offset, 0});
  p.ours.steps.push_back(ours);
  p.qemu.steps.push_back(qemu);
}

TEST(compare_counters, one_too_many_is_found_in_each) {
  const pair sound;
  for (std::size_t i = 0; i < sound.ours.counters.size(); ++i) {
    const std::uint32_t offset = sound.ours.counters[i].offset;
    pair qemu;
    ++qemu.qemu.counters[i].value;
    EXPECT_FALSE(qemu.agrees()) << register_name(offset);
    pair ours;
    ++ours.ours.counters[i].value;
    // Of these ours alone counts: only our other card can say that it counts wrong.
    const bool ours_alone = ours.judge().differences.empty();
    const std::vector<std::uint32_t> silent{reg::CRCERRS, reg::RXERRC, reg::RLEC, reg::XONRXC, reg::XOFFRXC,
                                            reg::FCRUC,   reg::RNBC,   reg::RUC,  reg::RFC,    reg::RJC};
    EXPECT_EQ(ours_alone, std::find(silent.begin(), silent.end(), offset) != silent.end()) << register_name(offset);
    EXPECT_FALSE(compare_own(sound.ours, ours.ours).empty()) << register_name(offset);
    pair again;
    again.ours.counters_again[i].value = 1;
    EXPECT_FALSE(again.agrees()) << register_name(offset) << " is cleared by a read";
  }
}

TEST(compare_registers, what_reads_back) {
  struct row {
    std::uint32_t offset, written, ours, qemu;
    std::string id;  // empty: a difference
  };
  const std::vector<row> rows{
      {reg::RDBAL, 0x1234'567F, 0x1234'5670, 0x1234'567F, "V-68"},
      {reg::RDBAL, 0x1234'567F, 0x1234'5670, 0x1234'5671, ""},
      {reg::RDBAL, 0x1234'5670, 0x1234'5670, 0x1234'5660, ""},
      {reg::RDBAL, 0x1234'567F, 0x1234'5660, 0x1234'567F, ""},
      {reg::TIDV, 0x55, 0x55, 0, "V-52"},
      {reg::TIDV, 0x55, 0x55, 0x54, ""},
      {reg::RXCSUM, 0x300, 0x300, 0, "V-67"},
      {reg::RXCSUM, 0x300, 0x300, 0x100, ""},
      {reg::RXDCTL, 0x0101'0000, 0x0101'0000, 0, "V-25"},
      {reg::PBA, 0x0028, 0x0018'0028, 0x0028, "V-74"},
      {reg::PBA, 0x0028, 0x0019'0028, 0x0028, ""},
      {reg::MANC, 0x1, 0x1, 0x0022'2300, "V-75"},
      {reg::MANC, 0x1, 0x1, 0x2, ""},
      {reg::WUS, 0x5, 0, 0x5, "V-76"},
      {reg::WUS, 0x5, 0x5, 0, ""},
      {reg::STATUS, 0, 0x383, 0x8008'0783, "V-4"},
      {reg::STATUS, 0, 0x383, 0x381, ""},
      {reg::IMS, 0x10, 0x10, 0x11, ""},
      {reg::RDTR, 0x7, 0x7, 0x8, ""},
      {reg::MDIC, 0x0821'0000, 0x1821'796D, 0x1821'794D, "V-46"},
      {reg::MDIC, 0x0821'0000, 0x1821'796D, 0x1821'694D, ""},
      {reg::MDIC, 0x0824'0000, 0x1824'0DE1, 0x1824'0DE0, ""},
      {reg::MDIC, 0x0840'0000, 0x5840'0000, 0x5000'0000, "V-44"},
      {reg::MDIC, 0x0840'0000, 0x1840'0000, 0x5000'0000, ""},
      {reg::EERD, 0x0001, 0x5452'0010, 0x5452'0011, ""},
  };
  for (const row& r : rows) {
    pair p;
    both_read(p, r.offset, r.written, r.ours, r.qemu);
    SCOPED_TRACE(register_name(r.offset) + " " + std::to_string(r.ours) + " " + std::to_string(r.qemu));
    EXPECT_EQ(p.agrees(), !r.id.empty());
    EXPECT_EQ(r.id.empty() ? 1 : p.uses(r.id), 1U);
  }
}

TEST(compare_registers, from_reset) {
  pair p;
  p.ours.at_reset = {{reg::CTRL, 0xA01}, {reg::STATUS, 0x381}, {reg::VET, 0x8100}};
  p.qemu.at_reset = {{reg::CTRL, 0x0014'0240}, {reg::STATUS, 0x8008'0783}, {reg::VET, 0x8100}};
  EXPECT_EQ(p.judge().differences, std::vector<std::string>{});
  EXPECT_EQ(p.uses("V-3"), 1U);
  p.qemu.at_reset[0].value = 0x0014'0241;
  EXPECT_FALSE(p.agrees());
  p.qemu.at_reset[0].value = 0x0014'0240;
  p.ours.at_reset[2].value = 0;
  EXPECT_FALSE(p.agrees());
}

TEST(compare_registers, every_read_must_have_been_made) {
  pair p;
  both_read(p, reg::ITR, 1, 1, 1);
  p.ours.steps.clear();
  EXPECT_FALSE(p.agrees());
}

TEST(compare_causes, what_both_raise_is_equal) {
  const auto with = [](std::uint32_t ours, std::uint32_t qemu) {
    pair p;
    p.ours.rounds[0].causes = ours;
    p.qemu.rounds[0].causes = qemu;
    return p;
  };
  EXPECT_TRUE(with(icr::TXDW | icr::RXT0, icr::TXDW | icr::RXT0).agrees());
  EXPECT_FALSE(with(icr::TXDW, icr::TXDW | icr::RXT0).agrees());
  EXPECT_FALSE(with(icr::TXDW | icr::RXT0, icr::TXDW).agrees());
  EXPECT_TRUE(with(icr::TXD_LOW | icr::SRPD, 0).agrees());
  EXPECT_FALSE(with(icr::RXO, 0).agrees());
  EXPECT_FALSE(with(0, icr::TXD_LOW).agrees());
}

// I-40: of 32 descriptors 31 are given and one was used.
TEST(compare_causes, threshold_of_free_descriptors) {
  const auto with = [](std::size_t ring, std::uint32_t ours, std::uint32_t qemu) {
    pair p;
    p.c.buffers.resize(ring);  // free afterwards: ring - 2, T = ring / 2
    p.ours.rounds[0].causes = ours;
    p.qemu.rounds[0].causes = qemu;
    return p.agrees();
  };
  EXPECT_TRUE(with(32, 0, 0));
  EXPECT_FALSE(with(32, icr::RXDMT0, 0));
  EXPECT_FALSE(with(32, 0, icr::RXDMT0));
  EXPECT_TRUE(with(4, icr::RXDMT0, icr::RXDMT0));
  EXPECT_FALSE(with(4, 0, 0));
  EXPECT_FALSE(with(4, 0, icr::RXDMT0));
}

TEST(compare, a_round_without_its_end_is_found) {
  for (case_result pair::*card : {&pair::ours, &pair::qemu})
    for (bool round_result::*end : {&round_result::receive_ended, &round_result::transmit_ended}) {
      pair p;
      (p.*card).rounds[0].*end = false;
      EXPECT_FALSE(p.agrees());
    }
}

TEST(compare, our_two_cards_may_differ_in_nothing) {
  const pair p;
  EXPECT_TRUE(compare_own(p.ours, p.ours).empty());
  const auto spoilt = [&p](const auto& how) {
    pair other = p;
    how(other.ours);
    return !compare_own(p.ours, other.ours).empty();
  };
  EXPECT_TRUE(spoilt([](case_result& r) { r.rounds[0].received[0][0].checksum ^= 1; }));
  EXPECT_TRUE(spoilt([](case_result& r) { r.rounds[0].received[0][0].window[20] ^= 1; }));
  EXPECT_TRUE(spoilt([](case_result& r) { r.rounds[0].received.clear(); }));
  EXPECT_TRUE(spoilt([](case_result& r) { r.rounds[0].sent[0][5] ^= 1; }));
  EXPECT_TRUE(spoilt([](case_result& r) { r.rounds[0].sent.clear(); }));
  EXPECT_TRUE(spoilt([](case_result& r) { r.rounds[0].descriptors[0][3] ^= 1; }));
  EXPECT_TRUE(spoilt([](case_result& r) { r.rounds[0].causes ^= icr::SRPD; }));
  EXPECT_TRUE(spoilt([](case_result& r) { ++r.rounds[0].receive_head; }));
  EXPECT_TRUE(spoilt([](case_result& r) { r.rounds.clear(); }));
  EXPECT_TRUE(spoilt([](case_result& r) { r.settings.push_back({reg::ITR, 1}); }));
  EXPECT_TRUE(spoilt([](case_result& r) { r.steps.push_back(1); }));
}

}  // namespace
}  // namespace ringside::oracle

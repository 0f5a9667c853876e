// SPDX-License-Identifier: Apache-2.0
// What the comparison of received frames lets pass, and that each thing beside it is found.
#include <gtest/gtest.h>

#include "tests/tools/oracle/pair.h"

namespace ringside::oracle {
namespace {

TEST(compare_received, named_differences_pass_and_are_counted) {
  const pair p;
  const verdict v = p.judge();
  EXPECT_EQ(v.differences, std::vector<std::string>{});
  EXPECT_EQ(v.forgiven.at("V-35"), 1U);
  EXPECT_EQ(v.forgiven.at("V-33"), 1U);
  EXPECT_EQ(v.forgiven.at("V-55"), 1U);  // the FCS of the frame sent
}

TEST(compare_received, a_byte_of_data_is_found) {
  for (const bool of_ours : {true, false}) {
    pair p;
    done_descriptor& d = of_ours ? p.our_descriptor() : p.qemu_descriptor();
    d.window.at(guard_bytes + 50) ^= 1;
    EXPECT_FALSE(p.agrees()) << of_ours;
  }
}

TEST(compare_received, the_crc_must_be_the_frames) {
  pair p;
  p.our_descriptor().window.at(guard_bytes + 101) ^= 0x80;
  EXPECT_FALSE(p.agrees());
}

// V-35: QEMU does not write the CRC; if it did, it would be another QEMU.
TEST(compare_received, qemus_crc_bytes_are_untouched) {
  pair p;
  p.qemu_descriptor().window.at(guard_bytes + 100) = 0;
  EXPECT_FALSE(p.agrees());
}

TEST(compare_received, bytes_beside_the_buffer_are_found) {
  for (const std::size_t at : {std::size_t{0}, std::size_t{guard_bytes - 1}, guard_bytes + std::size_t{104}}) {
    pair p;
    p.our_descriptor().window.at(at) = 0;
    EXPECT_FALSE(p.agrees()) << at;
  }
}

TEST(compare_received, each_field_is_compared) {
  const std::vector<std::uint32_t done_descriptor::*> fields{&done_descriptor::status, &done_descriptor::special,
                                                             &done_descriptor::errors};
  for (const auto field : fields)
    for (const std::uint32_t bit : {0U, 1U, 3U, 4U}) {
      pair p;
      p.our_descriptor().*field ^= 1U << bit;
      EXPECT_FALSE(p.agrees()) << bit;
    }
}

TEST(compare_received, results_of_checksums_are_named) {
  pair p;
  p.our_descriptor().status = rxd_status::DD | rxd_status::EOP | rxd_status::TCPCS | rxd_status::IPCS | rxd_status::PIF;
  p.our_descriptor().errors = rxd_error::TCPE | rxd_error::IPE;
  EXPECT_TRUE(p.agrees());
  EXPECT_EQ(p.uses("V-32"), 1U);
  EXPECT_EQ(p.uses("V-30"), 1U);
  p.qemu_descriptor().status = p.our_descriptor().status;
  EXPECT_FALSE(p.agrees()) << "QEMU has no checksums";
}

TEST(compare_received, qemus_checksum_field_is_as_it_was) {
  pair p;
  p.qemu_descriptor().checksum = 0x1234;
  EXPECT_FALSE(p.agrees());
}

TEST(compare_received, a_frame_more_or_less_is_found) {
  pair p;
  p.receive(pair::unicast(90));
  EXPECT_TRUE(p.agrees());
  pair lost = p;
  lost.ours.rounds[0].received.pop_back();
  lost.ours.rounds[0].receive_head = 1;
  EXPECT_FALSE(lost.agrees());
  pair twice = p;
  twice.stored(twice.ours, pair::unicast(90), true);
  EXPECT_FALSE(twice.agrees());
}

TEST(compare_received, order_is_compared) {
  pair p;
  p.receive(pair::unicast(90));
  std::swap(p.our_descriptor(0).window, p.our_descriptor(1).window);
  std::swap(p.our_descriptor(0).length, p.our_descriptor(1).length);
  EXPECT_FALSE(p.agrees());
}

TEST(compare_received, the_head_stands_behind_the_last) {
  pair p;
  p.ours.rounds[0].receive_head = 2;
  EXPECT_FALSE(p.agrees());
}

// V-28: the table decides; QEMU counts such a frame with the multicasts (V-71).
TEST(compare_received, unicast_by_the_table) {
  byte_vector stranger = pair::unicast(100);
  stranger[5] = 0x99;
  const std::uint32_t hash = ((std::uint32_t{stranger[5]} << 8 | stranger[4]) >> 4) & 0xFFF;
  pair p;
  p.offer(stranger);
  p.stored(p.qemu, stranger, false);
  pair::count(p.ours, reg::TPR, 1), pair::count(p.ours, reg::TORL, 104);
  for (const std::uint32_t offset : {reg::TPR, reg::GPRC, reg::PRC127, reg::MPRC}) pair::count(p.qemu, offset, 1);
  for (const std::uint32_t offset : {reg::TORL, reg::GORCL}) pair::count(p.qemu, offset, 104);
  EXPECT_FALSE(p.agrees()) << "nothing explains it";
  p.c.registers.emplace_back(reg::MTA + (hash >> 5) * reg::MTA_STRIDE, 1U << (hash & 31));
  EXPECT_EQ(p.judge().differences, std::vector<std::string>{});
  EXPECT_GT(p.uses("V-28"), 0U);
  p.c.rctl |= rctl::UPE;
  EXPECT_FALSE(p.agrees()) << "ours had to take it, whatever the table says";
}

// V-56, V-57: an entry with ASEL and a CFI that does not match let a frame in at QEMU's alone.
TEST(compare_received, asel_and_cfi) {
  const auto taken_by_qemu = [](byte_vector frame, const auto& set_up) {
    pair p;
    p.offer(frame);
    p.stored(p.qemu, frame, false);
    pair::count(p.ours, reg::TPR, 1), pair::count(p.ours, reg::TORL, 104);
    for (const std::uint32_t offset : {reg::TPR, reg::GPRC, reg::PRC127}) pair::count(p.qemu, offset, 1);
    for (const std::uint32_t offset : {reg::TORL, reg::GORCL}) pair::count(p.qemu, offset, 104);
    set_up(p);
    return p;
  };
  byte_vector stranger = pair::unicast(100);
  stranger[5] = 0x99;
  const auto entry = [](std::uint32_t asel) {
    return [asel](pair& p) {
      p.c.registers.emplace_back(reg::RAL + 3 * reg::RAL_STRIDE, 0x1200'5452);
      p.c.registers.emplace_back(reg::RAH + 3 * reg::RAH_STRIDE, rah::AV | asel << rah::ASEL_SHIFT | 0x9934);
    };
  };
  EXPECT_GT(taken_by_qemu(stranger, entry(1)).uses("V-56"), 0U);
  EXPECT_TRUE(taken_by_qemu(stranger, entry(1)).agrees());
  EXPECT_FALSE(taken_by_qemu(stranger, entry(0)).agrees()) << "ours had to take it";
  byte_vector tagged = pair::unicast(100);
  tagged[12] = 0x81, tagged[13] = 0x00, tagged[14] = 0x10;
  const auto filter = [](std::uint32_t bits) { return [bits](pair& p) { p.c.rctl |= bits; }; };
  EXPECT_TRUE(taken_by_qemu(tagged, filter(rctl::VFE | rctl::CFIEN)).agrees());
  EXPECT_FALSE(taken_by_qemu(tagged, filter(rctl::VFE | rctl::CFIEN | rctl::CFI)).agrees());
  EXPECT_FALSE(taken_by_qemu(tagged, filter(rctl::CFIEN)).agrees());
}

// V-70: 1523 to 1526 bytes with LPE=0.
TEST(compare_received, longest_frame) {
  for (const std::size_t length : {1522U, 1523U, 1526U, 1527U}) {
    pair p;
    const byte_vector frame = pair::unicast(length - 4);
    p.offer(frame);
    p.stored(p.qemu, frame, false);
    pair::count(p.ours, reg::TPR, 1), pair::count(p.ours, reg::TORL, length);
    if (length > 1522) pair::count(p.ours, reg::ROC, 1);
    if (length > 1526) pair::count(p.qemu, reg::ROC, 1);
    for (const std::uint32_t offset : {reg::TPR, reg::GPRC, reg::PRC1522}) pair::count(p.qemu, offset, 1);
    for (const std::uint32_t offset : {reg::TORL, reg::GORCL}) pair::count(p.qemu, offset, length);
    EXPECT_EQ(p.agrees(), length == 1523 || length == 1526) << length;
    EXPECT_EQ(compare_with_qemu(p.c, p.ours, p.qemu, traits_of("version 8.0")).differences.empty(), false) << length;
    p.c.rctl |= rctl::LPE;
    EXPECT_FALSE(p.agrees()) << length;
  }
}

// V-55: a frame QEMU's wire cannot carry leaves nothing in memory and is in our TPR alone.
TEST(compare_received, bad_frames_leave_nothing) {
  pair p;
  p.offer(pair::unicast(100));
  p.c.rounds[0].received.back().bad_fcs = true;
  pair::count(p.ours, reg::TPR, 1), pair::count(p.ours, reg::TORL, 104), pair::count(p.ours, reg::CRCERRS, 1);
  EXPECT_EQ(p.judge().differences, std::vector<std::string>{});
  byte_vector stored = pair::unicast(100);
  p.stored(p.ours, stored, true);
  EXPECT_FALSE(p.agrees());
}

// V-58: the tag stands in each descriptor of QEMU's chain, and is the frame's.
TEST(compare_received, tag_in_every_descriptor) {
  byte_vector tagged = pair::unicast(100);
  tagged[12] = 0x81, tagged[13] = 0x00, tagged[14] = 0x20, tagged[15] = 0x07;
  byte_vector stripped = tagged;
  stripped.erase(stripped.begin() + 12, stripped.begin() + 16);
  pair p;
  p.c.registers.emplace_back(reg::CTRL, ctrl::VME);
  p.offer(tagged);
  for (case_result* r : {&p.ours, &p.qemu}) {
    const bool of_ours = r == &p.ours;
    p.stored(*r, stripped, of_ours);
    frame_chain& chain = r->rounds[0].received.back();
    if (of_ours) {  // the CRC of the frame with its tag
      const auto fcs = tlm::fcs_of(tagged);
      std::copy(fcs.begin(), fcs.end(), chain[0].window.begin() + guard_bytes + 96);
    }
    chain[0].status |= rxd_status::VP;
    chain[0].special = 0x2007;
    done_descriptor null;
    null.index = 1;
    null.status = rxd_status::DD | (of_ours ? 0U : rxd_status::VP);
    null.special = of_ours ? 0 : 0x2007;
    chain[0].index = 2;
    chain[0].address = p.c.buffers[2];
    chain.insert(chain.begin(), null);
    r->rounds[0].receive_head = 3;
    pair::count(*r, reg::TPR, 1), pair::count(*r, reg::GPRC, 1), pair::count(*r, reg::PRC127, 1);
    pair::count(*r, reg::TORL, of_ours ? 104 : 100), pair::count(*r, reg::GORCL, of_ours ? 104 : 100);
  }
  p.c.buffers[1] = 0;
  EXPECT_EQ(p.judge().differences, std::vector<std::string>{});
  EXPECT_EQ(p.uses("V-58"), 1U);
  pair other = p;
  other.qemu.rounds[0].received.back()[0].special = 0x2008;
  EXPECT_FALSE(other.agrees());
  pair ours = p;
  ours.ours.rounds[0].received.back()[0].special = 0x2007;
  EXPECT_FALSE(ours.agrees());
}

}  // namespace
}  // namespace ringside::oracle

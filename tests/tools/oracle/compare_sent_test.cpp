// SPDX-License-Identifier: Apache-2.0
// What the comparison of sent frames lets pass, and that each thing beside it is found.
#include <gtest/gtest.h>

#include "tests/tools/oracle/pair.h"

namespace ringside::oracle {
namespace {

constexpr std::uint32_t whole = 0x0B00'0000;  // EOP, IFCS, RS
constexpr std::uint32_t with_ic = 0x0F00'0000;

byte_vector with_fcs(byte_vector frame) {
  const auto fcs = tlm::fcs_of(frame);
  frame.insert(frame.end(), fcs.begin(), fcs.end());
  return frame;
}

TEST(compare_sent, a_bit_of_a_frame_is_found) {
  for (const std::size_t at : {0U, 50U, 99U, 100U, 103U}) {
    pair p;
    p.ours.rounds[0].sent[0].at(at) ^= 1;
    EXPECT_FALSE(p.agrees()) << at;
  }
}

TEST(compare_sent, a_frame_more_or_less_is_found) {
  pair more;
  more.ours.rounds[0].sent.push_back(more.ours.rounds[0].sent[0]);
  EXPECT_FALSE(more.agrees());
  pair less;
  less.ours.rounds[0].sent.clear();
  EXPECT_FALSE(less.agrees());
  pair qemu;
  qemu.qemu.rounds[0].sent.push_back(qemu.qemu.rounds[0].sent[0]);
  EXPECT_FALSE(qemu.agrees());
}

TEST(compare_sent, descriptors_are_compared_word_by_word) {
  for (unsigned word = 0; word < 4; ++word) {
    pair p;
    p.ours.rounds[0].descriptors[0][word] ^= 2;
    EXPECT_FALSE(p.agrees()) << word;
  }
  pair head;
  head.ours.rounds[0].transmit_head = 0;
  EXPECT_FALSE(head.agrees());
}

TEST(compare_sent, without_ifcs_there_is_no_fcs) {
  pair p(false);
  EXPECT_TRUE(p.agrees());
  p.ours.rounds[0].sent[0] = with_fcs(p.ours.rounds[0].sent[0]);
  EXPECT_FALSE(p.agrees());
}

// V-60: ours pads to 60 with zeros when PSP says so, and QEMU counts the frame as short as it is.
TEST(compare_sent, padding) {
  pair p;
  const byte_vector brief = pair::unicast(40);
  p.c.rounds[0].descriptors.push_back({payload_at, 40 | whole, 0});
  byte_vector padded = brief;
  padded.resize(60);
  p.ours.rounds[0].sent.push_back(with_fcs(padded));
  p.qemu.rounds[0].sent.push_back(brief);
  for (case_result* r : {&p.ours, &p.qemu})
    for (const std::uint32_t offset : {reg::TPT, reg::GPTC}) pair::count(*r, offset, 1);
  pair::count(p.ours, reg::PTC64, 1);
  for (const std::uint32_t offset : {reg::TOTL, reg::GOTCL}) {
    pair::count(p.ours, offset, 64);
    pair::count(p.qemu, offset, 44);
  }
  EXPECT_EQ(p.judge().differences, std::vector<std::string>{});
  EXPECT_GT(p.uses("V-60"), 0U);
  pair dirty = p;
  padded[59] = 1;
  dirty.ours.rounds[0].sent.back() = with_fcs(padded);
  EXPECT_FALSE(dirty.agrees());
  pair off = p;
  off.c.tctl = tctl::EN;
  EXPECT_FALSE(off.agrees());
}

// V-59: RFC 1071 over 14..99 at 20, from here and not from either card.
TEST(compare_sent, checksum_of_a_legacy_descriptor) {
  byte_vector frame = pair::unicast(100);
  std::uint32_t sum = 0;
  for (std::size_t i = 14; i < frame.size(); i += 2) sum += std::uint32_t{frame[i]} * 256 + frame[i + 1];
  sum = (sum & 0xFFFF) + (sum >> 16);
  sum = ~((sum & 0xFFFF) + (sum >> 16)) & 0xFFFF;
  pair p;
  p.send(frame, with_ic | 20U << 16);
  p.c.rounds[0].descriptors.back().upper = 14U << 8;
  p.qemu.rounds[0].descriptors.back()[3] = p.ours.rounds[0].descriptors.back()[3] = 14U << 8 | 1;
  frame[20] = static_cast<std::uint8_t>(sum >> 8);
  frame[21] = static_cast<std::uint8_t>(sum);
  pair without = p;
  EXPECT_FALSE(without.agrees()) << "ours has not put the sum in";
  p.ours.rounds[0].sent.back() = with_fcs(frame);
  EXPECT_EQ(p.judge().differences, std::vector<std::string>{});
  EXPECT_EQ(p.uses("V-59"), 1U);
  frame[21] ^= 1;
  p.ours.rounds[0].sent.back() = with_fcs(frame);
  EXPECT_FALSE(p.agrees());
}

/// A TSO packet of IPv6 (TCP), header 74, payload `paylen`, MSS 100: both cards' frames.
void segments(pair& p, std::uint32_t paylen) {
  constexpr std::uint32_t header = 74, mss = 100;
  const std::uint32_t tucmd = 0x25;  // DEXT, TSE, TCP
  p.c.rounds[0].descriptors.push_back({14 | std::uint64_t{54} << 32, paylen | tucmd << 24, header << 8 | mss << 16});
  p.c.rounds[0].descriptors.push_back({payload_at, (header + paylen) | 1U << 20 | 0x27U << 24, 0});
  const std::uint32_t count = (paylen + mss - 1) / mss;
  for (std::uint32_t n = 0; n <= count; ++n) {
    const bool extra = n == count;
    if (extra && paylen % mss != 0) break;
    const std::uint32_t payload = extra ? 0 : n + 1 == count ? paylen - n * mss : mss;
    byte_vector f = pair::unicast(header + payload);
    const auto set_length = [&f](std::uint32_t v) {
      f[18] = static_cast<std::uint8_t>(v >> 8), f[19] = static_cast<std::uint8_t>(v);
    };
    set_length(header + payload - 14);
    p.qemu.rounds[0].sent.push_back(f);
    for (const std::uint32_t offset : {reg::TPT, reg::GPTC, header + payload > 123 ? reg::PTC255 : reg::PTC127})
      pair::count(p.qemu, offset, 1);
    for (const std::uint32_t offset : {reg::TOTL, reg::GOTCL}) pair::count(p.qemu, offset, header + payload + 4);
    if (extra) continue;
    set_length(header + payload - 54);
    p.ours.rounds[0].sent.push_back(with_fcs(f));
    for (const std::uint32_t offset : {reg::TPT, reg::GPTC, header + payload > 123 ? reg::PTC255 : reg::PTC127})
      pair::count(p.ours, offset, 1);
    for (const std::uint32_t offset : {reg::TOTL, reg::GOTCL}) pair::count(p.ours, offset, header + payload + 4);
  }
  pair::count(p.ours, reg::TSCTC, 1);
  pair::count(p.qemu, reg::TSCTC, (count > 1 ? 1 : 0) + (paylen % mss == 0 ? 1 : 0));
}

TEST(compare_sent, segments_of_ipv6) {
  pair p;
  segments(p, 250);
  EXPECT_EQ(p.judge().differences, std::vector<std::string>{});
  EXPECT_EQ(p.uses("V-61"), 3U);
  EXPECT_EQ(p.uses("V-62"), 0U);
  pair as_qemu = p;
  as_qemu.ours.rounds[0].sent.back() = with_fcs(p.qemu.rounds[0].sent.back());
  EXPECT_FALSE(as_qemu.agrees()) << "the length of RFC 8200 is asked for";
}

TEST(compare_sent, header_alone_behind_whole_segments) {
  pair p;
  segments(p, 300);
  EXPECT_EQ(p.judge().differences, std::vector<std::string>{});
  EXPECT_GT(p.uses("V-62"), 0U);
  pair odd = p;
  odd.qemu.rounds[0].sent.back().push_back(0);
  EXPECT_FALSE(odd.agrees());
}

TEST(compare_sent, one_segment_is_a_context_done) {
  pair p;
  segments(p, 60);
  EXPECT_EQ(p.judge().differences, std::vector<std::string>{});
  EXPECT_EQ(p.uses("V-65"), 1U);
  for (register_value& v : p.ours.counters)
    if (v.offset == reg::TSCTC) v.value = 0;
  EXPECT_FALSE(p.agrees());
}

}  // namespace
}  // namespace ringside::oracle

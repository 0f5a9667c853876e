// SPDX-License-Identifier: Apache-2.0
// Transmit FIFO, counters and gap: right ones pass silently, and each rule has a sequence that breaks it alone.
#include <gtest/gtest.h>

#include <utility>

#include "hw/regs/e1000_regs.h"
#include "tests/contract/contract_bench.h"

namespace ringside::contract {
namespace {

constexpr std::uint32_t transmitter_on = 2;
constexpr sim_time octet = 8 * ns;

class sending_bench : public contract_bench {
 public:
  sending_bench() {
    write(reg::TCTL, transmitter_on);
    wait(200 * us);
  }
  void commit(std::uint32_t bytes, frame_id frame = 1) { nic(stage::tx_fifo_commit, frame, bytes); }
  void begin(frame_id frame = 1) { nic(stage::tx_wire_sof, frame); }
  /// The last byte begins when this is said; it and the gap pass before anything else.
  void end(std::uint32_t bytes, std::uint64_t marks = 0, frame_id frame = 1) {
    step = octet;
    nic(stage::tx_wire_eof, frame, bytes, marks);
    step = 200 * ns;
  }
  void send(std::uint32_t bytes, std::uint64_t marks = 0, frame_id frame = 1) {
    commit(bytes - 4, frame);
    begin(frame);
    end(bytes, marks, frame);
  }
  /// As both cards tell it: with the first byte, or behind the last.
  void send_pause(std::uint16_t timer, bool told_first) {
    begin(0);
    if (told_first) nic(stage::tx_pause, 0, timer);
    end(64, wire_mark::multicast | wire_mark::mac_control, 0);
    if (!told_first) nic(stage::tx_pause, 0, timer);
  }
  void settle() { wait(10 * us); }
};

TEST(sending_rules, a_life_of_frames_passes) {  // T-90, T-91, R-50
  sending_bench b;
  for (const std::uint32_t bytes : {64U, 65U, 127U, 128U, 255U, 256U, 511U, 512U, 1023U, 1024U, 1518U, 16292U})
    b.send(bytes);
  b.send(64, wire_mark::broadcast);
  b.send(100, wire_mark::multicast);
  b.send(100, wire_mark::multicast | wire_mark::mac_control);  // software's own
  b.send(40, wire_mark::runt);
  b.send(200, wire_mark::bad_fcs);  // without IFCS it counts as good
  b.send_pause(0xFFFF, true);
  b.send_pause(0xFFFF, false);
  b.send_pause(0, false);
  b.settle();
  const std::uint32_t good =
      64 + 65 + 127 + 128 + 255 + 256 + 511 + 512 + 1023 + 1024 + 1518 + 16292 + 64 + 100 + 100 + 200;
  const std::pair<std::uint32_t, std::uint32_t> right[] = {
      {reg::TPT, 20},    {reg::GPTC, 16},   {reg::PTC64, 2},    {reg::PTC127, 4}, {reg::PTC255, 3},
      {reg::PTC511, 2},  {reg::PTC1023, 2}, {reg::PTC1522, 3},  {reg::BPTC, 1},   {reg::MPTC, 2},
      {reg::XOFFTXC, 2}, {reg::XONTXC, 1},  {reg::GOTCL, good}, {reg::GOTCH, 0},  {reg::TOTL, good + 40 + 3 * 64},
      {reg::TOTH, 0},    {reg::COLC, 0},    {reg::SCC, 0}};
  for (const auto& [offset, value] : right) b.read(offset, value);
  for (const auto& [offset, value] : right) b.read(offset, 0);
  EXPECT_LEGAL(b);
}

// a frame that ends beside a read is in it or in the next.
TEST(sending_rules, a_frame_beside_a_read) {
  for (const bool shown : {false, true}) {
    sending_bench b;
    b.send(100);
    b.read(reg::TPT, shown ? 1 : 0);
    b.settle();
    b.read(reg::TPT, shown ? 0 : 1);
    EXPECT_LEGAL(b);
  }
}

// T-70: 1001 bytes take 1024 with their status; the frame on the wire may be about to leave.
TEST(sending_rules, T_70_more_than_the_fifo_holds) {
  for (const unsigned frames : {16U, 17U}) {
    sending_bench b;
    for (unsigned i = 0; i < frames; ++i) b.commit(1001);
    if (frames == 16)
      EXPECT_LEGAL(b);
    else
      EXPECT_ONLY(b, "T-70");
  }
  sending_bench b;
  for (unsigned i = 0; i < 16; ++i) b.commit(1001);
  for (unsigned i = 0; i < 40; ++i) {
    b.begin();
    b.commit(1001);
    b.end(1005);
  }
  EXPECT_LEGAL(b);
}

TEST(sending_rules, T_70_as_pba_says) {
  for (const unsigned frames : {8U, 9U}) {
    sending_bench b;
    b.write(reg::PBA, 56);
    b.nic(stage::nic_reset);
    for (unsigned i = 0; i < frames; ++i) b.commit(1001);
    if (frames == 8)
      EXPECT_LEGAL(b);
    else
      EXPECT_ONLY(b, "T-70");
  }
}

TEST(sending_rules, T_71_out_of_order) {
  sending_bench b;
  b.commit(96, 1);
  b.commit(96, 2);
  b.begin(2);
  b.end(100, 0, 2);
  EXPECT_ONLY(b, "T-71");
}

TEST(sending_rules, T_71_before_it_is_whole) {
  sending_bench b;
  b.begin();
  b.end(100);
  EXPECT_ONLY(b, "T-71");
}

TEST(sending_rules, T_90_each_counter) {
  for (const auto& [offset, wrong] : {std::pair{reg::TPT, 2U},
                                      {reg::TPT, 0U},
                                      {reg::GPTC, 0U},
                                      {reg::PTC127, 0U},
                                      {reg::PTC64, 1U},
                                      {reg::MPTC, 0U},
                                      {reg::BPTC, 1U},
                                      {reg::GOTCL, 96U},
                                      {reg::TOTL, 0U},
                                      {reg::TOTH, 1U},
                                      {reg::GOTCH, 1U}}) {
    sending_bench b;
    b.send(100, wire_mark::multicast);
    b.settle();
    b.read(offset, wrong);
    EXPECT_ONLY(b, "T-90") << std::hex << offset;
  }
}

TEST(sending_rules, T_90_not_cleared_by_a_read) {
  sending_bench b;
  b.send(100);
  b.settle();
  b.read(reg::TPT, 1);
  b.read(reg::TPT, 1);
  EXPECT_ONLY(b, "T-90");
}

TEST(sending_rules, T_90_an_own_pause_is_a_good_packet) {
  for (const auto offset : {reg::GPTC, reg::MPTC, reg::PTC64}) {
    sending_bench b;
    b.send_pause(5, false);
    b.send_pause(5, false);
    b.settle();
    b.read(offset, 3);
    EXPECT_ONLY(b, "T-90");
  }
}

TEST(sending_rules, T_90_a_frame_that_a_reset_cut) {  // T-82
  sending_bench b;
  b.send(100);
  b.commit(200);
  b.begin();
  b.nic(stage::nic_reset);
  b.end(30, wire_mark::bad_fcs | wire_mark::runt);
  b.settle();
  b.read(reg::TPT, 1);
  EXPECT_ONLY(b, "T-90");
}

TEST(sending_rules, T_91_pause_frames) {
  for (const bool first : {false, true})
    for (const auto& [offset, wrong] : {std::pair{reg::XOFFTXC, 0U}, {reg::XONTXC, 1U}}) {
      sending_bench b;
      b.send_pause(5, first);
      b.settle();
      b.read(offset, wrong);
      EXPECT_ONLY(b, "T-91");
    }
}

TEST(sending_rules, a_pause_that_a_reset_cut_counts_nowhere) {  // T-82
  sending_bench b;
  b.begin(0);
  b.nic(stage::nic_reset);
  b.end(40, wire_mark::bad_fcs | wire_mark::mac_control, 0);
  b.nic(stage::tx_pause, 0, 5);
  b.settle();
  b.read(reg::XOFFTXC, 0);
  b.read(reg::TPT, 0);
  EXPECT_LEGAL(b);
}

TEST(sending_rules, T_76_a_collision) {
  sending_bench b;
  b.send(100);
  b.settle();
  b.read(reg::COLC, 1);
  EXPECT_ONLY(b, "T-76");
}

// T-75: TIPG after reset asks for 12 byte times behind the last byte.
TEST(sending_rules, T_75_the_gap_is_short) {
  for (const bool short_gap : {false, true}) {
    sending_bench b;
    b.commit(96);
    b.commit(96);
    b.begin();
    b.step = (short_gap ? 12 : 13) * octet;
    b.nic(stage::tx_wire_eof, 1, 100);
    b.begin();
    if (short_gap)
      EXPECT_ONLY(b, "T-75");
    else
      EXPECT_LEGAL(b);
  }
}

TEST(sending_rules, T_75_as_tipg_says) {
  for (const bool short_gap : {false, true}) {
    sending_bench b;
    b.write(reg::TIPG, 96);
    b.commit(96);
    b.commit(96);
    b.begin();
    b.step = (short_gap ? 100 : 101) * octet;
    b.nic(stage::tx_wire_eof, 1, 100);
    b.begin();
    if (short_gap)
      EXPECT_ONLY(b, "T-75");
    else
      EXPECT_LEGAL(b);
  }
}

}  // namespace
}  // namespace ringside::contract

// SPDX-License-Identifier: Apache-2.0
// The scoreboard must see each kind of wrong run: events made by hand, one fault each.
#include "tools/regress/scoreboard.h"

#include <gtest/gtest.h>

#include "hw/regs/e1000_regs.h"
#include "platform/report/descriptor_word.h"
#include "platform/scenario/loader.h"
#include "tools/regress/fragment_rules.h"
#include "tools/regress/octet_counter.h"

namespace ringside::platform {
namespace {

constexpr std::uint32_t wire_bytes = 64;

fate_set only(drop_reason reason) {
  return fate_set{}.set(static_cast<std::size_t>(reason));
}

std::vector<planned_frame> two_good_frames() {
  std::vector<planned_frame> frames(2);
  for (planned_frame& f : frames) {
    f.offer.bytes.assign(60, 0x02);
    std::fill_n(f.offer.bytes.begin() + 1, 4, std::uint8_t{0});  // our address, by the default of nic.mac_address
    f.kind = "udp";
    f.meant = only(drop_reason::none);
    f.wire_bytes = wire_bytes;
    f.payload = {1, 2, 3};
  }
  return frames;
}

std::vector<expected_interface> plain_interface() {
  return epochs_of(load_scenario("", {}));
}

class scoreboard_of_two : public testing::Test {
 protected:
  void event_of(stage what, frame_id frame, std::uint64_t a = 0, std::uint64_t b = 0) {
    board.on_event({.time = ++now, .frame = frame, .a = a, .b = b, .what = what});
  }
  void deliver(frame_id frame) {
    event_of(stage::wire_sof, frame, wire_bytes);
    event_of(stage::fifo_commit, frame);
    event_of(stage::socket_enqueue, frame);
  }
  void read(frame_id frame, std::vector<std::uint8_t> payload = {1, 2, 3}) {
    board.on_read(now, frame, std::as_bytes(std::span(payload)));
  }
  std::string first() const { return board.complaints().empty() ? "" : board.complaints().front(); }

  std::vector<planned_frame> frames = two_good_frames();
  scoreboard board{frames, plain_interface()};
  sim_time now = 0;
};

TEST_F(scoreboard_of_two, a_sound_run_passes) {
  deliver(1);
  deliver(2);
  read(1);
  read(2);
  board.finish();
  EXPECT_EQ(first(), "");
}

TEST_F(scoreboard_of_two, other_payload) {
  deliver(1);
  read(1, {1, 2, 4});
  EXPECT_EQ(first(),
            "scoreboard: the application read other bytes of frame 1 than were sent (3 bytes, not 3, different "
            "from byte 2 on: 04)");
  EXPECT_EQ(board.first_frame(), 1U);
  EXPECT_EQ(board.first_time(), 3);
}

TEST_F(scoreboard_of_two, order_of_a_flow) {
  deliver(1);
  deliver(2);
  read(2);
  read(1);
  EXPECT_EQ(first(), "scoreboard: frame 1 of flow 0 was read after frame 2");
}

TEST_F(scoreboard_of_two, a_fate_it_may_not_have) {
  event_of(stage::wire_sof, 1, wire_bytes);
  event_of(stage::filter_reject, 1, 0, static_cast<std::uint64_t>(drop_reason::crc_error));
  EXPECT_EQ(first(),
            "scoreboard: frame 1 (udp) is dropped as crc_error; it may only be delivered, dropped as fifo_overflow, "
            "dropped as "
            "backlog_full");
}

TEST_F(scoreboard_of_two, a_second_fate_and_none) {
  deliver(1);
  event_of(stage::socket_enqueue, 1);
  EXPECT_EQ(first(), "scoreboard: frame 1 has a second fate");
  event_of(stage::wire_sof, 2, wire_bytes);
  read(1);
  board.finish();
  EXPECT_EQ(board.complaints().back(), "scoreboard: frame 2 never got a fate");
}

TEST_F(scoreboard_of_two, delivered_and_never_read) {
  deliver(1);
  deliver(2);
  read(1);
  board.finish();
  EXPECT_EQ(first(), "scoreboard: frame 2 was delivered and never read");
}

// the descriptor has the whole tag, although the driver passes the VID alone on; FS 5.1, FS 5.2: the verdict.
TEST_F(scoreboard_of_two, what_the_last_descriptor_says) {
  frames[0].vid = 0;
  frames[0].offer.bytes[12] = 0x81;
  frames[0].offer.bytes[13] = 0x00;
  frames[0].offer.bytes[14] = 0xA0;
  frames[0].offer.bytes[15] = 0x64;
  constexpr std::uint64_t done = word_dd | word_eop;
  constexpr std::uint64_t vp = std::uint64_t{1} << 35;
  constexpr std::uint64_t tcpcs = std::uint64_t{1} << 37;
  constexpr std::uint64_t tcpe = std::uint64_t{1} << 45;
  constexpr std::uint64_t tag = std::uint64_t{0xA064} << 48;
  event_of(stage::desc_writeback, 1, 0, done | vp | tcpcs | tag);
  event_of(stage::desc_writeback, 2, 0, done | tcpcs);
  EXPECT_EQ(first(), "");
  for (const std::uint64_t wrong :
       {done | vp | tcpcs, done | tcpcs | tag, done | vp | tcpcs | std::uint64_t{0x64} << 48, done | vp | tag,
        done | vp | tcpcs | tcpe | tag}) {
    scoreboard other(frames, plain_interface());
    other.on_event({.frame = 1, .b = wrong, .what = stage::desc_writeback});
    EXPECT_EQ(other.complaints().size(), 1U) << std::hex << wrong;
  }
}

// while a change is under way a frame may meet the interface as it was or as it will be; afterwards only as it is.
TEST_F(scoreboard_of_two, a_change_decides_from_its_end_on) {
  for (planned_frame& f : frames) f.offer.bytes[4] = 0x77;  // another station's
  scoreboard changed(frames,
                     epochs_of(load_scenario("", std::vector<std::string>{"reconfigure.actions=10us:promisc=on"})));
  const auto tell = [&](stage what, frame_id frame, std::uint64_t a, std::uint64_t b = 0) {
    changed.on_event({.time = ++now, .frame = frame, .a = a, .b = b, .what = what});
  };
  constexpr auto promiscuous = static_cast<std::uint64_t>(reconfiguration::promiscuous);
  constexpr auto filtered = static_cast<std::uint64_t>(drop_reason::address_filter);
  tell(stage::reconfigure, 0, promiscuous, 1);
  tell(stage::wire_sof, 1, wire_bytes);
  tell(stage::filter_reject, 1, 0, filtered);
  EXPECT_TRUE(changed.complaints().empty()) << changed.complaints().front();
  tell(stage::reconfigure, 0, promiscuous | reconfiguration_ended, 1);
  tell(stage::wire_sof, 2, wire_bytes);
  tell(stage::filter_reject, 2, 0, filtered);
  EXPECT_EQ(
      changed.complaints(),
      std::vector<std::string>{"scoreboard: frame 2 (udp) is dropped as address_filter; it may only be dropped as "
                               "fifo_overflow, dropped as backlog_full, dropped as other_host"});
}

// The sheet's example of FS 6.7: 01:AA:00:12:34:56 hashes to 0x563, 0xAC6, 0x58D and 0x634.  Behind 14 exact entries a
// group that differs in its first four bytes alone passes by the hash as well; one that differs in the hash does not.
TEST(expected_interface, hash_of_the_sheet) {
  for (const char* offset : {"0", "1", "2", "3"}) {
    std::string groups;
    for (int i = 0; i < 14; ++i) groups += "01:00:5e:7f:ff:0" + std::string(1, "0123456789abcd"[i]) + ",";
    const expected_interface told(
        load_scenario("", std::vector<std::string>{"driver.multicast=" + groups + "01:aa:00:12:34:56",
                                                   std::string("driver.multicast_offset=") + offset}));
    planned_frame f = two_good_frames().front();
    const std::array<std::uint8_t, 6> twin{0x01, 0xBB, 0x55, 0x99, 0x34, 0x56};
    std::copy(twin.begin(), twin.end(), f.offer.bytes.begin());
    EXPECT_EQ(told.fates_of(f), f.meant) << offset;
    f.offer.bytes[5] ^= 0x01;  // bit 40 of the address: in all four hashes
    EXPECT_EQ(told.fates_of(f), only(drop_reason::address_filter)) << offset;
  }
}

fragment_arrival piece(frame_id frame, std::uint32_t begin, std::uint32_t end, std::size_t fate) {
  return {frame, {.group = 1, .begin = begin, .end = end, .whole = 24}, fate};
}
constexpr std::size_t socket_fate = 0;
constexpr auto dropped = static_cast<std::size_t>(drop_reason::ip_fragment);

TEST(fragment_rules, the_last_to_come_carries_the_datagram) {
  const auto whole = judge_fragments({piece(1, 16, 24, consumed_fate), piece(2, 0, 8, consumed_fate),
                                      piece(3, 0, 8, dropped), piece(4, 8, 16, socket_fate)});
  EXPECT_TRUE(whole.wrong.empty());
  EXPECT_EQ(whole.reassembled, 1U);
  EXPECT_EQ(whole.given_up, 1U);
  const auto too_early = judge_fragments({piece(1, 0, 16, socket_fate), piece(2, 16, 24, consumed_fate)});
  EXPECT_EQ(too_early.wrong, (std::vector<frame_id>{2, 1}));
  const auto missing = judge_fragments({piece(1, 0, 16, dropped), piece(2, 8, 16, dropped)});
  EXPECT_TRUE(missing.wrong.empty());
  const auto with_a_hole = judge_fragments({piece(1, 0, 8, consumed_fate), piece(2, 16, 24, socket_fate)});
  EXPECT_EQ(with_a_hole.wrong, (std::vector<frame_id>{1, 2}));
}

// RFC 5722: an overlap throws everything away; what comes then begins anew.
TEST(fragment_rules, an_overlap_ends_the_datagram) {
  const auto overlap = judge_fragments({piece(1, 0, 16, dropped), piece(2, 8, 24, dropped),
                                        piece(3, 0, 16, consumed_fate), piece(4, 16, 24, socket_fate)});
  EXPECT_TRUE(overlap.wrong.empty());
  EXPECT_EQ(overlap.reassembled, 1U);
}

// inet_frag_queue_insert: a piece across two runs that touch is an overlap, inside a run that grew in order a
// duplicate.
TEST(fragment_rules, runs_grow_at_the_end_alone) {
  const auto in_order = judge_fragments({piece(1, 0, 8, consumed_fate), piece(2, 8, 16, consumed_fate),
                                         piece(3, 0, 16, dropped), piece(4, 16, 24, socket_fate)});
  EXPECT_TRUE(in_order.wrong.empty());
  EXPECT_EQ(in_order.reassembled, 1U);
  const auto backwards = judge_fragments(
      {piece(1, 8, 16, dropped), piece(2, 0, 8, dropped), piece(3, 0, 16, dropped), piece(4, 16, 24, dropped)});
  EXPECT_TRUE(backwards.wrong.empty());
  EXPECT_EQ(backwards.given_up, 4U);
  const auto behind_the_end =
      judge_fragments({piece(1, 16, 24, dropped), piece(2, 0, 8, dropped), piece(3, 8, 16, socket_fate)});
  EXPECT_EQ(behind_the_end.wrong, (std::vector<frame_id>{1, 2}));
  // A duplicate is one though the run it lies in touches another.
  const auto inside_one = judge_fragments({piece(1, 16, 24, consumed_fate), piece(2, 0, 8, consumed_fate),
                                           piece(3, 0, 8, dropped), piece(4, 8, 16, socket_fate)});
  EXPECT_TRUE(inside_one.wrong.empty());
}

// what comes between the reads of the two words is lost, and nothing else.
TEST(octet_counter, loses_what_comes_between_the_reads) {
  octet_counter counter(reg::GORCL, reg::GORCH);
  counter.add(1 * us, 64);
  counter.on_read({.time = 2 * us, .a = reg::GORCL, .what = stage::reg_read});
  counter.add(3 * us, 100);
  counter.on_read({.time = 4 * us, .a = reg::GORCH, .what = stage::reg_read});
  counter.add(5 * us, 1000);
  counter.on_read({.time = 6 * us, .a = reg::GORCL, .what = stage::reg_read});
  counter.on_read({.time = 6 * us, .a = reg::GORCH, .what = stage::reg_read});
  counter.add(7 * us, 5000);  // after the last read
  EXPECT_EQ(counter.expected().least, 1064U);
  EXPECT_EQ(counter.expected().most, 1064U);
  counter.add(4 * us + 40 * ns, 7);  // counted as the high word was read
  EXPECT_EQ(counter.expected().least, 1064U);
  EXPECT_EQ(counter.expected().most, 1071U);
}

}  // namespace
}  // namespace ringside::platform

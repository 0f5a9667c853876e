// SPDX-License-Identifier: Apache-2.0
// Damaged, short and long frames: what a regression expects of them, against the tables of the sheet.
#include <gtest/gtest.h>

#include "platform/report/descriptor_word.h"
#include "platform/scenario/loader.h"
#include "platform/source/odd_packets.h"
#include "tools/regress/coverage.h"
#include "tools/regress/fragment_rules.h"
#include "tools/regress/scoreboard.h"

namespace ringside::platform {
namespace {

using keys = std::vector<std::string>;

struct damage {
  std::uint32_t bytes = 64;
  bool bad_fcs = false;
  bool rx_er = false;
};

planned_frame frame_of(const damage& d) {
  planned_frame f;
  f.offer.bytes.assign(d.bytes - 4, 0);
  f.offer.bytes[0] = 0x02;  // our address, by the default of nic.mac_address
  f.offer.bytes[5] = 0x02;
  f.offer.pad = false;
  f.offer.bad_fcs = d.bad_fcs;
  f.offer.rx_er_at = d.rx_er ? 5 : -1;
  f.kind = "udp";
  f.meant = fates({drop_reason::none});
  f.wire_bytes = d.bytes;
  return f;
}

expected_interface told(const keys& settings) {
  return expected_interface(load_scenario("", settings));
}

// The rows of FS 6.8 with SBP = 0, on both sides of every limit.
TEST(expected_interface, drops_what_the_table_says) {
  struct row {
    damage what;
    drop_reason limit_1522;
    drop_reason limit_16384;
  };
  using enum drop_reason;
  for (const row& r :
       {row{{.bytes = 64}, none, none}, row{{.bytes = 63}, undersize, undersize},
        row{{.bytes = 63, .bad_fcs = true}, fragment, fragment},
        row{{.bytes = 64, .bad_fcs = true}, crc_error, crc_error},
        row{{.bytes = 64, .rx_er = true}, rx_error, rx_error}, row{{.bytes = 1522}, none, none},
        row{{.bytes = 1523}, oversize, none}, row{{.bytes = 1523, .bad_fcs = true}, jabber, crc_error},
        row{{.bytes = 1523, .rx_er = true}, oversize, rx_error}, row{{.bytes = 16384}, oversize, none},
        row{{.bytes = 16385}, oversize, oversize}, row{{.bytes = 16385, .bad_fcs = true}, jabber, jabber}}) {
    const planned_frame f = frame_of(r.what);
    const auto expected = [](drop_reason reason) { return reason == none ? fate_set{} : fates({reason}); };
    EXPECT_EQ(told({"driver.mtu=1500"}).damage_of(f), expected(r.limit_1522)) << r.what.bytes;
    EXPECT_EQ(told({"driver.mtu=1501"}).damage_of(f), expected(r.limit_16384)) << r.what.bytes;
    EXPECT_EQ(told({"driver.mtu=1500"}).fates_of(f), r.limit_1522 == none ? f.meant : fates({r.limit_1522}));
  }
}

// With SBP all are stored and go up the stack, marked or not (rx-all, FS 10.5), but for what has no Ethernet header.
TEST(expected_interface, stored_frames_reach_the_stack) {
  const expected_interface stores = told({"driver.store_bad=on"});
  using enum drop_reason;
  EXPECT_EQ(stores.fates_of(frame_of({.bytes = 64, .bad_fcs = true})), fates({none}));
  EXPECT_EQ(stores.fates_of(frame_of({.bytes = 64, .rx_er = true})), fates({none}));
  EXPECT_EQ(stores.fates_of(frame_of({.bytes = 30, .bad_fcs = true})), fates({none}));
  EXPECT_EQ(stores.fates_of(frame_of({.bytes = 30})), fates({none}));
  EXPECT_EQ(stores.fates_of(frame_of({.bytes = 21})), fates({none, driver_error}));
  EXPECT_EQ(stores.fates_of(frame_of({.bytes = 1600})), fates({none, driver_chain}));
}

// R-3, FS 6.8: the limit is that of the MTU the frame met.
TEST(expected_interface, the_limit_moves_with_the_mtu) {
  const auto epochs = epochs_of(load_scenario("", keys{"reconfigure.actions=1us:mtu=2000,2us:mtu=1400"}));
  const planned_frame f = frame_of({.bytes = 1600});
  EXPECT_EQ(epochs.at(0).fates_of(f), fates({drop_reason::oversize}));
  EXPECT_EQ(epochs.at(1).fates_of(f), f.meant);
  EXPECT_EQ(epochs.at(2).fates_of(f), fates({drop_reason::oversize}));
}

std::vector<std::string> complaints_of(const planned_frame& f, const keys& settings, drop_reason fate, bool stored) {
  const std::vector<planned_frame> frames{f};
  scoreboard board(frames, epochs_of(load_scenario("", settings)));
  sim_time now = 0;
  const auto tell = [&](stage what, std::uint64_t a, std::uint64_t b) {
    board.on_event({.time = ++now, .frame = 1, .a = a, .b = b, .what = what});
  };
  tell(stage::wire_sof, f.wire_bytes, 0);
  tell(stage::wire_eof, 0, 0);
  if (stored) tell(stage::fifo_commit, 0, 0);
  if (fate == drop_reason::none) {
    tell(stage::socket_enqueue, 0, 0);
    board.on_read(++now, 1, std::as_bytes(std::span(f.payload)));
  } else {
    tell(stored ? stage::skb_drop : stage::fifo_drop, 0, static_cast<std::uint64_t>(fate));
  }
  board.finish();
  // A driver that read nothing: each counter that should have moved is named.
  board.compare([](std::string_view) { return 0; });
  return board.complaints();
}
std::string says(const std::string& counter) {
  return "scoreboard: counter " + counter + " holds 0; 1 by the frames' fates";
}

// FS 6.8: stored or not, the same error counters; a stored one is no good frame.
TEST(scoreboard_counters, of_a_damaged_frame) {
  using enum drop_reason;
  const keys on{"driver.store_bad=on"};
  const planned_frame crc = frame_of({.bytes = 64, .bad_fcs = true});
  EXPECT_EQ(complaints_of(crc, {}, crc_error, false), (keys{says("CRCERRS")}));
  EXPECT_EQ(complaints_of(crc, on, none, true), (keys{says("CRCERRS")}));
  const planned_frame runt = frame_of({.bytes = 40, .bad_fcs = true});
  EXPECT_EQ(complaints_of(runt, on, none, true), (keys{says("RFC"), says("RLEC")}));
  const planned_frame giant = frame_of({.bytes = 1600, .bad_fcs = true});
  EXPECT_EQ(complaints_of(giant, on, none, true), (keys{says("CRCERRS"), says("RJC"), says("RLEC")}));
  const planned_frame long_and_er = frame_of({.bytes = 1600, .rx_er = true});
  EXPECT_EQ(complaints_of(long_and_er, {}, oversize, false), (keys{says("RLEC"), says("ROC"), says("RXERRC")}));
  EXPECT_EQ(complaints_of(frame_of({.bytes = 40}), on, ip_header, true).front(),
            "scoreboard: frame 1 (udp) is dropped as ip_header; it may only be delivered, dropped as fifo_overflow, "
            "dropped as backlog_full");
}

// the chip must not call a checksum right whose datagram is not whole.
TEST(scoreboard_counters, no_right_checksum_of_a_cut_datagram) {
  planned_frame cut = frame_of({.bytes = 40});
  cut.kind = "cut_short";
  const std::vector<planned_frame> frames{cut};
  constexpr std::uint64_t done = word_dd | word_eop;
  constexpr std::uint64_t tcpcs = std::uint64_t{1} << 37;
  constexpr std::uint64_t tcpe = std::uint64_t{1} << 45;
  for (const auto& [word, wrong] : {std::pair{done, 0U}, {done | tcpcs | tcpe, 0U}, {done | tcpcs, 1U}}) {
    scoreboard board(frames, epochs_of(load_scenario("", keys{"driver.store_bad=on"})));
    board.on_event({.frame = 1, .b = word, .what = stage::desc_writeback});
    EXPECT_EQ(board.complaints().size(), wrong) << std::hex << word;
  }
}

TEST(scoreboard_counters, frames_of_another_limit) {
  const std::vector<planned_frame> frames{frame_of({.bytes = 1600}), frame_of({.bytes = 1600})};
  scoreboard board(frames, epochs_of(load_scenario("", keys{"reconfigure.actions=1us:mtu=2000"})));
  const auto tell = [&](stage what, frame_id frame, std::uint64_t a, std::uint64_t b = 0) {
    board.on_event({.time = 1, .frame = frame, .a = a, .b = b, .what = what});
  };
  tell(stage::wire_sof, 1, 1600);
  tell(stage::fifo_drop, 1, 0, static_cast<std::uint64_t>(drop_reason::oversize));
  constexpr auto mtu = static_cast<std::uint64_t>(reconfiguration::mtu);
  tell(stage::reconfigure, 0, mtu, 2000);
  tell(stage::reconfigure, 0, mtu | reconfiguration_ended, 2000);
  tell(stage::wire_sof, 2, 1600);
  tell(stage::fifo_commit, 2, 0);
  tell(stage::socket_enqueue, 2, 0);
  board.on_read(2, 2, {});
  board.finish();
  EXPECT_TRUE(board.complaints().empty()) << board.complaints().front();
  EXPECT_EQ(board.met().at("limit_felt"), 1U);
}

// SBP changes in the reset of the down and up: what came before it was judged without, what comes after it with SBP,
// although the change is not over.
TEST(scoreboard_counters, sbp_holds_from_the_reset_on) {
  const std::vector<planned_frame> frames{frame_of({.bytes = 64}), frame_of({.bytes = 64, .bad_fcs = true}),
                                          frame_of({.bytes = 64, .bad_fcs = true})};
  scoreboard board(frames, epochs_of(load_scenario("", keys{"reconfigure.actions=1us:store_bad=on"})));
  const auto tell = [&](stage what, frame_id frame = 0, std::uint64_t a = 0, std::uint64_t b = 0) {
    board.on_event({.time = 1 * us, .frame = frame, .a = a, .b = b, .what = what});
  };
  constexpr auto store_bad = static_cast<std::uint64_t>(reconfiguration::store_bad);
  tell(stage::wire_sof, 1, 64);
  tell(stage::wire_eof, 1);
  tell(stage::reconfigure, 0, store_bad, 1);
  tell(stage::fifo_commit, 1);
  tell(stage::socket_enqueue, 1);
  tell(stage::wire_sof, 2, 64);
  tell(stage::wire_eof, 2);
  tell(stage::fifo_drop, 2, 0, static_cast<std::uint64_t>(drop_reason::crc_error));
  tell(stage::nic_reset);
  tell(stage::wire_sof, 3, 64);
  tell(stage::wire_eof, 3);
  tell(stage::fifo_commit, 3);
  tell(stage::reconfigure, 0, store_bad | reconfiguration_ended, 1);
  tell(stage::socket_enqueue, 3);
  board.on_read(2 * us, 1, std::as_bytes(std::span(frames[0].payload)));
  board.on_read(2 * us, 3, std::as_bytes(std::span(frames[2].payload)));
  board.finish();
  EXPECT_TRUE(board.complaints().empty()) << board.complaints().front();
  EXPECT_EQ(board.met().at("store_bad_felt"), 1U);
  const auto wrong = [&board](std::uint64_t good, std::uint64_t crc) {
    scoreboard copy = board;
    copy.compare([&](std::string_view name) -> std::uint64_t {
      return name == "GPRC" || name == "PRC64" ? good : name == "CRCERRS" ? crc : 0;
    });
    return copy.complaints();
  };
  EXPECT_EQ(wrong(1, 2), keys{});
  EXPECT_EQ(wrong(2, 1).size(), 3U);
}

// RFC 894, 826, 791, IEEE 802.1Q: headers, then the length they give.
TEST(odd_packets, needed_bytes_are_those_of_the_packet) {
  std::vector<std::uint8_t> frame(60, 0);
  frame[12] = 0x08;
  frame[16] = 0;
  frame[17] = 40;  // IPv4 total length
  EXPECT_EQ(needed_bytes(frame), 54U);
  frame.resize(30);  // not even a header
  EXPECT_EQ(needed_bytes(frame), 34U);
  frame[13] = 0x06;
  EXPECT_EQ(needed_bytes(frame), 42U);
  frame[12] = 0x88;
  EXPECT_EQ(needed_bytes(frame), 14U);
  frame[12] = 0x81;
  frame[13] = 0x00;
  frame[16] = 0x08;
  frame[17] = 0x06;
  EXPECT_EQ(needed_bytes(frame), 46U);
}

fragment_arrival piece(frame_id frame, std::uint32_t begin, std::uint32_t end, std::size_t fate) {
  return {frame, {.group = 1, .begin = begin, .end = end, .whole = 24}, fate};
}
constexpr std::size_t socket_fate = 0;
constexpr auto dropped = static_cast<std::size_t>(drop_reason::ip_fragment);

// What was refused leaves the datagram as it was: a second copy may complete it.
TEST(fragment_rules, any_fragment_may_be_refused_for_memory) {
  const std::vector<fragment_arrival> refused{piece(1, 0, 16, consumed_fate), piece(2, 16, 24, dropped),
                                              piece(3, 16, 24, socket_fate)};
  EXPECT_FALSE(judge_fragments(refused).wrong.empty());
  const auto limited = judge_limited_fragments(refused);
  EXPECT_TRUE(limited.wrong.empty());
  EXPECT_EQ(limited.reassembled, 1U);
  EXPECT_EQ(limited.given_up, 1U);
  EXPECT_EQ(limited.refused, 1U);
  const auto none_refused = judge_limited_fragments({piece(1, 0, 16, dropped)});
  EXPECT_TRUE(none_refused.wrong.empty());
  EXPECT_EQ(none_refused.refused, 0U);
}

TEST(fragment_rules, memory_excuses_no_datagram_with_a_hole) {
  const auto hole =
      judge_limited_fragments({piece(1, 0, 8, consumed_fate), piece(2, 8, 16, dropped), piece(3, 16, 24, socket_fate)});
  EXPECT_EQ(hole.wrong, (std::vector<frame_id>{1, 3}));
}

}  // namespace
}  // namespace ringside::platform

// The scoreboard must see each kind of wrong run: events made by hand, one fault each.
#include "platform/regress/scoreboard.h"

#include <gtest/gtest.h>

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
    f.allowed = only(drop_reason::none);
    f.wire_bytes = wire_bytes;
    f.payload = {1, 2, 3};
  }
  return frames;
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
  scoreboard board{frames};
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
  EXPECT_EQ(first(), "scoreboard: frame 1 is dropped as crc_error; it may only be delivered");
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

}  // namespace
}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
// One direction of a cable between a sender's wire and GMII at the far end, byte by byte: what comes out is compared
// with what went in, shifted by the cable's delay.
#include "hw/tlm/wire/cable_lane.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <map>
#include <optional>
#include <set>
#include <string>

#include "hw/tlm/nic/gmii_driver.h"

namespace ringside::tlm {
namespace {

constexpr sim_time byte_time = 8 * ns;
constexpr clock_domain clock_125{125'000'000};

std::vector<std::uint8_t> frame_of(std::size_t length, std::uint8_t salt) {
  std::vector<std::uint8_t> bytes(length);
  for (std::size_t i = 0; i < length; ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 + salt);
  const uLong crc = crc32(0L, bytes.data(), static_cast<uInt>(length - 4));
  for (unsigned i = 0; i < 4; ++i) bytes[length - 4 + i] = static_cast<std::uint8_t>(crc >> (8 * i));
  return bytes;
}

/// A frame as the sender puts it on the wire; `gone`: so many bytes before a reset, all without one.
struct going {
  sim_time start;
  std::vector<std::uint8_t> bytes;
  std::size_t gone;
};

/// What GMII showed: from first to last cycle with RX_DV.
struct heard {
  sim_time start;
  sim_time end;  // behind the last byte
  std::vector<std::uint8_t> bytes;
  bool operator==(const heard&) const = default;
};

struct cable_faults_seen final : event_consumer {
  void on_event(const event& e) override {
    if (e.what == stage::cable_fault) ++of[static_cast<cable_fault>(e.a)];
    if (e.what == stage::cable_out) out.push_back({e.time, e.a});
  }
  std::map<cable_fault, unsigned> of;
  std::vector<std::pair<sim_time, frame_id>> out;
};

/// Both ends in lock step, the receiver as far ahead of the sender as the lane allows.
class bench {
 public:
  explicit bench(const cable_params& p, const cable_faults& faults = {})
      : params_(p),
        to_(16, wire_params{.byte_time = p.byte_time}),
        lane_(p, faults, from_, to_,
              {.sender_time = [this] { return sender_now_; },
               .receiver_time = [this] { return receiver_now_; },
               .receiver_changed =
                   [this] {
                     if (gmii_) gmii_->look_ahead();
                   },
               .sender_unit = 0,
               .receiver_unit = 16},
              events_) {
    events_.add_consumer(seen);
    to_.connect(lane_, wire_params{.byte_time = p.byte_time});
    gmii_.emplace(to_, clock_125);
  }

  std::vector<heard> run(const std::vector<going>& frames, sim_time until) {
    std::vector<heard> all;
    std::size_t next = 0, told = 0;
    bool on_line = false;
    std::size_t preamble = 0;
    for (receiver_now_ = 0; receiver_now_ < until; receiver_now_ += byte_time) {
      // The sender has done all before this, and no more.
      const sim_time sender_until = receiver_now_ - cable_lookahead(params_) + byte_time;
      for (; sender_now_ < sender_until; sender_now_ += byte_time) step_sender(frames, next, told);
      gmii_driver::pins pins;
      if (!gmii_->active(receiver_now_ / byte_time))
        pins = {};
      else
        gmii_->drive(receiver_now_ / byte_time, pins);
      if (pins.dv && !on_line) {
        all.push_back({receiver_now_, 0, {}});
        preamble = 0;
      }
      if (pins.dv && ++preamble > 8) all.back().bytes.push_back(pins.data);
      if (pins.dv) all.back().end = receiver_now_ + byte_time;
      on_line = pins.dv;
    }
    lane_.publish_watermarks();
    events_.finish();
    return all;
  }

  cable_faults_seen seen;
  bool idle() const { return lane_.idle(); }

 private:
  // The edge at sender_now_: as a Verilated card, which tells of a byte one edge later and of the last one at once.
  void step_sender(const std::vector<going>& frames, std::size_t& next, std::size_t& told) {
    if (next == frames.size()) return;
    const going& f = frames[next];
    if (sender_now_ < f.start) return;
    if (sender_now_ == f.start) {
      told = 0;
      from_.begin(sender_now_, next + 1, f.bytes.size());
    }
    const auto out = static_cast<std::ptrdiff_t>((sender_now_ - f.start) / byte_time) - 8;  // bytes before this edge
    const std::size_t known = out < 0 ? 0 : std::min(static_cast<std::size_t>(out), f.gone);
    for (; told < known; ++told) from_.add(f.bytes[told]);
    if (out >= 0 && f.gone == f.bytes.size() && static_cast<std::size_t>(out) + 1 == f.gone) {
      from_.add(f.bytes[told++]);
      from_.complete();
    }
    const auto end = f.gone == 0 ? std::ptrdiff_t{-2} : static_cast<std::ptrdiff_t>(f.gone);
    if (out >= end) {
      from_.end(sender_now_);
      ++next;
    }
  }

  const cable_params params_;
  event_stream events_;
  tx_wire from_;
  wire to_;
  sim_time sender_now_ = 0;
  sim_time receiver_now_ = 0;
  std::optional<gmii_driver> gmii_;
  cable_lane lane_;
};

cable_params cable(sim_time delay) {
  cable_params p;
  p.delay = delay;
  return p;
}
going whole(sim_time start, std::size_t length, std::uint8_t salt) {
  return {start, frame_of(length, salt), length};
}
heard shifted(const going& f, sim_time by) {
  return {f.start + by,
          f.start + by + static_cast<sim_time>(8 + f.gone) * byte_time,
          {f.bytes.begin(), f.bytes.begin() + static_cast<std::ptrdiff_t>(f.gone)}};
}

class cable_delays : public testing::TestWithParam<sim_time> {};

TEST_P(cable_delays, every_byte_comes_exactly_so_much_later) {
  bench b(cable(GetParam()));
  std::vector<going> frames;
  sim_time at = 1 * us;
  for (std::uint8_t i = 0; i < 12; ++i) {
    frames.push_back(whole(at, 64 + 130U * i, i));
    at += static_cast<sim_time>(8 + frames.back().bytes.size() + 12) * byte_time;  // back to back
  }
  const std::vector<heard> out = b.run(frames, at + GetParam() + 1 * us);
  ASSERT_EQ(out.size(), frames.size());
  for (std::size_t i = 0; i < out.size(); ++i) EXPECT_EQ(out[i], shifted(frames[i], GetParam())) << "frame " << i;
  EXPECT_TRUE(b.idle());
}

// The least one, the default's, and one with several frames on it at a time.
INSTANTIATE_TEST_SUITE_P(delays, cable_delays, testing::Values(120 * ns, 344 * ns, 5000 * ns));

TEST(cable_lane, is_at_least_its_reserve_long) {
  EXPECT_EQ(least_cable_delay(byte_time), 120 * ns);  // 11 bytes of 8 ns and 30 ns, in whole bytes
  EXPECT_THROW(bench{cable(112 * ns)}, std::invalid_argument);
}

TEST(cable_lane, a_frame_that_a_reset_cuts_off_arrives_cut_off) {
  bench b(cable(344 * ns));
  going f = whole(1 * us, 700, 3);
  f.gone = 100;
  const going next = whole(20 * us, 64, 4);
  const std::vector<heard> out = b.run({f, next}, 30 * us);
  ASSERT_EQ(out.size(), 2U);
  EXPECT_EQ(out[0], shifted(f, 344 * ns));
  EXPECT_EQ(out[1], shifted(next, 344 * ns));
}

TEST(cable_lane, a_frame_cut_in_its_preamble_does_not_arrive) {
  bench b(cable(344 * ns));
  going f = whole(1 * us, 700, 3);
  f.gone = 0;
  const going next = whole(20 * us, 64, 4);
  const std::vector<heard> out = b.run({f, next}, 30 * us);
  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(out[0], shifted(next, 344 * ns));
  EXPECT_EQ(b.seen.of[cable_fault::cut], 1U);
}

std::vector<going> ten_frames() {
  std::vector<going> frames;
  for (std::uint8_t i = 0; i < 10; ++i) frames.push_back(whole((1 + i) * 10 * us, 200, i));
  return frames;
}

TEST(cable_lane, loses_the_frame_it_is_to_lose) {
  bench b(cable(344 * ns), {.singles = {{cable_fault::loss, 3}}});
  const auto frames = ten_frames();
  const std::vector<heard> out = b.run(frames, 200 * us);
  ASSERT_EQ(out.size(), 9U);
  EXPECT_EQ(out[1], shifted(frames[1], 344 * ns));
  EXPECT_EQ(out[2], shifted(frames[3], 344 * ns));
  EXPECT_EQ(b.seen.of[cable_fault::loss], 1U);
}

TEST(cable_lane, doubles_a_frame_behind_itself_with_a_gap) {
  bench b(cable(344 * ns), {.singles = {{cable_fault::duplicate, 2}}});
  const auto frames = ten_frames();
  const std::vector<heard> out = b.run(frames, 200 * us);
  ASSERT_EQ(out.size(), 11U);
  EXPECT_EQ(out[1], shifted(frames[1], 344 * ns));
  EXPECT_EQ(out[2], shifted(frames[1], 344 * ns + (8 + 200 + 12) * byte_time));
  EXPECT_EQ(out[3], shifted(frames[2], 344 * ns));
}

TEST(cable_lane, changes_one_bit_and_the_fcs_says_so) {
  bench b(cable(344 * ns), {.singles = {{cable_fault::corrupt, 5}}});
  const auto frames = ten_frames();
  const std::vector<heard> out = b.run(frames, 200 * us);
  ASSERT_EQ(out.size(), 10U);
  unsigned bits = 0;
  for (std::size_t i = 0; i < 200; ++i)
    bits += static_cast<unsigned>(__builtin_popcount(out[4].bytes[i] ^ frames[4].bytes[i]));
  EXPECT_EQ(bits, 1U);
  EXPECT_EQ(out[4].start, frames[4].start + 344 * ns);
  for (const std::size_t sound : {0U, 3U, 5U, 9U}) EXPECT_EQ(out[sound], shifted(frames[sound], 344 * ns));
}

TEST(cable_lane, later_frames_overtake_one_that_is_held_back) {
  bench b(cable(344 * ns), {.reorder_by = 25 * us, .singles = {{cable_fault::reorder, 2}}});
  const auto frames = ten_frames();
  const std::vector<heard> out = b.run(frames, 200 * us);
  ASSERT_EQ(out.size(), 10U);
  EXPECT_EQ(out[1], shifted(frames[2], 344 * ns));
  EXPECT_EQ(out[2], shifted(frames[3], 344 * ns));
  EXPECT_EQ(out[3], shifted(frames[1], 344 * ns + 25 * us));
  EXPECT_EQ(out[4], shifted(frames[4], 344 * ns));
}

TEST(cable_lane, nobody_overtakes_a_frame_that_is_late) {
  cable_params p = cable(344 * ns);
  bench b(p, {.delay_most = 40 * us, .singles = {{cable_fault::delay, 1}, {cable_fault::delay, 2}}});
  const auto frames = ten_frames();
  const std::vector<heard> out = b.run(frames, 300 * us);
  ASSERT_EQ(out.size(), 10U);
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(out[i].bytes, frames[i].bytes);
    EXPECT_GE(out[i].start, frames[i].start + 344 * ns);
    EXPECT_LE(out[i].start, frames[i].start + 344 * ns + 40 * us + 10 * us);
    if (i != 0) {
      EXPECT_GE(out[i].start, out[i - 1].end);
    }
  }
  EXPECT_EQ(b.seen.of[cable_fault::delay], 2U);
  EXPECT_NE(out[0].start, frames[0].start + 344 * ns);
}

TEST(cable_lane, an_unplugged_cable_cuts_what_arrives_and_loses_the_rest) {
  cable_params p = cable(344 * ns);
  p.flaps = {{31 * us, 45 * us}};  // the third frame arrives from 30.344 us on
  bench b(p);
  const auto frames = ten_frames();
  const std::vector<heard> out = b.run(frames, 200 * us);
  ASSERT_EQ(out.size(), 9U);
  EXPECT_EQ(out[2].start, 30 * us + 344 * ns);
  EXPECT_EQ(out[2].bytes.size(), (31 * us - 30 * us - 344 * ns) / byte_time - 8);
  EXPECT_EQ(out[3], shifted(frames[4], 344 * ns));  // the fourth was sent at 40 us
  EXPECT_EQ(b.seen.of[cable_fault::broken], 1U);
  EXPECT_EQ(b.seen.of[cable_fault::unplugged], 1U);
}

TEST(cable_lane, faults_are_drawn_by_the_seed_and_add_up) {
  cable_faults faults;
  faults.loss_per_million = faults.duplicate_per_million = faults.corrupt_per_million = 100'000;
  faults.reorder_per_million = faults.delay_per_million = 100'000;
  faults.reorder_by = 5 * us;
  faults.delay_most = 3 * us;
  std::vector<going> frames;
  for (std::uint32_t i = 0; i < 2000; ++i)
    frames.push_back(whole((1 + i) * 2 * us, 64 + i % 100, static_cast<std::uint8_t>(i)));
  const auto run = [&](std::uint64_t seed) {
    cable_params p = cable(344 * ns);
    p.seed = seed;
    bench b(p, faults);
    const std::vector<heard> out = b.run(frames, 4200 * us);
    for (const cable_fault f :
         {cable_fault::loss, cable_fault::duplicate, cable_fault::corrupt, cable_fault::reorder, cable_fault::delay}) {
      EXPECT_GT(b.seen.of[f], 120U);  // of 2000 one in ten; of 1800 for those that are not lost
      EXPECT_LT(b.seen.of[f], 280U);
    }
    EXPECT_EQ(out.size(), frames.size() - b.seen.of[cable_fault::loss] + b.seen.of[cable_fault::duplicate]);
    // A frame at a time, with a gap between them.
    for (std::size_t i = 1; i < out.size(); ++i) EXPECT_GE(out[i].start, out[i - 1].end + 12 * byte_time);
    std::string story;
    for (const auto& [time, id] : b.seen.out) story += std::to_string(time) + ":" + std::to_string(id) + " ";
    return story;
  };
  EXPECT_EQ(run(1), run(1));
  EXPECT_NE(run(1), run(2));
}

}  // namespace
}  // namespace ringside::tlm

// SPDX-License-Identifier: Apache-2.0
// The wire as a sender's MAC and medium: padding, FCS, gaps, repaired times, marks; and the bytes on GMII.
#include "hw/tlm/wire/wire.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>

#include "common/rng.h"
#include "hw/tlm/nic/gmii_driver.h"
#include "tests/common/list_source.h"

namespace ringside::test {
namespace {

/// Bytes without FCS, all alike.
offered_frame plain(std::size_t size, sim_time earliest = 0) {
  offered_frame f;
  f.bytes.assign(size, 0x42);
  f.earliest = earliest;
  return f;
}

struct wire_bench {
  list_source source;
  tlm::wire wire{3, source};
  wire_frame take() {
    EXPECT_NE(wire.peek(), nullptr);
    return wire.pop();
  }
};

TEST(wire, pads_short_frames_to_sixty_bytes_with_zeros) {  // IEEE 802.3 3.2.8
  wire_bench b;
  b.source.add(plain(14));
  b.source.add(plain(60));
  const wire_frame padded = b.take();
  EXPECT_EQ(padded.bytes.size(), 64U);
  EXPECT_EQ(padded.bytes[13], 0x42);
  for (std::size_t i = 14; i < 60; ++i) ASSERT_EQ(padded.bytes[i], 0);
  EXPECT_EQ(padded.marks, wire_mark::padded);
  const wire_frame whole = b.take();
  EXPECT_EQ(whole.bytes.size(), 64U);
  EXPECT_EQ(whole.marks, 0U);
}

// IEEE 802.3 3.2.9: over a frame with its FCS the CRC register ends in the constant residue 0xC704DD7B (bit-reversed
// and inverted 0x2144DF1C in zlib's convention), whatever the frame.
TEST(wire, fcs_leaves_the_standard_residue) {
  rng random(1);
  wire_bench b;
  for (int i = 0; i < 50; ++i) {
    offered_frame f;
    f.bytes.resize(random.between(1, 1514));
    for (auto& byte : f.bytes) byte = static_cast<std::uint8_t>(random.next());
    b.source.add(f);
    const wire_frame w = b.take();
    EXPECT_EQ(crc32(0, w.bytes.data(), static_cast<uInt>(w.bytes.size())), 0x2144DF1CUL);
  }
}

TEST(wire, fcs_is_kept_when_the_frame_brings_one) {
  wire_bench b;
  offered_frame f;
  f.bytes.assign(64, 1);
  f.has_fcs = true;
  b.source.add(f);
  const wire_frame wrong = b.take();
  EXPECT_EQ(wrong.bytes, f.bytes);
  EXPECT_EQ(wrong.marks, wire_mark::bad_fcs | wire_mark::multicast);
  const uLong crc = crc32(0, f.bytes.data(), 60);
  for (unsigned i = 0; i < 4; ++i) f.bytes[60 + i] = static_cast<std::uint8_t>(crc >> (8 * i));
  b.source.add(f);
  EXPECT_EQ(b.take().marks, wire_mark::multicast);
  f.bytes.resize(3);  // less than an FCS
  b.source.add(f);
  EXPECT_EQ(b.take().marks, wire_mark::bad_fcs | wire_mark::runt);
}

// IEEE 802.3 3.2.3: the first bit of an address says group, all ones is broadcast; 31.4.1.3: 88-08 is MAC control.
TEST(wire, marks_tell_the_kind_of_frame) {
  struct row {
    std::uint8_t first, others;
    std::uint16_t type;
    std::uint64_t marks;
  };
  for (const row& r : {row{0x02, 0, 0x0800, 0}, row{0xFE, 0xFF, 0x0800, 0}, row{0x01, 0, 0x0800, wire_mark::multicast},
                       row{0xFF, 0xFF, 0x0800, wire_mark::broadcast}, row{0xFF, 0xFE, 0x0800, wire_mark::multicast},
                       row{0x02, 0, 0x8808, wire_mark::mac_control},
                       row{0x01, 0, 0x8808, wire_mark::mac_control | wire_mark::multicast}}) {
    wire_bench b;
    offered_frame f;
    f.bytes.assign(60, 0);
    f.bytes[0] = r.first;
    std::fill(f.bytes.begin() + 1, f.bytes.begin() + 6, r.others);
    f.bytes[12] = static_cast<std::uint8_t>(r.type >> 8);
    f.bytes[13] = static_cast<std::uint8_t>(r.type);
    b.source.add(f);
    EXPECT_EQ(b.take().marks, r.marks) << std::hex << int{r.first} << " " << r.type;
  }
}

TEST(wire, bad_fcs_is_one_bit_off) {
  wire_bench b;
  b.source.add(plain(100));
  b.source.add(plain(100));
  b.source.last().bad_fcs = true;
  const wire_frame good = b.take();
  const wire_frame bad = b.take();
  ASSERT_EQ(good.bytes.size(), bad.bytes.size());
  int different = 0;
  for (std::size_t i = 0; i < good.bytes.size(); ++i) different += __builtin_popcount(good.bytes[i] ^ bad.bytes[i]);
  EXPECT_EQ(different, 1);
  EXPECT_EQ(bad.marks, wire_mark::bad_fcs);
}

TEST(wire, keeps_the_minimum_gap_and_repairs_backward_times) {  // IEEE 802.3 4.4.2: 96 bit times
  wire_bench b;
  b.source.add(plain(60, 1000 * ns));
  b.source.add(plain(60, 400 * ns));  // backward
  b.source.add(plain(60, 1001 * ns));
  b.source.add(plain(60, 100 * us));
  EXPECT_EQ(b.take().start, 1000 * ns);
  EXPECT_EQ(b.take().start, 1000 * ns + (8 + 64 + 12) * 8 * ns);
  EXPECT_EQ(b.take().start, 1000 * ns + 2 * (8 + 64 + 12) * 8 * ns);
  EXPECT_EQ(b.take().start, 100 * us);
}

TEST(wire, starts_on_byte_times) {
  wire_bench b;
  b.source.add(plain(60, 1001 * ns));
  EXPECT_EQ(b.take().start, 1008 * ns);
}

TEST(wire, marks_runts_rx_er_and_oversize) {
  wire_bench b;
  b.source.add(plain(30));
  b.source.last().pad = false;
  b.source.add(plain(1518));
  b.source.add(plain(1519));
  b.source.add(plain(60));
  b.source.last().rx_er_at = 7;
  const wire_frame runt = b.take();
  EXPECT_EQ(runt.bytes.size(), 34U);
  EXPECT_EQ(runt.marks, wire_mark::runt);
  EXPECT_EQ(b.take().marks, 0U) << "1522 bytes with FCS are the longest";
  EXPECT_EQ(b.take().marks, wire_mark::oversize);
  EXPECT_EQ(b.take().marks, wire_mark::rx_er);
}

TEST(wire, numbers_frames_from_one_within_its_own_range) {
  wire_bench b;
  b.source.add(plain(60));
  b.source.add(plain(60));
  EXPECT_EQ(b.take().id, (frame_id{3} << frame_wire_shift) + 1);
  EXPECT_EQ(b.take().id, (frame_id{3} << frame_wire_shift) + 2);
  EXPECT_EQ(b.wire.offered(), 2U);
  EXPECT_FALSE(b.wire.ended()) << "it has to ask the source once more";
  EXPECT_EQ(b.wire.peek(), nullptr);
  EXPECT_TRUE(b.wire.ended());
}

TEST(wire, held_frames_start_when_released) {
  wire_bench b;
  b.source.add(plain(60, 500 * ns));
  b.wire.hold();
  EXPECT_EQ(b.wire.peek(), nullptr);
  EXPECT_FALSE(b.wire.ended());
  b.wire.release(1 * us);
  EXPECT_EQ(b.take().start, 1504 * ns);
}

TEST(gmii_driver, sends_preamble_sfd_and_frame_one_byte_a_clock) {
  list_source source;
  source.add(plain(60, 80 * ns));  // cycle 10
  source.last().rx_er_at = 2;
  source.add(plain(60));
  tlm::wire wire(0, source);
  tlm::gmii_driver gmii(wire, clock_domain{125'000'000});
  EXPECT_EQ(gmii.next_start(), 10);
  EXPECT_FALSE(gmii.active(9));
  EXPECT_TRUE(gmii.active(10));
  std::vector<std::uint8_t> bytes;
  using kind = tlm::gmii_driver::edge_kind;
  for (std::int64_t cycle = 10; cycle < 10 + 72; ++cycle) {
    ASSERT_TRUE(gmii.active(cycle));
    tlm::gmii_driver::pins pins;
    const kind k = gmii.drive(cycle, pins);
    EXPECT_EQ(k, cycle == 10 ? kind::sof : cycle == 81 ? kind::eof : kind::data);
    EXPECT_TRUE(pins.dv);
    EXPECT_EQ(pins.er, cycle == 10 + 8 + 2);
    bytes.push_back(pins.data);
  }
  for (std::size_t i = 0; i < 7; ++i) EXPECT_EQ(bytes[i], 0x55);
  EXPECT_EQ(bytes[7], 0xD5);
  EXPECT_TRUE(std::equal(bytes.begin() + 8, bytes.end(), gmii.current().bytes.begin(), gmii.current().bytes.end()));
  // Twelve idle clocks, then the next preamble.
  EXPECT_FALSE(gmii.active(82));
  EXPECT_EQ(gmii.next_start(), 82 + 12);
  tlm::gmii_driver::pins idle;
  EXPECT_EQ(gmii.drive(82, idle), kind::idle);
  EXPECT_FALSE(idle.dv);
  EXPECT_EQ(gmii.started(), 1U);
}

// A tenth of the rate is one byte every ten clocks of 125 MHz, the enable up in the first of them.
TEST(gmii_driver, holds_each_byte_for_ten_clocks_at_100_mbps) {
  list_source source;
  source.add(plain(60, 80 * ns));  // cycle 10
  tlm::wire_params params;
  params.byte_time = 80 * ns;
  tlm::wire wire(0, source, params);
  tlm::gmii_driver gmii(wire, clock_domain{125'000'000});
  ASSERT_EQ(gmii.next_start(), 10);
  for (std::int64_t cycle = 10; cycle < 10 + 720; ++cycle) {
    ASSERT_TRUE(gmii.active(cycle)) << cycle;
    tlm::gmii_driver::pins pins;
    gmii.drive(cycle, pins);
    const std::int64_t byte = (cycle - 10) / 10;
    EXPECT_EQ(pins.ce, (cycle - 10) % 10 == 0) << cycle;
    EXPECT_TRUE(pins.dv);
    if (byte >= 8) {
      EXPECT_EQ(pins.data, gmii.current().bytes[static_cast<std::size_t>(byte - 8)]) << cycle;
    }
  }
  EXPECT_FALSE(gmii.active(730));
}

// Frames are read ahead where the source allows it; a source that fails does so behind the frames it gave before.
TEST(wire, a_source_that_fails_ends_the_wire_where_its_next_frame_is_due) {
  class failing final : public frame_source {
   public:
    explicit failing(std::size_t ahead) : ahead_(ahead) {}
    std::optional<offered_frame> next() override {
      if (++made_ == 4) throw std::runtime_error("record 4");
      return offered_frame{.bytes = std::vector<std::uint8_t>(60, static_cast<std::uint8_t>(made_))};
    }
    std::size_t read_ahead() const override { return ahead_; }

   private:
    std::size_t ahead_;
    int made_ = 0;
  };
  for (const std::size_t ahead : {1, 2, 3, 4, 32}) {
    SCOPED_TRACE(ahead);
    failing source(ahead);
    tlm::wire w(0, source);
    for (std::uint8_t n = 1; n <= 3; ++n) {
      ASSERT_NE(w.peek(), nullptr);
      EXPECT_EQ(w.pop().bytes.front(), n);
    }
    EXPECT_THROW(w.peek(), std::runtime_error);
    EXPECT_EQ(w.offered(), 3U);
    EXPECT_FALSE(w.ended());
  }
}

// The memory of frames that are done with comes back before a frame is asked for; marks do not.
TEST(wire, gives_memory_back_to_its_source) {
  class keeper final : public frame_source {
   public:
    std::optional<offered_frame> next() override {
      offered_frame f;
      f.bytes = std::move(spare_);
      again_ += f.bytes.capacity() != 0 ? 1 : 0;
      f.bytes.assign(made_ % 2 == 0 ? 100 : 20, 0x42);
      f.bad_fcs = made_++ % 3 == 0;
      return f;
    }
    void give_back(std::vector<std::uint8_t>&& bytes) override { spare_ = std::move(bytes); }
    std::size_t read_ahead() const override { return 3; }
    int again() const { return again_; }

   private:
    std::vector<std::uint8_t> spare_;
    int made_ = 0;
    int again_ = 0;
  };
  keeper source;
  tlm::wire w(0, source);
  wire_frame frame;
  for (int n = 0; n < 12; ++n) {
    ASSERT_NE(w.peek(), nullptr);
    w.pop(frame);
    EXPECT_EQ(frame.bytes.size(), n % 2 == 0 ? 104U : 64U);
    EXPECT_EQ(frame.marks, (n % 2 == 0 ? 0 : wire_mark::padded) | (n % 3 == 0 ? wire_mark::bad_fcs : 0));
    EXPECT_EQ(frame.id & 0xFFFF, static_cast<frame_id>(n + 1));
    if (n % 2 == 1) {
      EXPECT_EQ(std::count(frame.bytes.begin() + 20, frame.bytes.begin() + 60, 0), 40);
    }
  }
  // Three were made of new memory, and one more for the frame in hand, which is given back one batch later.
  EXPECT_EQ(source.again(), 8);
}

// ---- frames put on the wire while the run goes on ----

TEST(wire, a_frame_put_on_it_goes_before_later_ones_of_the_source) {
  wire_bench b;
  b.source.add(plain(60, 100 * us));
  EXPECT_EQ(b.wire.peek()->start, 100 * us);
  b.wire.put(plain(80, 40 * us));
  EXPECT_EQ(b.wire.peek()->start, 40 * us);
  const wire_frame first = b.take();
  EXPECT_EQ(first.bytes.size(), 84U);
  EXPECT_EQ(first.id & 0xFFFF, 1U);  // ids follow the order on the wire
  const wire_frame second = b.take();
  EXPECT_EQ(second.start, 100 * us);
  EXPECT_EQ(second.id & 0xFFFF, 2U);
}

// The source's frame was known to start at 1 us; the one put before it ends, with its gap, 84 byte times behind 0.9 us.
TEST(wire, a_frame_put_on_it_pushes_back_what_would_overlap) {
  wire_bench b;
  b.source.add(plain(60, 1 * us));
  EXPECT_EQ(b.wire.peek()->start, 1000 * ns);
  b.wire.put(plain(60, 904 * ns));
  EXPECT_EQ(b.take().start, 904 * ns);
  EXPECT_EQ(b.take().start, 904 * ns + (8 + 64 + 12) * 8 * ns);
}

TEST(wire, source_and_what_is_put_take_turns_where_both_could_start) {
  wire_bench b;
  for (unsigned i = 0; i < 4; ++i) b.source.add(plain(60));
  for (unsigned i = 0; i < 2; ++i) b.wire.put(plain(100));
  std::vector<std::size_t> sizes;
  for (unsigned i = 0; i < 6; ++i) sizes.push_back(b.take().bytes.size());
  EXPECT_EQ(sizes, (std::vector<std::size_t>{104, 64, 104, 64, 64, 64}));
}

TEST(wire, has_not_ended_while_a_frame_put_on_it_waits) {
  wire_bench b;
  EXPECT_EQ(b.wire.peek(), nullptr);
  EXPECT_TRUE(b.wire.ended());
  b.wire.put(plain(60, 5 * us));
  EXPECT_FALSE(b.wire.ended());
  EXPECT_EQ(b.take().start, 5 * us);
  EXPECT_TRUE(b.wire.ended());
}

TEST(wire, listeners_hear_of_each_frame_at_its_start) {
  wire_bench b;
  std::vector<std::pair<frame_id, sim_time>> heard;
  b.wire.listen([&heard](const wire_frame& f) { heard.emplace_back(f.id & 0xFFFF, f.start); });
  b.source.add(plain(60, 8 * ns));
  b.wire.put(plain(60, 2 * us));
  while (b.wire.peek() != nullptr) b.take();
  EXPECT_EQ(heard, (std::vector<std::pair<frame_id, sim_time>>{{1, 8 * ns}, {2, 2 * us}}));
}

}  // namespace
}  // namespace ringside::test

// SPDX-License-Identifier: Apache-2.0
// Payload DMA: every length, alignment and buffer size; null descriptors; starvation; rules,
// N-3, N-12.
#include "tests/hw/rtl/back_setup.h"

namespace {
using namespace ringside;
using namespace ringside::rtl_test;

TEST(dma, any_length_lands_at_any_alignment) {
  top_bench bench;
  bench.timing = {15, 60, 25};
  open_options options{.descriptors = 8, .tail = 0};
  open(bench, options);
  unsigned index = 0, seed = 1;
  std::vector<unsigned> lengths;
  for (unsigned n = 64; n < 84; ++n) lengths.push_back(n);
  for (const unsigned n : {127U, 255U, 256U, 257U, 511U, 512U, 1023U, 1514U, 1518U, 1521U, 1522U}) lengths.push_back(n);
  // offsets 0..7 in a page, and starts that straddle a burst boundary and a page
  for (const std::uint64_t base : {0x200000ULL, 0x2000F8ULL, 0x200FF8ULL, 0xFFFFFFF00ULL}) {
    for (unsigned align = 0; align < 8; ++align) {
      for (const unsigned length : lengths) {
        if (length > 90 && align % 3 != 0 && base != 0x200FF8) continue;
        const std::uint64_t buffer = base + align;
        for (std::uint64_t a = buffer - 8; a < buffer + length + 8; ++a) bench.poke(a, 0xEE);
        bench.post(index, buffer);
        const bytes frame = make_frame(station, length, seed++);
        bench.write(reg::RDT, (index + 1) % 8);
        bench.send(frame);
        ASSERT_TRUE(bench.run_until([&] { return bench.descriptor_at(index).status & rxd_status::DD; }));
        const auto desc = bench.descriptor_at(index);
        ASSERT_EQ(desc.length, length);
        ASSERT_EQ(desc.status & dd_eop, dd_eop);
        ASSERT_EQ(bench.bytes_at(buffer, length), frame) << "base " << base << " align " << align << " len " << length;
        for (unsigned i = 1; i <= 8; ++i) {
          ASSERT_EQ(bench.byte_at(buffer - i), 0xEE);
          ASSERT_EQ(bench.byte_at(buffer + length + i - 1), 0xEE);
        }
        index = (index + 1) % 8;
      }
    }
  }
}

TEST(dma, chains_fill_every_buffer_but_the_last) {
  for (const unsigned size : {256U, 512U, 1024U, 2048U, 4096U, 8192U, 16384U}) {
    for (const unsigned align : {0U, 1U, 6U}) {
      top_bench bench;
      bench.timing = {10, 40, 20};
      open_options options{.descriptors = 128, .rctl = rctl_for(size) | rctl::LPE};
      options.first_buffer = buffer_base + align;
      options.stride = size + 64;
      open(bench, options);
      receive_loop loop(bench, options, size);
      std::vector<bytes> sent;
      for (const unsigned length : {64U, size - 1, size, size + 1, 2 * size, 3 * size + 3, 16384U, 9000U, 64U}) {
        if (length < 64 || length > 16384) continue;
        sent.push_back(make_frame(station, length, length));
        bench.send(sent.back());
        bench.run_until([&] { return bench.wire_idle(); });
        bench.run_until([&] { return loop.poll() != 0 && loop.frames.size() == sent.size(); }, 40000);
      }
      ASSERT_EQ(loop.frames.size(), sent.size()) << size;
      EXPECT_EQ(loop.frames, sent) << size;
    }
  }
}

TEST(dma, a_longest_frame_takes_the_whole_cache) {
  top_bench bench;
  open_options options{.descriptors = 128, .rctl = rctl_for(256) | rctl::LPE, .stride = 256};
  open(bench, options);
  const bytes frame = make_frame(station, 16384, 3);
  bench.send(frame);
  ASSERT_TRUE(bench.run_until([&] { return bench.descriptor_at(63).status & rxd_status::DD; }, 60000));
  EXPECT_EQ(bench.bytes_at(buffer_base, 16384), frame);
  EXPECT_EQ(bench.descriptor_at(63).status & dd_eop, dd_eop);
  EXPECT_EQ(bench.descriptor_at(64).status, 0);
}

TEST(dma, a_null_descriptor_inside_the_longest_frame_does_not_deadlock) {
  for (const unsigned null_at : {0U, 1U, 31U, 62U, 63U}) {
    top_bench bench;
    open_options options{.descriptors = 128, .rctl = rctl_for(256) | rctl::LPE, .stride = 256};
    open(bench, [&] {
      auto o = options;
      o.tail = 0;
      return o;
    }());
    bench.post(null_at, 0);
    bench.poke_qword(ring_base + 16ULL * null_at + 8, 0xA1B2C3D4'05F60708ULL & ~(1ULL << 32));
    bench.write(reg::RDT, 126);
    const bytes frame = make_frame(station, 16384, 4);
    bench.send(frame);
    ASSERT_TRUE(bench.run_until([&] { return bench.descriptor_at(64).status & rxd_status::DD; }, 60000)) << null_at;
    // written back as fetched with only DD added
    EXPECT_EQ(bench.qword_at(ring_base + 16ULL * null_at), 0U);
    EXPECT_EQ(bench.qword_at(ring_base + 16ULL * null_at + 8), 0xA1B2C3D4'05F60708ULL | 1ULL << 32);
    bytes got;
    for (unsigned i = 0; i <= 64; ++i) {
      if (i == null_at) continue;
      const auto desc = bench.descriptor_at(i);
      const bytes part = bench.bytes_at(desc.buffer, desc.length);
      got.insert(got.end(), part.begin(), part.end());
      EXPECT_EQ(desc.status & rxd_status::EOP, i == 64 ? rxd_status::EOP : 0);
    }
    EXPECT_EQ(got, frame);
  }
}

TEST(dma, null_descriptors_before_a_frame_are_passed_over) {
  top_bench bench;
  open(bench, {.tail = 0});
  bench.post(0, 0);
  bench.post(1, 0);
  bench.write(reg::RDT, 62);
  bench.run(300);
  EXPECT_EQ(bench.descriptor_at(0).status, 0);  // consumed only when a frame would have used it
  const bytes frame = make_frame(station, 100);
  bench.send(frame);
  ASSERT_TRUE(bench.run_until([&] { return bench.descriptor_at(2).status & rxd_status::DD; }));
  EXPECT_EQ(bench.descriptor_at(0).status, rxd_status::DD);
  EXPECT_EQ(bench.descriptor_at(1).status, rxd_status::DD);
  EXPECT_EQ(bench.descriptor_at(0).length, 0);
  EXPECT_EQ(bench.bytes_at(buffer_base + 2 * 2048, 100), frame);
  EXPECT_EQ(bench.read(reg::RDH), 3U);
}

TEST(dma, a_frame_that_finds_too_few_descriptors_waits_and_gives_back_what_it_filled) {
  top_bench bench;
  open_options options{.rctl = rctl_for(256), .stride = 256, .tail = 2};
  open(bench, options);
  const bytes frame = make_frame(station, 1000, 5);  // 4 descriptors
  bench.send(frame);
  bench.causes.clear();
  bench.run(3000);
  EXPECT_EQ(bench.descriptor_at(0).status, rxd_status::DD);  // early, in order, without RXT0
  EXPECT_EQ(bench.descriptor_at(1).status, rxd_status::DD);
  EXPECT_EQ(bench.read(reg::RDH), 2U);
  for (const auto& cause : bench.causes) EXPECT_EQ(cause.bits & icr::RXT0, 0U);
  bench.run(2);  // the read's own response
  EXPECT_TRUE(bench.asks_no_clock());
  bench.write(reg::RDT, 3);
  bench.run(600);
  EXPECT_EQ(bench.descriptor_at(2).status, rxd_status::DD);
  bench.write(reg::RDT, 10);
  ASSERT_TRUE(bench.run_until([&] { return bench.intx(); }));
  EXPECT_EQ(bench.descriptor_at(3).status & dd_eop, dd_eop);
  EXPECT_EQ(bench.descriptor_at(3).length, 1000 - 3 * 256);
  EXPECT_EQ(bench.bytes_at(buffer_base, 1000), frame);
}

TEST(dma, a_frame_larger_than_the_ring_moves_on_with_a_polling_driver) {
  top_bench bench;
  open_options options{.descriptors = 8, .rctl = rctl_for(256), .stride = 256, .tail = 6};
  open(bench, options);
  receive_loop loop(bench, options, 256);
  const bytes frame = make_frame(station, 1522, 6);  // 6 buffers
  const bytes jumbo = make_frame(station, 9000, 7);  // 36 buffers in a ring of 8
  bench.write(reg::RCTL, options.rctl | rctl::LPE);
  bench.send(frame);
  bench.send(jumbo);
  bench.run_until(
      [&] {
        if (bench.now() % 50 == 0) loop.poll();
        return loop.frames.size() == 2;
      },
      60000);
  ASSERT_EQ(loop.frames.size(), 2U);
  EXPECT_EQ(loop.frames[0], frame);
  EXPECT_EQ(loop.frames[1], jumbo);
}

// The data of a frame is complete on the bus before its descriptor's write-back is requested (R-21, N-1).
TEST(dma, data_complete_before_the_descriptor_is_written) {
  top_bench bench;
  bench.timing = {5, 200, 10};
  const open_options options{.descriptors = 64};
  open(bench, options);
  receive_loop loop(bench, options, 2048);
  for (unsigned i = 0; i < 60; ++i) bench.send(make_frame(station, 64 + (i * 37) % 600, i));
  bench.run(60000);
  loop.poll();
  ASSERT_EQ(loop.frames.size(), 60U);
  for (const bus_op& wb : bench.ops(kind::writeback)) {
    for (unsigned i = 0; i < wb.length / 16; ++i) {
      std::uint64_t buffer = 0;
      for (unsigned b = 8; b-- > 0;) buffer = buffer << 8 | wb.data[16 * i + b];
      const unsigned length = wb.data[16 * i + 8] | wb.data[16 * i + 9] << 8;
      for (const bus_op& data : bench.ops(kind::payload))
        if (data.addr >= buffer && data.addr < buffer + length && data.accepted < wb.accepted) {
          EXPECT_LT(data.completed, wb.accepted);
        }
      EXPECT_EQ(wb.data[16 * i + 12] & dd_eop, dd_eop);
    }
  }
}

TEST(dma, beats_carry_the_tag_of_their_frame) {
  top_bench bench;
  open(bench);
  bench.write(reg::RXDCTL, 4U << rxdctl::WTHRESH_SHIFT | rxdctl::GRAN);
  bench.write(reg::RDTR, 1000);
  for (unsigned i = 0; i < 4; ++i) bench.send(make_frame(station, 64, i));
  bench.run(1500);
  const auto data = bench.ops(kind::payload);
  ASSERT_EQ(data.size(), 4U);
  for (unsigned i = 0; i < 4; ++i)
    for (const auto tag : data[i].frame_tags) EXPECT_EQ(tag, i + 1);  // first frame after reset is 1
  const auto wb = bench.ops(kind::writeback);
  ASSERT_EQ(wb.size(), 1U);
  ASSERT_EQ(wb[0].frame_tags.size(), 16U);
  for (unsigned beat = 0; beat < 16; ++beat) EXPECT_EQ(wb[0].frame_tags[beat], beat / 4 + 1);
}

TEST(dma, en_0_finishes_the_frame_in_progress_and_starts_no_other) {
  for (unsigned delay = 0; delay < 400; delay += 7) {
    top_bench bench;
    open(bench, {.rctl = rctl_for(256), .stride = 256});
    bench.run(300);
    bench.send(make_frame(station, 600, 1));
    bench.send(make_frame(station, 600, 2));
    bench.run(1300 + delay);
    bench.write(reg::RCTL, rctl_for(256) & ~rctl::EN);
    bench.run(5000);
    const std::size_t stopped = bench.log.size();
    unsigned done = 0, eop = 0;
    for (unsigned i = 0; i < 10; ++i) {
      done += (bench.descriptor_at(i).status & rxd_status::DD) != 0;
      eop += (bench.descriptor_at(i).status & rxd_status::EOP) != 0;
    }
    EXPECT_EQ(done, 3 * eop) << delay;  // whole frames only
    bench.run(2000);
    EXPECT_EQ(bench.log.size(), stopped);
    bench.write(reg::RCTL, rctl_for(256));
    bench.run(3000);
    EXPECT_EQ(bench.descriptor_at(5).status & dd_eop, dd_eop) << delay;  // committed frames go on
  }
}

TEST(dma, a_ring_rewritten_under_a_half_delivered_frame_discards_it_whole) {
  for (unsigned delay = 0; delay < 420; delay += 3) {
    top_bench bench;
    bench.timing = {10, 50, 10};
    open(bench, {.rctl = rctl_for(256), .stride = 256, .tail = 3});
    bench.run(200);
    bench.send(make_frame(station, 1400, 1));  // needs 6, finds 3
    bench.run(1450 + delay);
    bench.write(reg::RCTL, rctl_for(256) & ~rctl::EN);
    bench.set_ring(0x40000, 32);
    bench.fill_ring(32, 0x800000, 256);
    bench.write(reg::RCTL, rctl_for(256));
    bench.write(reg::RDT, 30);
    const bytes next = make_frame(station, 300, 2);
    bench.send(next);
    ASSERT_TRUE(bench.run_until([&] { return bench.read(reg::RDH) >= 2; }, 3000)) << delay;
    bench.run(2000);
    // either the first frame had not begun and comes whole, or it is gone: never a tail of it (N-12)

    bytes got;
    unsigned i = 0;
    std::vector<bytes> frames;
    for (; i < 30 && (bench.descriptor_at(i).status & rxd_status::DD); ++i) {
      const auto desc = bench.descriptor_at(i);
      const bytes part = bench.bytes_at(desc.buffer, desc.length);
      got.insert(got.end(), part.begin(), part.end());
      if (desc.status & rxd_status::EOP) {
        frames.push_back(got);
        got.clear();
      }
    }
    EXPECT_TRUE(got.empty()) << delay;
    ASSERT_FALSE(frames.empty()) << delay;
    EXPECT_EQ(frames.back(), next) << delay;
    if (frames.size() == 2) {
      EXPECT_EQ(frames[0], make_frame(station, 1400, 1)) << delay;
    }
    EXPECT_LE(frames.size(), 2U);
  }
}
}  // namespace

// The bus model outside tells the end of a frame's payload by it (e1000_pins_pkg::KindPayloadEnd).
TEST(dma, only_the_last_payload_burst_of_a_frame_says_so) {
  top_bench bench;
  const open_options options{.descriptors = 64, .rctl = rctl::EN | rctl::BAM | rctl::SECRC | 3U << rctl::BSIZE_SHIFT};
  open(bench, options);  // 256-byte buffers: frames of several descriptors and bursts
  for (unsigned i = 0; i < 8; ++i) bench.send(make_frame(station, 64 + i * 150, i));
  bench.run(20000);
  std::uint16_t last_tag = 0;
  bool ended = true;
  unsigned ends = 0;
  for (const bus_op& op : bench.ops(kind::payload)) {
    ASSERT_FALSE(op.frame_tags.empty());
    const std::uint16_t tag = op.frame_tags.front();
    if (tag != last_tag) {
      EXPECT_TRUE(ended) << "frame " << last_tag << " ended without a mark";
    } else {
      EXPECT_FALSE(ended) << "frame " << tag << " goes on behind its mark";
    }
    last_tag = tag;
    ended = op.ends_frame;
    ends += op.ends_frame;
  }
  EXPECT_TRUE(ended);
  EXPECT_EQ(ends, 8U);
}

// SPDX-License-Identifier: Apache-2.0
// Receive FIFO: whole frames in, whole frames out, exact room, diagnostics.
#include <Ve1000_rx_fifo.h>

#include <array>
#include <deque>
#include <random>
#include <vector>

#include "hw/regs/e1000_regs.h"
#include "tests/hw/rtl/module_bench.h"
#include "tests/hw/rtl/reg_bus.h"

namespace ringside::rtl_test {
namespace {

constexpr unsigned status_words = 2;

unsigned words_of(unsigned bytes) {
  return (bytes + 7) / 8;
}

struct record {
  unsigned length = 0;
  std::uint64_t meta = 0;  // tag, status, errors, checksum, special
  std::vector<std::uint64_t> words;
};

class fifo_bench {
 public:
  fifo_bench() {
    auto& m = bench_.pins();
    m.rst_ni = 0;
    m.soft_rst_i = 0;
    m.pba_rxa_i = 48;
    m.fill_on_i = 0;
    m.taken_i = 0;
    m.reg_i = 0;
    m.reg_wr_ok_i = 1;
    idle_pins();
    bench_.tick();
    m.rst_ni = 1;
    bench_.tick();
  }

  Ve1000_rx_fifo& pins() { return bench_.pins(); }

  void tick() {
    bench_.tick();
    // The status word is looked at in the two cycles behind the frame's end and in no other.
    const auto random_word = static_cast<std::uint32_t>(bench_.cycle() * 0x9E3779B9U);
    if (pins().finish_i)
      status_cycles_ = 2;
    else if (status_cycles_ > 0)
      --status_cycles_;
    const bool shown = status_cycles_ > 0;
    pins().frame_i[0] = shown ? static_cast<std::uint32_t>(finished_.meta) : random_word;
    pins().frame_i[1] = shown ? static_cast<std::uint32_t>(finished_.meta >> 32) : ~random_word;
    pins().frame_i[2] = shown ? finished_.length : random_word & 0xFFFF;
    idle_pins();
    bench_->eval();
  }

  void idle(unsigned cycles) {
    for (unsigned i = 0; i < cycles; ++i) tick();
  }

  static record make(unsigned length, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    record frame{.length = length, .meta = random(), .words = {}};
    for (unsigned i = 0; i < words_of(length); ++i) frame.words.push_back(random());
    return frame;
  }

  void set_finish(const record& frame, bool keep) {
    auto& m = pins();
    m.finish_i = 1;
    m.keep_i = keep;
    m.length_i = static_cast<std::uint16_t>(frame.length);
    finished_ = {.length = frame.length, .meta = frame.meta, .words = {}};
  }

  // One word a cycle, the last together with `finish`.  True if the FIFO kept the frame.
  bool push(const record& frame, bool keep = true) {
    auto& m = pins();
    m.start_i = 1;
    tick();
    for (std::size_t i = 0; i < frame.words.size(); ++i) {
      m.word_en_i = 1;
      m.word_i = frame.words[i];
      if (i + 1 == frame.words.size()) break;
      tick();
    }
    set_finish(frame, keep);
    m.eval();
    const bool kept = keep && !m.lost_o;
    EXPECT_EQ(m.commit_o, kept);
    tick();
    idle(8);
    return kept;
  }

  void expect_head(const record& frame) {
    auto& m = pins();
    ASSERT_TRUE(m.frame_valid_o);
    EXPECT_EQ(m.frame_o[2] & 0xFFFF, frame.length);
    EXPECT_EQ(m.frame_o[0] | static_cast<std::uint64_t>(m.frame_o[1]) << 32, frame.meta);
  }

  void pop(const record& frame) {
    auto& m = pins();
    expect_head(frame);
    for (const auto word : frame.words) {
      ASSERT_TRUE(m.data_valid_o);
      ASSERT_EQ(m.data_o, word);
      m.data_pop_i = 1;
      tick();
    }
    EXPECT_FALSE(m.data_valid_o);
    release();
  }

  void release() {
    pins().frame_pop_i = 1;
    tick();
    EXPECT_FALSE(pins().frame_valid_o);
    idle(4);
  }

  std::uint32_t read(std::uint32_t reg) {
    pins().reg_i = reg_read(reg);
    pins().eval();
    const std::uint32_t value = pins().reg_rdata_o;
    tick();
    pins().reg_i &= ~reg_strobes;
    return value;
  }

  void write(std::uint32_t reg, std::uint32_t value) {
    pins().reg_i = reg_write(reg, value);
    tick();
    pins().reg_i &= ~reg_strobes;
  }

 private:
  void idle_pins() {
    auto& m = pins();
    m.start_i = 0;
    m.word_en_i = 0;
    m.finish_i = 0;
    m.keep_i = 0;
    m.data_pop_i = 0;
    m.frame_pop_i = 0;
  }

  module_bench<Ve1000_rx_fifo> bench_;
  record finished_;  // the frame that ended last
  unsigned status_cycles_ = 0;
};

TEST(rx_fifo, hands_out_a_word_every_cycle) {
  fifo_bench bench;
  const auto frame = fifo_bench::make(1514, 1);
  ASSERT_TRUE(bench.push(frame));
  bench.pop(frame);
  EXPECT_FALSE(bench.pins().frame_valid_o);
  EXPECT_FALSE(bench.pins().clk_req_rx_fifo_o);
  EXPECT_FALSE(bench.pins().clk_req_rx_dma_o);
}

TEST(rx_fifo, keeps_every_length) {
  fifo_bench bench;
  for (unsigned length = 1; length < 140; ++length) {
    const auto frame = fifo_bench::make(length, length);
    ASSERT_TRUE(bench.push(frame));
    bench.pop(frame);
  }
  for (const unsigned length : {1514U, 1518U, 1522U, 9018U, 16384U, 32767U, 32768U, 48000U}) {
    const auto frame = fifo_bench::make(length, length);
    ASSERT_TRUE(bench.push(frame));
    bench.pop(frame);
  }
}

TEST(rx_fifo, a_rolled_back_frame_leaves_no_trace) {
  fifo_bench bench;
  const auto first = fifo_bench::make(100, 1);
  const auto bad = fifo_bench::make(900, 2);
  const auto second = fifo_bench::make(200, 3);
  bench.push(first);
  bench.push(bad, false);
  bench.push(second);
  bench.pop(first);
  bench.pop(second);
  EXPECT_FALSE(bench.pins().frame_valid_o);
}

TEST(rx_fifo, head_frame_holds_until_it_is_popped) {
  fifo_bench bench;
  const auto first = fifo_bench::make(64, 1);
  const auto second = fifo_bench::make(80, 2);
  bench.push(first);
  for (int i = 0; i < 3; ++i) {
    bench.push(second);
    bench.expect_head(first);
    EXPECT_EQ(bench.pins().data_o, first.words[0]);
  }
  bench.pop(first);
  bench.pop(second);
}

TEST(rx_fifo, frees_unread_words_with_the_frame) {
  fifo_bench bench;
  bench.pins().pba_rxa_i = 8;
  for (unsigned i = 0; i < 40; ++i) {  // five times round
    const auto frame = fifo_bench::make(8000, i);
    ASSERT_TRUE(bench.push(frame)) << i;
    bench.expect_head(frame);
    for (unsigned word = 0; word < i * 25; ++word) {
      bench.pins().data_pop_i = 1;
      bench.tick();
    }
    if (i * 25 < frame.words.size()) {
      EXPECT_EQ(bench.pins().data_o, frame.words[i * 25]);
    }
    bench.release();
  }
}

// 16 bytes of status and the data rounded up to 8 bytes count against PBA.RXA, to the byte.
TEST(rx_fifo, room_is_exact_for_every_size_of_the_buffer) {
  for (unsigned kib = 8; kib <= 64; kib += 8) {
    for (const unsigned length : {57U, 64U, 65U, 1514U, 1522U}) {
      fifo_bench bench;
      bench.pins().pba_rxa_i = static_cast<std::uint8_t>(kib);
      const unsigned each = 16 + words_of(length) * 8;
      const unsigned fits = kib * 1024 / each;
      std::deque<record> kept;
      for (unsigned i = 0; i < fits; ++i) {
        kept.push_back(fifo_bench::make(length, i));
        ASSERT_TRUE(bench.push(kept.back())) << kib << " KiB, frame " << i << " of " << fits;
      }
      const unsigned rest = kib * 1024 - fits * each;
      ASSERT_FALSE(bench.push(fifo_bench::make(length, 99)));
      if (rest > 16) {  // what is left takes a frame that fills it, and no more
        ASSERT_FALSE(bench.push(fifo_bench::make(rest - 16 + 1, 5)));
        kept.push_back(fifo_bench::make(rest - 16, 6));
        ASSERT_TRUE(bench.push(kept.back()));
      }
      ASSERT_FALSE(bench.push(fifo_bench::make(1, 7)));
      bench.pop(kept.front());  // room for one again: N-15 and R-31, later frames are unaffected
      kept.pop_front();
      kept.push_back(fifo_bench::make(length, 100));
      ASSERT_TRUE(bench.push(kept.back()));
      for (const auto& frame : kept) bench.pop(frame);
    }
  }
}

TEST(rx_fifo, sizes_beyond_the_memory_and_zero_are_harmless) {
  fifo_bench bench;
  bench.pins().pba_rxa_i = 0;
  EXPECT_FALSE(bench.push(fifo_bench::make(1, 1)));
  bench.pins().pba_rxa_i = 127;
  unsigned kept = 0;
  while (bench.push(fifo_bench::make(1008, kept))) ++kept;
  EXPECT_EQ(kept, 64U);
}

TEST(rx_fifo, soft_reset_empties_it) {
  for (unsigned after = 0; after < 12; ++after) {
    fifo_bench bench;
    const auto lost = fifo_bench::make(64, 1);
    bench.push(lost);
    auto& m = bench.pins();
    m.start_i = 1;
    bench.tick();
    for (unsigned i = 0; i < 8; ++i) {
      m.word_en_i = 1;
      m.word_i = lost.words[i];
      if (i == 7) bench.set_finish(lost, true);
      bench.tick();
    }
    bench.idle(after);
    m.soft_rst_i = 1;
    bench.tick();
    m.soft_rst_i = 0;
    bench.idle(10);
    EXPECT_FALSE(m.frame_valid_o);
    EXPECT_EQ(bench.read(reg::RDFPC), 0U);
    const auto next = fifo_bench::make(100, 2);
    ASSERT_TRUE(bench.push(next));
    bench.pop(next);
    EXPECT_FALSE(m.frame_valid_o);
  }
}

TEST(rx_fifo, diagnostics_follow_the_pointers) {
  fifo_bench bench;
  bench.push(fifo_bench::make(64, 1));
  bench.push(fifo_bench::make(100, 2));
  EXPECT_EQ(bench.read(reg::RDFPC), 2U);
  EXPECT_EQ(bench.read(reg::RDFH), status_words);  // the first data word is next
  EXPECT_EQ(bench.read(reg::RDFHS), 0U);
  EXPECT_EQ(bench.read(reg::RDFT), (8 + 2) + (13 + 2));
  EXPECT_EQ(bench.read(reg::RDFTS), (8 + 2) + (13 + 2));
  EXPECT_EQ(bench.read(reg::RDH), 0U);          // another block's register
  bench.push(fifo_bench::make(300, 3), false);  // rolled back
  EXPECT_EQ(bench.read(reg::RDFT), (8 + 2) + (13 + 2));
  bench.write(reg::RDFH, 0x123);  // frames inside: not moved
  EXPECT_EQ(bench.read(reg::RDFHS), 0U);
}

TEST(rx_fifo, empty_pointers_can_be_moved_anywhere) {
  for (const unsigned at : {1U, 0x0FF0U, 0x1FFDU, 0x1FFEU, 0x1FFFU}) {
    fifo_bench bench;
    bench.write(reg::RDFT, at);
    for (const std::uint32_t offset : {reg::RDFH, reg::RDFT, reg::RDFHS, reg::RDFTS})
      EXPECT_EQ(bench.read(offset), at) << std::hex << offset;
    for (unsigned i = 0; i < 4; ++i) {
      const auto frame = fifo_bench::make(60 + i, i);
      ASSERT_TRUE(bench.push(frame));
      bench.pop(frame);
    }
    bench.pins().reg_wr_ok_i = 0;  // receiver on
    bench.write(reg::RDFH, 7);
    EXPECT_NE(bench.read(reg::RDFHS), 7U);
  }
}

// FS 2.5: RW 12:0, each of its own; what it reads without a write is another test's.
TEST(rx_fifo, diagnostics_read_back_what_was_written_until_a_frame_moves_them) {
  constexpr std::array offsets{reg::RDFH, reg::RDFT, reg::RDFHS, reg::RDFTS, reg::RDFPC};
  for (const bool receiver_off : {true, false}) {
    fifo_bench bench;
    bench.pins().reg_wr_ok_i = receiver_off;
    for (const std::uint32_t pattern : {0x5A5A5A5AU, 0xA5A5A5A5U, 0U, 0xFFFFFFFFU}) {
      for (std::uint32_t i = 0; i < offsets.size(); ++i) bench.write(offsets[i], pattern + i);
      for (std::uint32_t i = 0; i < offsets.size(); ++i)
        EXPECT_EQ(bench.read(offsets[i]), (pattern + i) & 0x1FFF) << std::hex << offsets[i];
    }
    // The neighbours of these offsets hold nothing.
    for (const std::uint32_t offset : {reg::RDFH - 8, reg::RDFH - 16, reg::RDFPC + 8}) {
      bench.write(offset, 0x1234);
      EXPECT_EQ(bench.read(offset), 0U) << std::hex << offset;
    }
    const std::uint32_t start = receiver_off ? (0xFFFFFFFFU + 3) & 0x1FFF : 0;  // RDFTS was the last to move them
    const auto frame = fifo_bench::make(64, 1);
    ASSERT_TRUE(bench.push(frame));
    EXPECT_EQ(bench.read(reg::RDFPC), 1U);
    EXPECT_EQ(bench.read(reg::RDFHS), start);
    EXPECT_EQ(bench.read(reg::RDFTS), (start + 8 + 2) & 0x1FFF);
    bench.write(reg::RDFPC, 77);
    EXPECT_EQ(bench.read(reg::RDFPC), 77U);
    bench.pop(frame);
    EXPECT_EQ(bench.read(reg::RDFPC), 0U);
    bench.write(reg::RDFPC, 77);
    bench.pins().soft_rst_i = 1;
    bench.tick();
    bench.pins().soft_rst_i = 0;
    for (const std::uint32_t offset : offsets) EXPECT_EQ(bench.read(offset), 0U) << "X-4 " << std::hex << offset;
  }
}

// Both sides at random speeds against a queue, room checked in every cycle a word arrives.
TEST(rx_fifo, random_traffic_matches_a_queue) {
  constexpr unsigned seed = 4242;
  std::mt19937 random(seed);
  fifo_bench bench;
  auto& m = bench.pins();
  const unsigned limit = 8 * 128;
  m.pba_rxa_i = 8;
  std::deque<record> queue;
  record in;
  std::size_t sent = 0;
  unsigned stored = 0;
  unsigned used = 0;
  unsigned pause = 0;
  std::size_t read = 0;
  unsigned kept_frames = 0;
  unsigned lost_frames = 0;
  bool arriving = false;
  bool slow = false;
  for (unsigned cycle = 0; cycle < 800000; ++cycle) {
    if (cycle % 40000 == 0) slow = !slow;
    const unsigned used_before = used;
    if (m.frame_valid_o) {
      ASSERT_FALSE(queue.empty());
      bench.expect_head(queue.front());
      ASSERT_EQ(m.data_valid_o, read < queue.front().words.size());
      if (m.data_valid_o) {
        ASSERT_EQ(m.data_o, queue.front().words[read]) << "cycle " << cycle << ", seed " << seed;
      }
      if (read == queue.front().words.size() || (!slow && random() % 400 == 0)) {
        m.frame_pop_i = 1;
        m.data_pop_i = m.data_valid_o && random() % 2 != 0;
        used -= status_words + words_of(queue.front().length);
        queue.pop_front();
        read = 0;
      } else if (!slow || random() % 30 == 0) {
        m.data_pop_i = 1;
        ++read;
      }
    }
    bool finish = false;
    if (!arriving && pause == 0) {
      in = fifo_bench::make(static_cast<unsigned>(random() % 8 == 0 ? 1 + random() % 3000 : 57 + random() % 200),
                            random());
      m.start_i = 1;
      arriving = true;
      sent = 0;
      stored = 0;
      pause = 8;
    } else if (pause > 0) {
      --pause;
    } else {
      m.word_en_i = 1;
      m.word_i = in.words[sent++];
      pause = 7;
      if (used_before + status_words + stored + 1 <= limit) ++stored;
      finish = sent == in.words.size();
    }
    if (finish) {
      const bool keep = random() % 5 != 0;
      bench.set_finish(in, keep);
      m.eval();
      const bool lost = stored < in.words.size();
      ASSERT_EQ(m.lost_o, keep && lost) << "cycle " << cycle;
      if (keep && !lost) {
        queue.push_back(in);
        used += status_words + words_of(in.length);
        ++kept_frames;
      }
      lost_frames += lost;
      arriving = false;
      pause = 8;
    }
    bench.tick();
  }
  EXPECT_GT(kept_frames, 500U);
  EXPECT_GT(lost_frames, 100U);
}

}  // namespace
}  // namespace ringside::rtl_test

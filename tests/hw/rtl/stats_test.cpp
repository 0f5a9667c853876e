// SPDX-License-Identifier: Apache-2.0
// Statistics, FS 6.10: saturating, cleared by reading, nothing lost when both meet in one cycle.
#include <Ve1000_stats.h>
#include <Ve1000_stats___024root.h>

#include <algorithm>
#include <array>
#include <random>

#include "hw/regs/e1000_regs.h"
#include "tests/hw/rtl/module_bench.h"
#include "tests/hw/rtl/reg_bus.h"

namespace ringside::rtl_test {
namespace {

// The counters a frame moves by one, by their registers in FS 6.10.
constexpr std::array<std::uint32_t, 19> counters = {reg::CRCERRS, reg::RXERRC, reg::MPC,    reg::RLEC,    reg::PRC64,
                                                    reg::PRC127,  reg::PRC255, reg::PRC511, reg::PRC1023, reg::PRC1522,
                                                    reg::GPRC,    reg::BPRC,   reg::MPRC,   reg::RNBC,    reg::RUC,
                                                    reg::RFC,     reg::ROC,    reg::RJC,    reg::TPR};

constexpr unsigned first_counter = 3;  // of the card's memory; before it those of flow control

// A frame at its end, as the receive front describes it.
struct ended {
  unsigned length = 64;  // DA..CRC
  bool counted = true;   // receiver and link are on
  bool pass = true;      // ... and the filter took it
  bool multicast = false, broadcast = false;
  bool crc_ok = true, rx_er = false;
  bool sbp = false, room = true, no_desc = false;

  bool runt() const { return length < 64; }
  bool giant() const { return length > 1522; }
  bool passed() const { return counted && pass; }
  bool good() const { return crc_ok && !rx_er && !runt() && !giant(); }
  bool keep() const { return passed() && (good() || sbp); }
  bool stored() const { return keep() && room; }
  bool missed() const { return keep() && !room; }

  // FS 6.10, with.
  bool moves(std::uint32_t counter) const {
    const bool counts_as_good = stored() && good();
    const bool counts_as_bad = passed() && !missed();
    switch (counter) {
      case reg::TPR:
        return counted;
      case reg::MPC:
        return missed();
      case reg::RNBC:
        return passed() && good() && no_desc;
      case reg::GPRC:
        return counts_as_good;
      case reg::BPRC:
        return counts_as_good && broadcast;
      case reg::MPRC:
        return counts_as_good && multicast;
      case reg::PRC64:
        return counts_as_good && length == 64;
      case reg::PRC127:
        return counts_as_good && length >= 65 && length <= 127;
      case reg::PRC255:
        return counts_as_good && length >= 128 && length <= 255;
      case reg::PRC511:
        return counts_as_good && length >= 256 && length <= 511;
      case reg::PRC1023:
        return counts_as_good && length >= 512 && length <= 1023;
      case reg::PRC1522:
        return counts_as_good && length >= 1024;
      case reg::RUC:
        return counts_as_bad && runt() && crc_ok;
      case reg::RFC:
        return counts_as_bad && runt() && !crc_ok;
      case reg::ROC:
        return counts_as_bad && giant() && crc_ok;
      case reg::RJC:
        return counts_as_bad && giant() && !crc_ok;
      case reg::RLEC:
        return counts_as_bad && (runt() || giant());
      case reg::CRCERRS:
        return counts_as_bad && !runt() && !crc_ok;
      case reg::RXERRC:
        return counts_as_bad && !runt() && rx_er;
      default:
        return false;
    }
  }
  // Increments take a step each: the front's frames end no closer than this.
  int steps() const {
    int n = 1;
    for (const auto counter : counters) n += moves(counter);
    return n;
  }
};

// A frame for each counter that moves it.
ended frame_for(std::uint32_t counter) {
  switch (counter) {
    case reg::CRCERRS:
      return {.length = 100, .crc_ok = false};
    case reg::RXERRC:
      return {.length = 100, .rx_er = true};
    case reg::MPC:
      return {.length = 100, .room = false};
    case reg::PRC64:
      return {.length = 64};
    case reg::PRC127:
      return {.length = 65};
    case reg::PRC255:
      return {.length = 128};
    case reg::PRC511:
      return {.length = 511};
    case reg::PRC1023:
      return {.length = 1023};
    case reg::PRC1522:
      return {.length = 1024};
    case reg::GPRC:
      return {.length = 200};
    case reg::BPRC:
      return {.length = 300, .broadcast = true};
    case reg::MPRC:
      return {.length = 300, .multicast = true};
    case reg::RNBC:
      return {.length = 300, .no_desc = true};
    case reg::RLEC:
    case reg::RUC:
      return {.length = 63};
    case reg::RFC:
      return {.length = 63, .crc_ok = false};
    case reg::ROC:
      return {.length = 1523};
    case reg::RJC:
      return {.length = 1523, .crc_ok = false};
    default:
      return {.pass = false};
  }
}

class stats_bench {
 public:
  stats_bench() {
    auto& m = bench_.pins();
    m.rst_ni = 0;
    m.soft_rst_i = 0;
    m.eof_i = 0;
    m.flow_i = 0;
    m.timer_i = 0;
    m.byte_en_i = 0;
    m.byte_i = 0;
    m.reg_i = 0;
    bench_.tick();
    m.rst_ni = 1;
  }

  Ve1000_stats& pins() { return bench_.pins(); }

  // Both in one cycle, if both are given.  Returns what the read saw.
  std::uint32_t cycle(const ended* frame, const std::uint32_t* address) {
    auto& m = pins();
    // What stands on the pins between frames is nobody's, the verdict apart.
    m.length_i = static_cast<std::uint16_t>(frame ? frame->length : 0x5A5A);
    m.beyond_i = frame ? 0 : 0x5A5A'5A5A;
    m.crc_ok_i = frame ? frame->crc_ok : 1;
    m.rx_er_i = frame ? frame->rx_er : 1;
    m.multicast_i = frame ? frame->multicast : 1;
    m.broadcast_i = frame ? frame->broadcast : 1;
    m.no_desc_i = frame ? frame->no_desc : 1;
    m.eof_i = frame != nullptr;
    m.stored_i = frame && frame->stored();
    m.missed_i = frame && frame->missed();
    // rx_class_t: counted, pass, runt, giant, good.
    m.kind_i = !frame ? 0
                      : static_cast<std::uint8_t>(frame->counted << 4 | frame->passed() << 3 | frame->runt() << 2 |
                                                  frame->giant() << 1 | static_cast<int>(frame->good()));
    if (address) m.reg_i = reg_read(*address);
    m.eval();
    const std::uint32_t value = m.reg_rdata_o;
    bench_.tick();
    m.eof_i = 0;
    m.reg_i &= ~reg_strobes;
    return value;
  }
  void idle(int cycles) {
    for (int i = 0; i < cycles; ++i) cycle(nullptr, nullptr);
  }
  void add(const ended& frame) {
    cycle(&frame, nullptr);
    idle(frame.steps() - 1);
  }
  std::uint32_t read(std::uint32_t address) { return cycle(nullptr, &address); }
  // A MAC control frame (flow_i: control, pause) with `apart` clocks between the two bytes of its timer, if it is
  // PAUSE.
  void add_control(bool pause, unsigned timer, int apart, const ended& frame = {},
                   const std::uint32_t* address = nullptr) {
    auto& m = pins();
    m.flow_i = pause ? 3 : 2;
    if (pause) {
      m.timer_i = 1;
      for (const unsigned byte : {timer >> 8, timer & 0xFF}) {
        m.byte_en_i = 1;
        m.byte_i = static_cast<std::uint8_t>(byte);
        cycle(nullptr, nullptr);
        m.timer_i = 0;
        m.byte_en_i = 0;
        m.byte_i = 0xFF;  // nobody's
        idle(apart);
      }
    }
    cycle(&frame, address);
    m.flow_i = 0;
    idle(frame.steps() + 1);
  }
  void soft_reset() {
    pins().soft_rst_i = 1;
    cycle(nullptr, nullptr);
    pins().soft_rst_i = 0;
  }

 private:
  module_bench<Ve1000_stats> bench_;
};

TEST(stats, every_counter_of_6_10_reads_zero_after_reset) {
  stats_bench bench;
  for (std::uint32_t address = 0x4000; address <= 0x40FC; address += 4) EXPECT_EQ(bench.read(address), 0U) << address;
}

TEST(stats, each_frame_moves_its_registers_and_reading_clears_them) {
  stats_bench bench;
  for (unsigned bit = 0; bit < counters.size(); ++bit) {
    for (unsigned i = 0; i <= bit; ++i) bench.add(frame_for(counters[bit]));
  }
  for (std::uint32_t address = 0x3FF0; address <= 0x4110; address += 4) {
    std::uint32_t expected = 0;
    for (unsigned bit = 0; bit < counters.size(); ++bit) {
      if (frame_for(counters[bit]).moves(address)) expected += bit + 1;
    }
    if (address >= reg::GORCL && address <= reg::GORCH) continue;  // octets
    if (address >= reg::TORL && address <= reg::TORH) continue;
    EXPECT_EQ(bench.read(address), expected) << std::hex << address;
    EXPECT_EQ(bench.read(address), 0U) << std::hex << address;
  }
}

TEST(stats, each_frame_for_a_counter_moves_that_counter) {
  for (const auto counter : counters) EXPECT_TRUE(frame_for(counter).moves(counter)) << std::hex << counter;
}

TEST(stats, an_increment_in_the_cycle_of_the_read_counts_from_zero) {
  for (const auto counter : counters) {
    const ended frame = frame_for(counter);
    const int apart = frame.steps();
    for (int at = 0; at < 5 * apart + 1; ++at) {  // the read against each of five frames in a row
      stats_bench bench;
      std::uint32_t seen = 0;
      std::uint32_t before = 0;  // frames that ended in an earlier cycle
      for (int i = 0; i < 5 * apart; ++i) {
        const bool ends = i % apart == 0;
        if (i < at) before += ends;
        const auto value = bench.cycle(ends ? &frame : nullptr, i == at ? &counter : nullptr);
        if (i == at) seen = value;
      }
      EXPECT_EQ(seen, at < 5 * apart ? before : 0U) << std::hex << counter << std::dec << " at " << at;
      EXPECT_EQ(seen + bench.read(counter), 5U) << std::hex << counter << std::dec << " at " << at;
    }
  }
}

TEST(stats, high_word_clears_the_pair_low_word_does_not) {
  for (const bool tor : {false, true}) {
    const std::uint32_t low = tor ? reg::TORL : reg::GORCL;
    const std::uint32_t high = low + 4;
    stats_bench bench;
    // A stored frame counts in both pairs, a stranger's in the total alone.
    const ended big{.length = tor ? 0xFFFFU : 1522U, .pass = !tor};
    std::uint64_t sum = 0;
    if (!tor) {  // past 32 bits without three million frames
      bench.pins().rootp->e1000_stats__DOT__gor_q = 0xFFFFF000;
      sum = 0xFFFFF000;
    }
    for (int i = 0; i < (tor ? 70000 : 70); ++i) {
      bench.add(big);
      sum += big.length;
    }
    EXPECT_GT(sum >> 32, 0U);
    EXPECT_EQ(bench.read(low), static_cast<std::uint32_t>(sum));
    EXPECT_EQ(bench.read(low), static_cast<std::uint32_t>(sum));
    EXPECT_EQ(bench.cycle(&big, &low), static_cast<std::uint32_t>(sum));
    bench.idle(big.steps());
    sum += big.length;
    EXPECT_EQ(bench.read(low), static_cast<std::uint32_t>(sum));
    EXPECT_EQ(bench.cycle(&big, &high), sum >> 32);  // R-51 for pairs
    EXPECT_EQ(bench.read(low), big.length);
    EXPECT_EQ(bench.read(high), 0U);
    EXPECT_EQ(bench.read(low), 0U);
    if (tor) {
      EXPECT_EQ(bench.read(reg::GORCL), 0U);
    } else {
      EXPECT_EQ(bench.read(reg::TORL), 72U * 1522U);  // the other pair's high word clears this one's alone
    }
  }
}

TEST(stats, counters_stick_at_all_ones) {
  stats_bench bench;
  auto* root = bench.pins().rootp;
  for (unsigned bit = 0; bit < counters.size(); ++bit) {
    root->e1000_stats__DOT__count_mem[first_counter + bit] = 0xFFFFFFFE;
    root->e1000_stats__DOT__live_q = 0x3FFFFF;
    bench.add(frame_for(counters[bit]));
    bench.add(frame_for(counters[bit]));
    EXPECT_EQ(bench.read(counters[bit]), 0xFFFFFFFFU) << bit;
    EXPECT_EQ(bench.read(counters[bit]), 0U) << bit;
  }
  for (const auto low : {reg::GORCL, reg::TORL}) {
    auto& pair = low == reg::TORL ? root->e1000_stats__DOT__tor_q : root->e1000_stats__DOT__gor_q;
    bench.soft_reset();  // the assertions do not see a pair jump then
    pair = ~0ULL - 100;
    bench.add({.length = 100});
    EXPECT_EQ(pair, ~0ULL);
    bench.soft_reset();
    pair = ~0ULL - 100;
    bench.add({.length = 101});
    EXPECT_EQ(bench.read(low), 0xFFFFFFFFU);
    EXPECT_EQ(bench.read(low + 4), 0xFFFFFFFFU);
  }
}

TEST(stats, soft_reset_clears_them) {
  for (const auto counter : counters) {
    for (const int before : {0, 1, 8}) {  // some increments wait, or none
      stats_bench bench;
      const ended frame = frame_for(counter);
      bench.cycle(&frame, nullptr);
      bench.idle(before);
      bench.soft_reset();
      for (std::uint32_t address = 0x4000; address <= 0x40FC; address += 4) EXPECT_EQ(bench.read(address), 0U);
    }
  }
}

TEST(stats, mac_control_frames_by_opcode_and_timer) {  // F-1 to F-3, F-5
  struct row {
    bool pause;
    unsigned timer;
    std::uint32_t counter;
  };
  for (const int apart : {0, 9, 99})  // 1000, 100 and 10 Mb/s
    for (const row& r : {row{true, 0, reg::XONRXC}, row{true, 1, reg::XOFFRXC}, row{true, 0x100, reg::XOFFRXC},
                         row{true, 0xFFFF, reg::XOFFRXC}, row{false, 0, reg::FCRUC}}) {
      stats_bench bench;
      for (int i = 0; i < 3; ++i) bench.add_control(r.pause, r.timer, apart);
      bench.add_control(r.pause, r.timer, apart, {.crc_ok = false});
      bench.add_control(r.pause, r.timer, apart, {.counted = false});
      bench.add_control(r.pause, r.timer, apart, {.pass = false});  // the address filter has no say
      EXPECT_EQ(bench.pins().clk_req_o, 0);
      bench.add_control(r.pause, r.timer, apart, {}, &r.counter);  // the read sees four, one is left
      EXPECT_EQ(bench.read(reg::TPR), 6U);
      for (const auto counter : {reg::XONRXC, reg::XOFFRXC, reg::FCRUC})
        EXPECT_EQ(bench.read(counter), counter == r.counter ? 1U : 0U) << apart << ' ' << r.timer;
      for (int i = 0; i < 2; ++i) bench.add_control(r.pause, r.timer, apart);
      EXPECT_EQ(bench.read(r.counter), 2U);
      EXPECT_EQ(bench.read(r.counter), 0U);
      bench.add_control(r.pause, r.timer, apart);
      bench.soft_reset();
      EXPECT_EQ(bench.read(r.counter), 0U);
    }
}

TEST(stats, mac_control_counters_stick_at_all_ones) {
  stats_bench bench;
  auto* root = bench.pins().rootp;
  for (unsigned i = 0; i < first_counter; ++i) root->e1000_stats__DOT__count_mem[i] = 0xFFFFFFFE;
  root->e1000_stats__DOT__live_q = 0x7;
  for (int i = 0; i < 2; ++i) {
    bench.add_control(true, 0, 0);
    bench.add_control(true, 7, 0);
    bench.add_control(false, 0, 0);
  }
  for (const auto counter : {reg::XONRXC, reg::XOFFRXC, reg::FCRUC}) EXPECT_EQ(bench.read(counter), 0xFFFFFFFFU);
}

// A PAUSE frame that ends before its second timer byte leaves nothing waiting.
TEST(stats, a_cut_pause_frame_asks_for_no_more_clocks) {
  stats_bench bench;
  auto& m = bench.pins();
  m.flow_i = 3;
  m.timer_i = m.byte_en_i = 1;
  bench.idle(1);
  m.timer_i = m.byte_en_i = 0;
  EXPECT_EQ(m.clk_req_o, 1);
  bench.add({.length = 17, .crc_ok = false});
  bench.idle(2);
  EXPECT_EQ(m.clk_req_o, 0);
  EXPECT_EQ(bench.read(reg::XONRXC) + bench.read(reg::XOFFRXC), 0U);
}

TEST(stats, nothing_is_lost_in_random_traffic) {
  constexpr unsigned seed = 99;
  std::mt19937 random(seed);
  stats_bench bench;
  std::array<std::uint64_t, 19> added{};
  std::array<std::uint64_t, 19> read{};
  int next_frame = 0;
  const auto once_in = [&](unsigned n) { return random() % n == 0; };
  for (int cycle = 0; cycle < 200000; ++cycle) {
    ended what{.length = static_cast<unsigned>(once_in(3) ? 60 + random() % 10 : 1 + random() % 1600)};
    what.counted = !once_in(8);
    what.pass = !once_in(4);
    what.broadcast = once_in(3);
    what.multicast = !what.broadcast && once_in(3);
    what.crc_ok = !once_in(3);
    what.rx_er = once_in(4);
    what.sbp = once_in(2);
    what.room = !once_in(4);
    what.no_desc = once_in(2);
    const unsigned bit = static_cast<unsigned>(random() % counters.size());
    const bool adds = cycle >= next_frame;  // an increment needs a clock of its own before the next frame ends
    if (adds) next_frame = cycle + what.steps() - 1 + static_cast<int>(random() % 3);
    next_frame = std::max(next_frame, cycle + 1);
    const bool reads = random() % 3 == 0;
    const auto value = bench.cycle(adds ? &what : nullptr, reads ? &counters[bit] : nullptr);
    if (reads) read[bit] += value;
    for (unsigned i = 0; adds && i < counters.size(); ++i) added[i] += what.moves(counters[i]);
  }
  for (unsigned i = 0; i < counters.size(); ++i) {
    EXPECT_EQ(read[i] + bench.read(counters[i]), added[i]) << i;
    EXPECT_GT(added[i], 100U) << i;
  }
}

}  // namespace
}  // namespace ringside::rtl_test

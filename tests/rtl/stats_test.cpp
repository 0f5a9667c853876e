// Statistics, section 6.10: saturating, cleared by reading, nothing lost when both meet in one cycle.
#include <Ve1000_stats.h>
#include <Ve1000_stats___024root.h>

#include <algorithm>
#include <array>
#include <bit>
#include <random>

#include "hw/regs/e1000_regs.h"
#include "tests/rtl/module_bench.h"

namespace ringside::rtl_test {
namespace {

// Bits of rx_stat_t.inc, from 0 up, with the registers of 6.10 they move.
constexpr std::array<std::uint32_t, 19> counters = {reg::CRCERRS, reg::RXERRC, reg::MPC,    reg::RLEC,    reg::PRC64,
                                                    reg::PRC127,  reg::PRC255, reg::PRC511, reg::PRC1023, reg::PRC1522,
                                                    reg::GPRC,    reg::BPRC,   reg::MPRC,   reg::RNBC,    reg::RUC,
                                                    reg::RFC,     reg::ROC,    reg::RJC,    reg::TPR};

struct increment {
  std::uint32_t inc = 0;
  bool gor = false;
  bool tor = false;
  std::uint32_t length = 0;
};

class stats_bench {
 public:
  stats_bench() {
    auto& m = bench_.pins();
    m.rst_ni = 0;
    m.soft_rst_i = 0;
    m.stat_i = 0;
    m.reg_rd_i = 0;
    m.reg_addr_i = 0;
    bench_.tick();
    m.rst_ni = 1;
  }

  Ve1000_stats& pins() { return bench_.pins(); }

  // Both in one cycle, if both are given.  Returns what the read saw.
  std::uint32_t cycle(const increment* add, const std::uint32_t* address) {
    auto& m = pins();
    // rx_stat_t: valid 37, inc 36:18, gor 17, tor 16, length 15:0.
    m.stat_i = add ? 1ULL << 37 | static_cast<std::uint64_t>(add->inc) << 18 |
                         static_cast<std::uint64_t>(add->gor) << 17 | static_cast<std::uint64_t>(add->tor) << 16 |
                         add->length
                   : 0;
    m.reg_rd_i = address != nullptr;
    if (address) m.reg_addr_i = *address;
    bench_.tick();
    m.stat_i = 0;
    m.reg_rd_i = 0;
    return m.reg_rdata_o;
  }
  void add(const increment& what) { cycle(&what, nullptr); }
  std::uint32_t read(std::uint32_t address) { return cycle(nullptr, &address); }

 private:
  module_bench<Ve1000_stats> bench_;
};

TEST(stats, every_counter_of_6_10_reads_zero_after_reset) {
  stats_bench bench;
  for (std::uint32_t address = 0x4000; address <= 0x40FC; address += 4) EXPECT_EQ(bench.read(address), 0U) << address;
}

TEST(stats, each_increment_moves_one_register_and_reading_clears_it) {
  stats_bench bench;
  for (unsigned bit = 0; bit < counters.size(); ++bit) {
    for (unsigned i = 0; i <= bit; ++i) bench.add({.inc = 1U << bit});
  }
  for (std::uint32_t address = 0x3FF0; address <= 0x4110; address += 4) {
    std::uint32_t expected = 0;
    for (unsigned bit = 0; bit < counters.size(); ++bit) {
      if (counters[bit] == address) expected = bit + 1;
    }
    EXPECT_EQ(bench.read(address), expected) << std::hex << address;
    EXPECT_EQ(bench.read(address), 0U) << std::hex << address;
  }
}

TEST(stats, an_increment_in_the_cycle_of_the_read_counts_from_zero) {
  for (unsigned bit = 0; bit < counters.size(); ++bit) {
    for (int at = 0; at < 6; ++at) {  // the read against each of five increments in a row
      stats_bench bench;
      const increment one{.inc = 1U << bit};
      std::uint32_t seen = 0;
      for (int i = 0; i < 5; ++i) seen += i == at ? bench.cycle(&one, &counters[bit]) : (bench.add(one), 0U);
      EXPECT_EQ(seen, at < 5 ? static_cast<unsigned>(at) : 0U);
      EXPECT_EQ(seen + bench.read(counters[bit]), 5U) << bit << " at " << at;
    }
  }
}

TEST(stats, high_word_clears_the_pair_low_word_does_not) {
  for (const bool tor : {false, true}) {
    const std::uint32_t low = tor ? reg::TORL : reg::GORCL;
    const std::uint32_t high = low + 4;
    stats_bench bench;
    const increment jumbo{.gor = !tor, .tor = tor, .length = 0xFFFF};
    std::uint64_t sum = 0;
    for (int i = 0; i < 70000; ++i) {
      bench.add(jumbo);
      sum += 0xFFFF;
    }
    EXPECT_EQ(bench.read(low), static_cast<std::uint32_t>(sum));
    EXPECT_EQ(bench.read(low), static_cast<std::uint32_t>(sum));
    EXPECT_EQ(bench.cycle(&jumbo, &low), static_cast<std::uint32_t>(sum));
    sum += 0xFFFF;
    EXPECT_EQ(bench.read(low), static_cast<std::uint32_t>(sum));
    EXPECT_EQ(bench.cycle(&jumbo, &high), sum >> 32);  // R-51 for pairs
    EXPECT_EQ(bench.read(low), 0xFFFFU);
    EXPECT_EQ(bench.read(high), 0U);
    EXPECT_EQ(bench.read(low), 0U);
    EXPECT_EQ(bench.read(tor ? reg::GORCL : reg::TORL), 0U);
  }
}

TEST(stats, counters_stick_at_all_ones) {
  stats_bench bench;
  auto* root = bench.pins().rootp;
  for (unsigned bit = 0; bit < counters.size(); ++bit) {
    root->e1000_stats__DOT__count_mem[bit] = 0xFFFFFFFE;
    root->e1000_stats__DOT__live_q = 0x7FFFF;
    bench.add({.inc = 1U << bit});
    bench.add({.inc = 1U << bit});
    EXPECT_EQ(bench.read(counters[bit]), 0xFFFFFFFFU) << bit;
    EXPECT_EQ(bench.read(counters[bit]), 0U) << bit;
  }
  for (const auto low : {reg::GORCL, reg::TORL}) {
    auto& pair = low == reg::TORL ? root->e1000_stats__DOT__tor_q : root->e1000_stats__DOT__gor_q;
    pair = ~0ULL - 100;
    bench.add({.gor = true, .tor = true, .length = 100});
    EXPECT_EQ(pair, ~0ULL);
    pair = ~0ULL - 100;
    bench.add({.gor = true, .tor = true, .length = 101});
    EXPECT_EQ(bench.read(low), 0xFFFFFFFFU);
    EXPECT_EQ(bench.read(low + 4), 0xFFFFFFFFU);
  }
}

TEST(stats, soft_reset_clears_them) {
  stats_bench bench;
  bench.add({.inc = 0x7FFFF, .gor = true, .tor = true, .length = 64});
  bench.pins().soft_rst_i = 1;
  bench.cycle(nullptr, nullptr);
  bench.pins().soft_rst_i = 0;
  for (std::uint32_t address = 0x4000; address <= 0x40FC; address += 4) EXPECT_EQ(bench.read(address), 0U);
}

TEST(stats, nothing_is_lost_in_random_traffic) {
  constexpr unsigned seed = 99;
  std::mt19937 random(seed);
  stats_bench bench;
  std::array<std::uint64_t, 19> added{};
  std::array<std::uint64_t, 19> read{};
  int next_frame = 0;
  for (int cycle = 0; cycle < 200000; ++cycle) {
    const increment what{.inc = static_cast<std::uint32_t>(random() & random() & 0x7FFFF)};
    const unsigned bit = static_cast<unsigned>(random() % counters.size());
    const bool adds = cycle >= next_frame;  // an increment needs a clock of its own before the next frame ends
    if (adds) next_frame = cycle + std::max(1, std::popcount(what.inc)) + static_cast<int>(random() % 3);
    const bool reads = random() % 3 == 0;
    const auto value = bench.cycle(adds ? &what : nullptr, reads ? &counters[bit] : nullptr);
    if (reads) read[bit] += value;
    for (unsigned i = 0; adds && i < counters.size(); ++i) added[i] += what.inc >> i & 1;
  }
  for (unsigned i = 0; i < counters.size(); ++i) EXPECT_EQ(read[i] + bench.read(counters[i]), added[i]) << i;
}

}  // namespace
}  // namespace ringside::rtl_test

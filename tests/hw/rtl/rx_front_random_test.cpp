// SPDX-License-Identifier: Apache-2.0
// Random traffic through the receive front against front_model, an independent reading of the fact sheet.
// The seed is printed; RINGSIDE_SEED gives it back.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "tests/hw/rtl/front_bench.h"
#include "tests/hw/rtl/front_model.h"
#include "tests/hw/rtl/rounds.h"

namespace ringside::rtl_test {
namespace {

std::uint32_t seed() {
  const char* text = std::getenv("RINGSIDE_SEED");
  const auto value = text ? static_cast<std::uint32_t>(std::strtoul(text, nullptr, 0)) : 20260101U;
  ::testing::Test::RecordProperty("seed", static_cast<int>(value));
  return value;
}

constexpr std::uint32_t counted[] = {reg::CRCERRS, reg::RXERRC, reg::MPC,     reg::RLEC,    reg::PRC64, reg::PRC127,
                                     reg::PRC255,  reg::PRC511, reg::PRC1023, reg::PRC1522, reg::GPRC,  reg::BPRC,
                                     reg::MPRC,    reg::RNBC,   reg::RUC,     reg::RFC,     reg::ROC,   reg::RJC,
                                     reg::TPR,     reg::XONRXC, reg::XOFFRXC, reg::FCRUC};

class traffic {
 public:
  explicit traffic(std::uint32_t seed) : random_(seed) {}

  unsigned upto(unsigned n) { return static_cast<unsigned>(random_() % n); }
  bool chance(unsigned percent) { return upto(100) < percent; }

  std::size_t length() {
    switch (upto(10)) {
      case 0:
        return 1 + upto(63);
      case 1:
      case 2:
        return 60 + upto(12);
      case 3:
        return 1514 + upto(14);
      case 4:
        return 120 + upto(1000);
      case 5:
        return chance(10) ? 16376 + upto(16) : 1023 + upto(4);
      default:
        return 64 + upto(200);
    }
  }

  bytes address() {
    bytes da = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
    switch (upto(7)) {
      case 0:
        return bytes(6, 0xFF);
      case 6:
        return {0x01, 0x80, 0xC2, 0x00, 0x00, 0x01};
      case 1:
        da = {0x01, 0x00, 0x5E, 0x00, 0x00, static_cast<std::uint8_t>(upto(32))};
        break;
      case 2:
        da[0] = 0x50;
        da[5] = static_cast<std::uint8_t>(upto(32));
        break;
      case 3:
        da[upto(6)] ^= static_cast<std::uint8_t>(1U << upto(8));
        break;  // one bit off
      default:
        break;
    }
    return da;
  }

 private:
  std::mt19937 random_;
};

// Off in one round each whatever is drawn.
constexpr unsigned disabled_round = 3;
constexpr unsigned unlinked_round = 7;

void configure(front_bench& bench, front_model& model, traffic& random, unsigned round) {
  auto& s = model.settings;
  s = {};
  s.en = random.chance(95) && round != disabled_round;
  s.link = random.chance(97) && round != unlinked_round;
  s.sbp = random.chance(30);
  s.upe = random.chance(20);
  s.mpe = random.chance(20);
  s.lpe = random.chance(30);
  s.bam = random.chance(80);
  s.vfe = random.chance(40);
  s.cfien = random.chance(30);
  s.cfi = random.chance(50);
  s.secrc = random.chance(50);
  s.vme = random.chance(50);
  s.mo = random.upto(4);
  s.vet = random.chance(80) ? 0x8100 : 0x88A8;
  s.pcss = random.chance(50) ? random.upto(70) : random.upto(256);
  if (!s.bam) s.mpe = false;  // that pair is tested nowhere
  model.no_descriptors = random.chance(20);
  auto& pins = bench.pins();
  pins.rctl_i = s.rctl();
  pins.link_up_i = s.link;
  pins.vme_i = s.vme;
  pins.vet_i = s.vet;
  s.flow_type = random.chance(80) ? 0x8808 : 0x8809;
  pins.flow_type_i = s.flow_type;
  pins.rxcsum_i = static_cast<std::uint16_t>(s.pcss);
  pins.no_desc_i = model.no_descriptors;
  const unsigned kib = 8 * (1 + random.upto(8));
  pins.pba_rxa_i = static_cast<std::uint8_t>(kib);
  model.fifo_bytes = kib * 1024;

  for (unsigned i = 0; i < 16; ++i) {
    auto& entry = model.exact[i];
    entry.address = random.address();
    entry.valid = i == 0 || random.chance(50);
    entry.asel = random.chance(80) ? 0 : 1;
    const auto& a = entry.address;
    bench.write(reg::RAL + 8 * i, a[0] | a[1] << 8 | a[2] << 16 | static_cast<std::uint32_t>(a[3]) << 24);
    bench.write(reg::RAL + 8 * i + 4, a[4] | a[5] << 8 | entry.asel << 16 | (entry.valid ? 1U << 31 : 0));
  }
  for (unsigned word = 0; word < 128; ++word) {
    std::uint32_t hash = 0;
    std::uint32_t vlan = 0;
    for (unsigned bit = 0; bit < 32; ++bit) {
      model.hash_table[word * 32 + bit] = random.chance(30);
      model.vlan_table[word * 32 + bit] = random.chance(50);
      hash |= static_cast<std::uint32_t>(model.hash_table[word * 32 + bit]) << bit;
      vlan |= static_cast<std::uint32_t>(model.vlan_table[word * 32 + bit]) << bit;
    }
    bench.write(reg::MTA + 4 * word, hash);
    bench.write(reg::VFTA + 4 * word, vlan);
  }
}

TEST(rx_front_random, agrees_with_the_fact_sheet_model) {
  const std::uint32_t start = seed();
  std::cout << "seed " << start << "\n";
  traffic random(start);
  front_bench bench;
  front_model model;
  unsigned tag = 0;
  std::array<unsigned, 13> reasons{};

  for (unsigned round = 0; round < rounds(30, 120); ++round) {
    configure(bench, model, random, round);
    bench.take_events();
    std::vector<std::pair<unsigned, expected_frame>> expected;
    std::map<unsigned, fate> fates;
    const unsigned frames = random.chance(10) ? 900 : 5 + random.upto(60);
    for (unsigned i = 0; i < frames; ++i) {
      bytes frame = make_frame(random.address(), random.length(), random.upto(1U << 30));
      if (frame.size() > 18 && random.chance(40)) {
        const std::uint16_t type = random.chance(85) ? 0x8100 : 0x88A8;
        frame = with_tag(frame, type, static_cast<std::uint16_t>(random.upto(65536)));
      }
      if (frame.size() > 18 && random.chance(10)) {  // MAC control: type, opcode, timer
        frame.resize(frame.size() - 4);
        frame[12] = 0x88;
        frame[13] = random.chance(90) ? 0x08 : 0x09;
        frame[14] = random.chance(90) ? 0 : 1;
        frame[15] = random.chance(80) ? 1 : 2;
        frame[16] = random.chance(60) ? 0 : 1;
        if (frame.size() > 17) frame[17] = random.chance(60) ? 0 : 1;
        frame = with_fcs(frame);
      }
      if (random.chance(10)) frame[random.upto(static_cast<unsigned>(frame.size()))] ^= 0x10;
      const unsigned preamble = random.upto(12);
      const bool error = random.chance(6);
      const int error_at =
          error ? static_cast<int>(random.upto(preamble + 1 + static_cast<unsigned>(frame.size()))) : -1;
      const unsigned gap = random.chance(20) ? 1 + random.upto(4) : 8 + random.upto(8);

      const fate outcome = model.receive(frame, error);
      ++tag;
      if (outcome.stored) expected.emplace_back(tag & 0xFFFF, *outcome.stored);
      fates[tag & 0xFFFF] = outcome;
      ++reasons[static_cast<std::size_t>(outcome.reason)];
      bench.send(frame, gap, preamble, error_at);
    }

    const auto stored = bench.drain();
    ASSERT_EQ(stored.size(), expected.size()) << "round " << round;
    for (std::size_t i = 0; i < stored.size(); ++i) {
      const auto& [want_tag, want] = expected[i];
      ASSERT_EQ(stored[i].tag, want_tag);
      ASSERT_EQ(stored[i].data, want.data) << "tag " << want_tag;
      EXPECT_EQ(stored[i].status, want.status) << "tag " << want_tag;
      EXPECT_EQ(stored[i].errors, want.errors) << "tag " << want_tag;
      EXPECT_EQ(stored[i].special, want.special) << "tag " << want_tag;
      EXPECT_EQ(stored[i].csum, want.csum) << "tag " << want_tag << " length " << want.data.size();
      model.release_oldest();
    }

    std::map<unsigned, rx_event> seen;
    for (const auto& event : bench.take_events()) {
      auto& all = seen[event.tag];
      EXPECT_FALSE(all.reject || all.drop || all.commit) << "an event after the end of tag " << event.tag;
      all.accept |= event.accept;
      all.reject |= event.reject;
      all.drop |= event.drop;
      all.commit |= event.commit;
      all.reason = event.reason;
    }
    for (const auto& [id, outcome] : fates) {
      const auto& event = seen[id];
      EXPECT_EQ(event.accept, outcome.accepted) << "tag " << id;
      EXPECT_EQ(event.reject, !outcome.accepted) << "tag " << id;
      EXPECT_EQ(event.commit, outcome.stored.has_value()) << "tag " << id;
      EXPECT_EQ(event.drop, outcome.accepted && !outcome.stored) << "tag " << id;
      EXPECT_EQ(event.reason, outcome.reason) << "tag " << id;
    }
    EXPECT_EQ(seen.size(), fates.size());

    for (const auto reg : counted) EXPECT_EQ(bench.read(reg), model.counters[reg]) << std::hex << reg;
    for (const auto low : {reg::GORCL, reg::TORL}) {
      std::uint64_t pair = bench.read(low);
      pair |= static_cast<std::uint64_t>(bench.read(low + 4)) << 32;
      EXPECT_EQ(pair, model.counters[low]) << std::hex << low;
    }
    model.counters.clear();
    if (::testing::Test::HasFailure()) FAIL() << "round " << round << ", seed " << start;
  }
  for (const rx_reason id : {rx_reason::rx_disabled, rx_reason::link_down, rx_reason::address_filter,
                             rx_reason::vlan_filter, rx_reason::crc_error, rx_reason::rx_error, rx_reason::undersize,
                             rx_reason::fragment, rx_reason::oversize, rx_reason::jabber, rx_reason::fifo_overflow}) {
    EXPECT_GT(reasons[static_cast<std::size_t>(id)], 0U) << "the traffic never met reason " << static_cast<int>(id);
  }
}

// Clocks that nobody asks for may stay away: nothing changes, cycle numbers included.
TEST(rx_front_random, clocks_that_nobody_asks_for_change_nothing) {
  std::vector<rx_event> events[2];
  std::vector<stored_frame> frames[2];
  std::uint64_t skipped = 0;
  for (int run = 0; run < 2; ++run) {
    traffic random(seed());
    front_bench bench;
    bench.gate_clocks = run == 1;
    bench.pins().rctl_i = rctl::EN | rctl::BAM | rctl::UPE;
    for (int i = 0; i < 300; ++i) {
      bench.ce_period = i < 200 ? 1 : 10;
      bench.send(make_frame(random.address(), 1 + random.upto(150), static_cast<std::uint32_t>(i)), 1 + random.upto(40),
                 random.upto(9), random.chance(5) ? 12 : -1);
      if (random.chance(50)) {
        for (auto& frame : bench.drain()) frames[run].push_back(std::move(frame));
      }
      if (random.chance(5)) bench.soft_reset();
      if (random.chance(20)) bench.idle(random.upto(50));
      if (random.chance(10)) bench.read(reg::TPR);
    }
    events[run] = bench.take_events();
    skipped = bench.skipped;
  }
  EXPECT_GT(skipped, 1000U);
  EXPECT_EQ(events[0], events[1]);
  ASSERT_EQ(frames[0].size(), frames[1].size());
  for (std::size_t i = 0; i < frames[0].size(); ++i) {
    EXPECT_EQ(frames[0][i].data, frames[1][i].data);
    EXPECT_EQ(frames[0][i].tag, frames[1][i].tag);
    EXPECT_EQ(frames[0][i].csum, frames[1][i].csum);
    EXPECT_EQ(frames[0][i].status, frames[1][i].status);
  }
}

}  // namespace
}  // namespace ringside::rtl_test

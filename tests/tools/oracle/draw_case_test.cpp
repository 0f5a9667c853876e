// SPDX-License-Identifier: Apache-2.0
// What is drawn: the same for a seed, of every kind, and never what QEMU and the manual's rules leave no answer to.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "common/ethernet.h"
#include "hw/regs/e1000_regs.h"
#include "tools/oracle/oracle_case.h"
#include "tools/oracle/qemu_card.h"

namespace ringside::oracle {
namespace {

constexpr std::uint64_t seeds = 60;
constexpr std::uint32_t eop = 1, ifcs = 2, third_bit = 4, rs = 8, dext = 0x20, vle = 0x40, ide = 0x80;

bool same(const oracle_case& a, const oracle_case& b) {
  if (a.registers != b.registers || a.rctl != b.rctl || a.tctl != b.tctl || a.buffers != b.buffers ||
      a.payload != b.payload || a.rounds.size() != b.rounds.size() || a.steps.size() != b.steps.size())
    return false;
  for (std::size_t r = 0; r < a.rounds.size(); ++r) {
    const auto &x = a.rounds[r], &y = b.rounds[r];
    if (x.received.size() != y.received.size() || x.descriptors.size() != y.descriptors.size()) return false;
    for (std::size_t i = 0; i < x.received.size(); ++i)
      if (x.received[i].bytes != y.received[i].bytes) return false;
    for (std::size_t i = 0; i < x.descriptors.size(); ++i)
      if (x.descriptors[i].address != y.descriptors[i].address || x.descriptors[i].lower != y.descriptors[i].lower ||
          x.descriptors[i].upper != y.descriptors[i].upper)
        return false;
  }
  for (std::size_t i = 0; i < a.steps.size(); ++i)
    if (a.steps[i].offset != b.steps[i].offset || a.steps[i].value != b.steps[i].value) return false;
  return true;
}

TEST(draw_case, a_seed_is_one_case) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    EXPECT_TRUE(same(draw_case(seed), draw_case(seed))) << seed;
    EXPECT_FALSE(same(draw_case(seed), draw_case(seed + 1))) << seed;
  }
}

TEST(draw_case, as_many_frames_as_asked_for) {
  for (const std::uint32_t frames : {1U, 100U, 500U}) {
    const oracle_case c = draw_case(3, frames);
    std::size_t drawn = 0;
    for (const oracle_round& round : c.rounds) {
      drawn += round.received.size();
      for (const raw_descriptor& d : round.descriptors) drawn += (d.lower >> 24 & eop) != 0;
    }
    EXPECT_GE(drawn, frames);
  }
}

// FS 9.1, FS 5, FS 6: each kind occurs.
TEST(draw_case, every_kind_occurs) {
  std::map<std::string, unsigned> seen;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const oracle_case c = draw_case(seed);
    for (const auto& [name, bit] : std::map<std::string, std::uint32_t>{{"UPE", rctl::UPE},
                                                                        {"MPE", rctl::MPE},
                                                                        {"LPE", rctl::LPE},
                                                                        {"VFE", rctl::VFE},
                                                                        {"CFIEN", rctl::CFIEN},
                                                                        {"SECRC", rctl::SECRC},
                                                                        {"BSEX", rctl::BSEX},
                                                                        {"BAM", rctl::BAM}})
      ++seen[name + ((c.rctl & bit) != 0 ? " on" : " off")];
    ++seen[c.vme() ? "VME on" : "VME off"];
    ++seen[c.dry_start ? "dry start" : "start with descriptors"];
    ++seen[(c.tctl & tctl::PSP) != 0 ? "PSP on" : "PSP off"];
    for (const std::uint64_t buffer : c.buffers) ++seen[buffer == 0 ? "null descriptor" : "buffer"];
    for (const oracle_round& round : c.rounds) {
      ++seen[round.fcs ? "IFCS" : "no IFCS"];
      for (const offered_frame& f : round.received) {
        const bool tagged = f.bytes[12] == 0x81 && f.bytes[13] == 0;
        if (tagged) ++seen["tagged"];
        if ((f.bytes[0] & 1) != 0) ++seen[f.bytes[0] == 0xFF ? "broadcast" : "multicast"];
        if (f.bad_fcs) ++seen["bad FCS"];
        if (f.rx_er_at != no_rx_er) ++seen["RX_ER"];
        if (f.bytes.size() < 60) ++seen["runt"];
        if (f.bytes.size() > 1518) ++seen["long"];
      }
      for (const raw_descriptor& d : round.descriptors) {
        const std::uint32_t command = d.lower >> 24;
        const bool context = (command & dext) != 0 && (d.lower >> 20 & 15) == 0;
        const bool segmented = (command & dext) != 0 && (command & third_bit) != 0;
        if ((command & dext) == 0)
          ++seen[(command & third_bit) != 0 ? "legacy with IC" : "legacy"];
        else
          ++seen[context ? segmented ? "TSO context" : "checksum context" : segmented ? "TSO data" : "data"];
        if (!context && (command & vle) != 0) ++seen["VLE"];
        if ((command & rs) != 0) ++seen["RS"];
        if ((command & ide) != 0) ++seen["IDE"];
      }
    }
  }
  for (const char* kind : {"UPE on",
                           "MPE on",
                           "LPE on",
                           "VFE on",
                           "CFIEN on",
                           "SECRC on",
                           "BSEX on",
                           "BAM on",
                           "BAM off",
                           "VME on",
                           "VME off",
                           "dry start",
                           "start with descriptors",
                           "PSP on",
                           "PSP off",
                           "null descriptor",
                           "IFCS",
                           "no IFCS",
                           "tagged",
                           "broadcast",
                           "multicast",
                           "bad FCS",
                           "RX_ER",
                           "runt",
                           "long",
                           "legacy",
                           "legacy with IC",
                           "checksum context",
                           "TSO context",
                           "data",
                           "TSO data",
                           "VLE",
                           "RS",
                           "IDE"})
    EXPECT_GT(seen[kind], 0U) << kind;
}

// docs/oracle.md: what is not drawn.
TEST(draw_case, nothing_that_has_no_answer) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const oracle_case c = draw_case(seed);
    SCOPED_TRACE(seed);
    EXPECT_EQ(c.rctl & rctl::SBP, 0U);
    EXPECT_FALSE((c.rctl & rctl::MPE) != 0 && (c.rctl & rctl::BAM) == 0) << "O-7";
    EXPECT_EQ(c.buffers.size() % 8, 0U);
    EXPECT_EQ(c.transmit_ring % 8, 0U);
    for (const register_step& step : c.steps)
      if (step.write && (step.offset == reg::CTRL || step.offset == reg::CTRL_DUP)) {
        EXPECT_EQ(step.value & ctrl::RST, 0U);
      }
    for (std::size_t number = 0; number < c.rounds.size(); ++number) {
      const oracle_round& round = c.rounds[number];
      EXPECT_EQ(round.received.back().bytes, marker_frame(true, static_cast<std::uint32_t>(number)));
      EXPECT_TRUE(exists_in_qemu(round.received.back()));
      EXPECT_LT(round.descriptors.size(), c.transmit_ring);
      std::size_t buffers = 0;
      for (const offered_frame& f : round.received)
        buffers += (f.bytes.size() + 4 + c.buffer_bytes() - 1) / c.buffer_bytes();
      const auto usable = std::count_if(c.buffers.begin(), c.buffers.end(), [](std::uint64_t a) { return a != 0; });
      EXPECT_LT(buffers, static_cast<std::size_t>(usable)) << "the ring cannot run dry inside a round";
      bool begins = true;
      for (const raw_descriptor& d : round.descriptors) {
        const std::uint32_t command = d.lower >> 24, type = d.lower >> 20 & 15;
        EXPECT_LE((command & dext) != 0 ? type : 0, 1U);
        if ((command & dext) != 0 && type == 0) continue;
        const std::uint32_t bytes = (command & dext) != 0 ? d.lower & 0xF'FFFF : d.lower & 0xFFFF;
        EXPECT_FALSE(begins && bytes == 0);
        EXPECT_GE(d.address, payload_at);
        EXPECT_EQ((command & ifcs) != 0, round.fcs);
        EXPECT_FALSE(!round.fcs && (command & vle) != 0) << "T-13: a tag brings its FCS";
        begins = (command & eop) != 0;
      }
    }
  }
}

}  // namespace
}  // namespace ringside::oracle

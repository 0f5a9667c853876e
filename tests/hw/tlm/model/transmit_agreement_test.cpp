// SPDX-License-Identifier: Apache-2.0
// The behavioural card against the Verilated one under random descriptors: frames on the wire, descriptors in memory,
// TDH, every transmit counter, causes (FS 9).
//
// Contexts and options are random too, mostly sensible and sometimes not: both cards must make the same of them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "common/rng.h"
#include "tests/hw/tlm/model/transmit_bench.h"

namespace ringside::test::transmit_agreement_tests {
namespace {

constexpr std::uint32_t ring = 128;
constexpr unsigned rounds = 5;
constexpr std::uint64_t data_bytes = 0x4'0000;

constexpr std::array counters{reg::GPTC,    reg::TPT,     reg::PTC64, reg::PTC127, reg::PTC255,  reg::PTC511,
                              reg::PTC1023, reg::PTC1522, reg::MPTC,  reg::BPTC,   reg::TSCTC,   reg::TSCTFC,
                              reg::GOTCL,   reg::GOTCH,   reg::TOTL,  reg::TOTH,   reg::XOFFTXC, reg::XONTXC};

struct raw_descriptor {
  std::uint64_t address;
  std::uint32_t lower, upper;
};

/// Descriptors as a driver with a die would write them.
class random_descriptors {
 public:
  explicit random_descriptors(std::uint64_t seed) : random_(seed) {}

  std::vector<raw_descriptor> packets(std::uint32_t most) {
    std::vector<raw_descriptor> all;
    while (all.size() + 12 < most) {
      switch (up_to(6)) {
        case 0:
          checksum_context(all);
          break;
        case 1:
          segmentation(all);
          break;
        case 2:
          reserved(all);
          break;
        default:
          packet(all);
      }
    }
    return all;
  }
  std::uint32_t up_to(std::uint32_t most) { return random_.between(0, most); }
  bool percent(std::uint32_t n) { return random_.between(0, 99) < n; }
  std::vector<std::uint8_t> bytes(std::size_t n) {
    std::vector<std::uint8_t> out(n);
    for (std::uint8_t& b : out) b = static_cast<std::uint8_t>(random_.next() >> 56);
    return out;
  }

 private:
  std::uint64_t place(std::uint32_t length) {
    return transmit_bench::data_at + up_to(static_cast<std::uint32_t>(data_bytes) - length - 1);
  }
  std::uint32_t offset() { return percent(80) ? up_to(110) : up_to(255); }
  std::uint32_t end() { return percent(40) ? 0 : percent(80) ? up_to(200) : up_to(0xFFFF); }

  void context(std::vector<raw_descriptor>& all, const context_fields& c) {
    const std::uint32_t ip = c.ipcss | c.ipcso << 8 | c.ipcse << 16;
    const std::uint32_t l4 = c.tucss | c.tucso << 8 | c.tucse << 16;
    all.push_back({ip | std::uint64_t{l4} << 32, c.paylen | (c.tucmd | cmd::DEXT) << 24, c.hdrlen << 8 | c.mss << 16});
  }
  void checksum_context(std::vector<raw_descriptor>& all) {
    context(all, {offset(), offset(), end(), offset(), offset(), end(), up_to(0xFFFFF), up_to(255), up_to(0xFFFF),
                  (percent(50) ? cmd::RS : 0) | up_to(3)});
  }
  void reserved(std::vector<raw_descriptor>& all) {
    const std::uint32_t type = 2 + up_to(13);
    all.push_back({place(100), 60 | type << 20 | (up_to(15) | cmd::DEXT) << 24, up_to(0x7FFF'FFFF)});
  }
  /// `total` bytes in one to five buffers, with the bits given and some more.
  void buffers(std::vector<raw_descriptor>& all, std::uint32_t total, bool data, std::uint32_t command,
               std::uint32_t upper) {
    const std::uint32_t parts = 1 + up_to(4);
    for (std::uint32_t i = 0; i < parts; ++i) {
      const bool last = i + 1 == parts;
      const std::uint32_t n = last ? total : up_to(total);
      total -= n;
      std::uint32_t bits = command | (percent(30) ? cmd::RS : 0) | (last ? cmd::EOP : 0) | (percent(40) ? cmd::IDE : 0);
      if (data) bits |= cmd::DEXT;
      const std::uint32_t cso = data ? 1U << 4 : offset();  // DTYP there
      const bool elsewhere = percent(5);
      const std::uint32_t special = elsewhere ? up_to(0xFFFF) : upper >> 16;
      all.push_back({percent(4) ? 0 : place(n), n | cso << 16 | bits << 24, (upper & 0xFF00) | special << 16});
    }
  }
  void packet(std::vector<raw_descriptor>& all) {
    const bool data = percent(50);
    const std::uint32_t total = percent(10) ? up_to(40) : percent(80) ? 50 + up_to(400) : up_to(4000);
    const std::uint32_t command =
        (percent(80) ? cmd::IFCS : 0) | (percent(30) ? cmd::VLE : 0) | (!data && percent(50) ? cmd::IC : 0);
    const std::uint32_t byte_13 = data ? up_to(3) : offset();
    buffers(all, total, data, command, byte_13 << 8 | up_to(0xFFFF) << 16);
  }
  void segmentation(std::vector<raw_descriptor>& all) {
    context_fields c{14, 24, 33, 34, 50, 0, 1 + up_to(6000), 54, 1 + up_to(1460), cmd::TSE | up_to(3)};
    if (percent(20)) c.ipcse = end();
    if (percent(20)) c.hdrlen = up_to(255);
    // What changes in the two headers does not overlap: nobody says whose change would stay.
    if (percent(10)) c.tucss = 34 + up_to(221);
    if (percent(10)) c.ipcss = up_to(28);
    if (percent(10)) c.tucso = offset();
    if (percent(5)) c.mss = percent(50) ? 0 : up_to(0xFFFF);
    if (percent(5)) c.paylen = 0;
    if (c.mss != 0 && c.paylen / c.mss > 40) c.mss = 200;
    context(all, c);
    const std::uint32_t whole = c.hdrlen + c.paylen;
    const std::uint32_t total = percent(80) ? whole : percent(50) ? up_to(whole) : whole + up_to(300);
    const std::uint32_t command = cmd::TSE | cmd::IFCS | (percent(30) ? cmd::VLE : 0);
    buffers(all, total, true, command, up_to(3) << 8 | up_to(0xFFFF) << 16);
  }

  rng random_;
};

class transmit_agreement : public testing::TestWithParam<std::uint64_t> {};

TEST_P(transmit_agreement, same_frames_descriptors_and_counters) {
  random_descriptors die(GetParam());
  transmit_bench model(card_kind::model), rtl(card_kind::rtl);
  const std::vector<std::uint8_t> memory = die.bytes(data_bytes);
  const std::uint32_t thresholds = 1U << 24 | die.up_to(20) | die.up_to(10) << 8 | die.up_to(8) << 16;
  const std::uint32_t delay = die.up_to(30), bound = die.up_to(60);
  const std::uint32_t tagging = die.percent(60) ? ctrl::VME : 0;
  const std::uint32_t control = tctl::EN | (die.percent(70) ? tctl::PSP : 0);
  for (transmit_bench* bench : {&model, &rtl}) {
    bench->put_bytes(transmit_bench::data_at, memory);
    bench->open_transmit(ring, control);
    bench->write(reg::TXDCTL, thresholds);
    bench->write(reg::TIDV, delay);
    bench->write(reg::TADV, bound);
    bench->write(reg::CTRL, bench->read(reg::CTRL) | tagging);
    bench->read(reg::ICR);
  }
  std::uint32_t next = 0;
  for (unsigned round = 0; round < rounds; ++round) {
    SCOPED_TRACE(fmt::format("seed {}, round {}", GetParam(), round));
    const std::vector<raw_descriptor> all = die.packets(60);
    const std::uint32_t first = next;
    for (transmit_bench* bench : {&model, &rtl}) {
      next = first;
      for (const raw_descriptor& d : all) {
        bench->put(next, d.address, d.lower, d.upper);
        next = (next + 1) % ring;
      }
      bench->doorbell(next);
      bench->run_for(3 * ms);
      ASSERT_EQ(bench->read(reg::TDH), next) << (bench == &model ? "model" : "rtl");
    }
    ASSERT_EQ(model.sent().size(), rtl.sent().size());
    for (std::size_t i = 0; i < model.sent().size(); ++i)
      ASSERT_EQ(model.sent()[i].bytes, rtl.sent()[i].bytes) << "frame " << i << " (model, rtl)";
    for (std::uint32_t i = 0; i < ring; ++i)
      for (unsigned n = 0; n < 4; ++n)
        ASSERT_EQ(model.dword(i, n), rtl.dword(i, n)) << "descriptor " << i << " dword " << n << " (model, rtl)";
    for (const std::uint32_t counter : counters)
      EXPECT_EQ(model.read(counter), rtl.read(counter)) << std::hex << counter << " (model, rtl)";
    EXPECT_EQ(model.read(reg::ICR), rtl.read(reg::ICR));
    if (HasFailure()) return;
  }
  EXPECT_GT(model.sent().size(), 20U);
}

INSTANTIATE_TEST_SUITE_P(seeds, transmit_agreement, testing::Range<std::uint64_t>(1, 61),
                         [](const auto& row) { return fmt::format("seed_{}", row.param); });

}  // namespace
}  // namespace ringside::test::transmit_agreement_tests

// SPDX-License-Identifier: Apache-2.0
// A driver that sends what it likes while transmitter, link and bus come and go at random: T-10, T-40 to T-46, T-72,
// T-80, T-81.
//
// Whatever the moment: frames leave whole, once and in order; DD is in memory for each descriptor that asked for it and
// for no other; TDH and TDT agree in the end.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "common/rng.h"
#include "tests/hw/tlm/model/transmit_bench.h"

namespace ringside::test::transmit_random_tests {
namespace {

constexpr std::uint32_t ring = 32;
constexpr std::uint32_t command_all = 7, command_no_master = 3;
constexpr unsigned rounds = 80;

class transmit_random : public testing::TestWithParam<std::uint64_t> {
 protected:
  transmit_random() : die(GetParam()) {}

  std::uint32_t up_to(std::uint32_t most) { return die.between(0, most); }
  bool often() { return die.chance(500'000); }

  std::uint32_t free_descriptors() const { return (checked + ring - 1 - tail) % ring; }

  /// A frame in one to five descriptors, if the ring has room for it.
  void post() {
    const std::uint32_t parts = 1 + up_to(4);
    if (free_descriptors() < parts) return;
    const byte_vector frame = counting_frame(60 + up_to(often() ? 200 : 1454));
    const bool data = often();
    std::size_t from = 0;
    for (std::uint32_t i = 0; i < parts; ++i) {
      const bool last = i + 1 == parts;
      const std::size_t left = frame.size() - from;
      const auto n = static_cast<std::uint32_t>(last ? left : up_to(static_cast<std::uint32_t>(left)));
      const std::uint64_t at = bench.buffer(tail) + up_to(5000);
      bench.put_bytes(at, {frame.begin() + static_cast<std::ptrdiff_t>(from),
                           frame.begin() + static_cast<std::ptrdiff_t>(from + n)});
      const std::uint32_t report = die.chance(300'000) || last ? (often() ? cmd::RS : 0) : 0;
      const std::uint32_t command = cmd::IFCS | report | (often() ? cmd::IDE : 0) | (last ? cmd::EOP : 0);
      if (data)
        bench.data(tail, at, n, command);
      else
        bench.legacy(tail, at, n, command);
      reports[tail] = report != 0;
      from += n;
      tail = (tail + 1) % ring;
    }
    expected.push_back(frame);
  }
  /// Descriptors software gets back show DD as they were asked to.
  void look_at_done() {
    const std::uint32_t head = bench.read(reg::TDH);
    for (; checked != head; checked = (checked + 1) % ring)
      ASSERT_EQ(bench.tx_done(checked), reports[checked]) << "descriptor " << checked;
  }

  rng die;
  transmit_bench bench;
  std::vector<byte_vector> expected;
  std::array<bool, ring> reports{};
  std::uint32_t tail = 0, checked = 0;
};

TEST_P(transmit_random, nothing_is_lost_torn_or_twice) {
  bench.open_transmit(ring, 0);
  bench.bus_overhead = 50 * ns + up_to(1500) * ns;
  // Answers out of order.  The bus gives those of one kind in the order they were asked for, and the RTL may count on
  // it.
  if (often() && card_under_test == card_kind::model)
    bench.bus_delay = [this](const tlm::dma_transfer&) { return up_to(1000) * ns; };
  bench.write(reg::TXDCTL, 1U << 24 | up_to(12) | up_to(8) << 8 | up_to(10) << 16 | up_to(2) << 25);
  bench.write(reg::TIDV, up_to(10));
  bench.write(reg::TADV, up_to(20));
  bench.write(reg::TCTL, tctl::EN);
  for (unsigned round = 0; round < rounds; ++round) {
    SCOPED_TRACE(fmt::format("seed {}, round {}", GetParam(), round));
    for (std::uint32_t n = up_to(4); n-- > 0;) post();
    bench.doorbell(tail);
    bench.run_for(up_to(10'000) * ns);
    switch (up_to(7)) {
      case 0:
        bench.write(reg::TCTL, 0);
        bench.run_for(up_to(20'000) * ns);
        if (often()) bench.write(reg::TDT, tail);
        bench.write(reg::TCTL, tctl::EN);
        break;
      case 1:
        bench.card().set_link(false, bench.now());
        bench.run_for(up_to(20'000) * ns);
        bench.card().set_link(true, bench.now());
        break;
      case 2:
        bench.hold_bus(true);
        bench.run_for(up_to(20'000) * ns);
        bench.hold_bus(false);
        break;
      case 3:
        bench.access(tlm::pci_space::config, true, 4, command_no_master);
        bench.run_for(up_to(20'000) * ns);
        bench.access(tlm::pci_space::config, true, 4, command_all);
        break;
      default:
        break;
    }
    look_at_done();
    if (HasFatalFailure()) return;
  }
  bench.run_for(2 * ms);
  look_at_done();
  EXPECT_EQ(bench.read(reg::TDH), tail);
  ASSERT_EQ(bench.sent().size(), expected.size()) << "seed " << GetParam();
  for (std::size_t i = 0; i < expected.size(); ++i)
    ASSERT_EQ(bench.sent()[i].bytes, with_fcs(expected[i])) << "seed " << GetParam() << ", frame " << i;
  for (std::size_t i = 1; i < expected.size(); ++i)
    ASSERT_GE(bench.sent()[i].start, bench.sent()[i - 1].end + 96 * ns) << "T-75, frame " << i;
  EXPECT_GT(expected.size(), 60U);
  EXPECT_EQ(bench.read(reg::GPTC), expected.size());
  EXPECT_NE(bench.read(reg::ICR) & icr::TXDW, 0U);
}

INSTANTIATE_TEST_SUITE_P(seeds, transmit_random, testing::Range<std::uint64_t>(1, 61),
                         [](const auto& row) { return fmt::format("seed_{}", row.param); });

}  // namespace
}  // namespace ringside::test::transmit_random_tests

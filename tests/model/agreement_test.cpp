// The model and the RTL are the same chip: what the host gets from both is compared, frame by frame.
//
// The model was written from the fact sheet without a look at the RTL, so a difference is somebody's fault.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "common/rng.h"
#include "tests/model/card_bench.h"
#include "tests/model/random_frames.h"

namespace ringside::test {
namespace {

constexpr std::uint32_t ring_size = 512;
constexpr unsigned frames_per_run = 120;

struct delivered {
  std::vector<host_descriptor> descriptors;
  std::vector<std::vector<std::uint8_t>> buffers;
  std::vector<std::uint32_t> counters;
  std::uint32_t head = 0;
};

delivered run(card_kind kind, const random_setup& setup, const std::vector<offered_frame>& frames) {
  card_bench bench(kind);
  for (const offered_frame& f : frames) bench.plan(f);
  for (const auto& [offset, value] : setup.registers) bench.write(offset, value);
  bench.open(ring_size, ring_size - 1, setup.rctl);
  bench.start_traffic();
  bench.run_for(6 * ms);
  delivered d;
  d.head = bench.read(reg::RDH);
  for (std::uint32_t i = 0; i < ring_size; ++i) {
    d.descriptors.push_back(bench.descriptor(i));
    d.buffers.push_back(
        bench.bytes(card_bench::buffers_at + i * card_bench::buffer_stride, d.descriptors.back().length));
  }
  for (const reg::row& row : reg::table)
    if (row.offset >= reg::CRCERRS && row.offset <= reg::TSCTFC && row.access == "RC")
      d.counters.push_back(bench.read(row.offset));
  return d;
}

void expect_same(const delivered& model, const delivered& rtl) {
  EXPECT_EQ(model.head, rtl.head);
  EXPECT_GT(model.head, 0U);
  for (std::uint32_t i = 0; i < ring_size; ++i) {
    const host_descriptor& m = model.descriptors[i];
    const host_descriptor& r = rtl.descriptors[i];
    EXPECT_EQ(m, r) << fmt::format(
        "descriptor {}: model length {} checksum {:04x} status {:02x} errors {:02x} special {:04x}, rtl length {} "
        "checksum "
        "{:04x} status {:02x} errors {:02x} special {:04x}",
        i, m.length, m.checksum, m.status, m.errors, m.special, r.length, r.checksum, r.status, r.errors, r.special);
    EXPECT_EQ(model.buffers[i], rtl.buffers[i]) << "buffer " << i;
    if (testing::Test::HasFailure()) return;
  }
  std::size_t at = 0;
  for (const reg::row& row : reg::table) {
    if (row.offset < reg::CRCERRS || row.offset > reg::TSCTFC || row.access != "RC") continue;
    EXPECT_EQ(model.counters[at], rtl.counters[at]) << row.name << " (model, rtl)";
    ++at;
  }
}

class agreement : public testing::TestWithParam<std::uint64_t> {};

TEST_P(agreement, same_bytes_descriptors_and_counters) {
  rng random(GetParam());
  const random_setup setup = make_setup(random);
  const std::vector<offered_frame> frames = make_frames(random, frames_per_run);
  SCOPED_TRACE(fmt::format("seed {} {}", GetParam(), setup.description()));
  expect_same(run(card_kind::model, setup, frames), run(card_kind::rtl, setup, frames));
}

INSTANTIATE_TEST_SUITE_P(seeds, agreement, testing::Range<std::uint64_t>(1, 25),
                         [](const auto& row) { return fmt::format("seed_{}", row.param); });

}  // namespace
}  // namespace ringside::test

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

constexpr std::uint32_t ring_size = 1024;
constexpr unsigned frames_per_run = 120;

struct delivered {
  std::vector<host_descriptor> descriptors;
  std::vector<std::vector<std::uint8_t>> buffers;
  std::vector<std::uint32_t> counters;
  std::uint32_t head = 0;
  std::uint32_t cause = 0;
};

delivered run_card(card_kind kind, const random_setup& setup, const std::vector<offered_frame>& frames) {
  card_bench bench(kind);
  delivered d;
  for (const offered_frame& f : frames) bench.plan(f);
  for (const auto& [offset, value] : setup.registers) bench.write(offset, value);
  bench.open(setup.buffers, ring_size - 1, setup.rctl);
  bench.start_traffic();
  bench.run_for(6 * ms);
  bench.write(reg::RDTR, rdtr::FPD);  // what a threshold still holds back
  bench.run_for(20 * us);
  d.cause = bench.read(reg::ICR);
  d.head = bench.read(reg::RDH);
  for (std::uint32_t i = 0; i < ring_size; ++i) {
    d.descriptors.push_back(bench.descriptor(i));
    d.buffers.push_back(bench.bytes(setup.buffers[i], d.descriptors.back().length));
  }
  for (const reg::row& row : reg::table)
    if (row.offset >= reg::CRCERRS && row.offset <= reg::TSCTFC && row.access == "RC")
      d.counters.push_back(bench.read(row.offset));
  return d;
}

void expect_same(const delivered& model, const delivered& rtl) {
  EXPECT_EQ(model.head, rtl.head);
  EXPECT_EQ(model.cause, rtl.cause);
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
  const random_setup setup = make_setup(random, ring_size, card_bench::buffers_at, card_bench::buffer_stride);
  const std::vector<offered_frame> frames = make_frames(random, frames_per_run);
  SCOPED_TRACE(fmt::format("seed {} {}", GetParam(), setup.description()));
  expect_same(run_card(card_kind::model, setup, frames), run_card(card_kind::rtl, setup, frames));
}

INSTANTIATE_TEST_SUITE_P(seeds, agreement, testing::Range<std::uint64_t>(1, 41),
                         [](const auto& row) { return fmt::format("seed_{}", row.param); });

// a small ring that wraps many times under a host that takes and gives back what is done.
class wrap_agreement : public testing::TestWithParam<std::uint64_t> {};

std::vector<std::pair<host_descriptor, std::vector<std::uint8_t>>> run_small_ring(card_kind kind, std::uint64_t seed) {
  constexpr sim_time look_every = 15 * us;
  constexpr unsigned looks = 400;
  rng random(seed);
  const std::uint32_t count = 8 * random.between(1, 4);
  random_setup setup = make_setup(random, count, card_bench::buffers_at, card_bench::buffer_stride);
  std::erase_if(setup.registers, [](const auto& r) { return r.first == reg::RXDCTL; });
  card_bench bench(kind);
  for (const offered_frame& f : make_frames(random, frames_per_run)) bench.plan(f);
  for (const auto& [offset, value] : setup.registers) bench.write(offset, value);
  bench.open(setup.buffers, count - 1, setup.rctl);
  bench.start_traffic();
  std::vector<std::pair<host_descriptor, std::vector<std::uint8_t>>> taken;
  for (unsigned look = 0; look < looks; ++look) {
    bench.run_for(look_every);
    const std::size_t before = taken.size();
    for (;;) {
      const auto index = static_cast<std::uint32_t>(taken.size() % count);
      if (!bench.done(index)) break;
      taken.emplace_back(bench.descriptor(index), bench.bytes(setup.buffers[index], bench.descriptor(index).length));
      bench.put_descriptor(index, setup.buffers[index]);
    }
    if (taken.size() != before) bench.write(reg::RDT, static_cast<std::uint32_t>((taken.size() + count - 1) % count));
  }
  return taken;
}

TEST_P(wrap_agreement, same_sequence_of_descriptors) {
  const auto model = run_small_ring(card_kind::model, GetParam());
  const auto rtl = run_small_ring(card_kind::rtl, GetParam());
  EXPECT_GT(model.size(), 40U);
  EXPECT_TRUE(model == rtl) << model.size() << " and " << rtl.size() << " descriptors";
}

INSTANTIATE_TEST_SUITE_P(seeds, wrap_agreement, testing::Range<std::uint64_t>(1, 21));

// without descriptors the packet buffer takes the same frames on both, and gives them up in order later.
class overflow_agreement : public testing::TestWithParam<std::uint64_t> {};

TEST_P(overflow_agreement, same_frames_are_missed) {
  std::vector<std::uint32_t> results[2];
  for (const card_kind kind : {card_kind::model, card_kind::rtl}) {
    rng random(GetParam());
    card_bench bench(kind);
    const std::uint32_t strip = GetParam() % 2 == 0 ? rctl::SECRC : 0;
    for (unsigned i = 0; i < 150; ++i) bench.plan(plain_frame(own_address, random.between(64, 1522)));
    bench.open(256, 0, rctl::EN | strip);
    bench.start_traffic();
    bench.run_for(3 * ms);
    auto& r = results[kind == card_kind::rtl];
    for (const std::uint32_t counter : {reg::MPC, reg::RNBC, reg::GPRC, reg::TPR, reg::TORL})
      r.push_back(bench.read(counter));
    bench.write(reg::RDT, 255);
    bench.run_for(2 * ms);
    r.push_back(bench.read(reg::RDH));
    for (std::uint32_t i = 0; i < 256; ++i) r.push_back(bench.descriptor(i).length);
  }
  EXPECT_GT(results[0][0], 0U);
  EXPECT_EQ(results[0], results[1]) << "model, rtl: MPC, RNBC, GPRC, TPR, TORL, RDH, lengths";
}

INSTANTIATE_TEST_SUITE_P(seeds, overflow_agreement, testing::Range<std::uint64_t>(1, 9));

// CTRL.RST would reset the card; PBA.RXA is a multiple of 8 below 64 (6.6).
std::uint32_t legal(const reg::row& row, std::uint32_t value) {
  if (row.offset == reg::CTRL || row.offset == reg::CTRL_DUP) return value & ~ctrl::RST;
  return row.offset == reg::PBA ? value & 0x38U : value;
}

// Masks, fixed bits and reset values: what each register answers to the same writes.
TEST(register_agreement, same_answers_on_both) {
  card_bench model(card_kind::model);
  card_bench rtl(card_kind::rtl);
  rng random(1);
  for (const reg::row& row : reg::table)
    for (std::uint32_t i = 0; i < row.count; ++i) {
      const std::uint32_t offset = row.offset + i * row.stride;
      if (row.reset_defined) {
        EXPECT_EQ(model.read(offset), rtl.read(offset)) << row.name << " at reset (model, rtl)";
      }
      // The EEPROM and the PHY are not parts of the RTL card, nor are the diagnostic FIFO pointers of 2.5.
      if (offset == reg::EECD || offset == reg::EERD || offset == reg::MDIC) continue;
      if (offset >= reg::RDFH && offset <= reg::RDFPC) continue;
      for (unsigned pattern = 0; pattern < 3; ++pattern) {
        const auto value = legal(row, static_cast<std::uint32_t>(random.next()));
        model.write(offset, value);
        rtl.write(offset, value);
        EXPECT_EQ(model.read(offset), rtl.read(offset))
            << row.name << ' ' << i << " (model, rtl) wrote " << std::hex << value;
      }
    }
}

TEST(register_agreement, same_configuration_space) {
  card_bench model(card_kind::model);
  card_bench rtl(card_kind::rtl);
  constexpr auto config = tlm::pci_space::config;
  rng random(2);
  for (std::uint32_t offset = 0; offset < 256; offset += 4)
    for (unsigned pattern = 0; pattern < 4; ++pattern) {
      EXPECT_EQ(model.access(config, false, offset, 0), rtl.access(config, false, offset, 0)) << std::hex << offset;
      const auto value = static_cast<std::uint32_t>(random.next());
      const auto enables = static_cast<std::uint8_t>(random.between(1, 15));
      model.access(config, true, offset, value, enables);
      rtl.access(config, true, offset, value, enables);
    }
}

}  // namespace
}  // namespace ringside::test

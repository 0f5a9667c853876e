// SPDX-License-Identifier: Apache-2.0
// The model and the RTL are the same chip: what the host gets from both is compared, frame by frame.
//
// The model was written from the fact sheet without a look at the RTL, so a difference is somebody's fault.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "common/rng.h"
#include "hw/tlm/host/random_frames.h"
#include "tests/hw/tlm/model/card_bench.h"

namespace ringside::test {
namespace {

using tlm::make_frames;
using tlm::make_setup;
using tlm::random_setup;

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

// FS 6.6, R-31: frames of 125 and 2 words; nothing fits into 0 KiB, and 64 KiB is all there is.
TEST(packet_buffer_agreement, edges) {
  for (const std::uint32_t rxa : {0U, 8U, 64U, 65U, 127U})
    for (const card_kind kind : {card_kind::model, card_kind::rtl}) {
      card_bench bench(kind);
      bench.divide_buffer(rxa);
      for (unsigned i = 0; i < 70; ++i) bench.plan(plain_frame(own_address, 1000));
      bench.open(8, 0, rctl::EN);
      bench.start_traffic();
      bench.run_for(2 * ms);
      const std::uint32_t fit = std::min(rxa, 64U) * 128 / 127;
      EXPECT_EQ(bench.read(reg::GPRC), fit) << rxa << (kind == card_kind::rtl ? " rtl" : " model");
      EXPECT_EQ(bench.read(reg::MPC), 70 - fit) << rxa << (kind == card_kind::rtl ? " rtl" : " model");
    }
}

// common/event.h: moderation_hold bears the causes that wait.
TEST(moderation_agreement, a_hold_names_its_causes) {
  for (const card_kind kind : {card_kind::model, card_kind::rtl}) {
    card_bench bench(kind);
    bench.write(reg::ITR, 500);
    bench.write(reg::IMS, icr::RXSEQ | icr::TXDW);
    bench.write(reg::ICS, icr::RXSEQ);
    bench.run_for(1 * us);
    bench.read(reg::ICR);
    bench.write(reg::ICS, icr::TXDW | icr::LSC);
    bench.run_for(300 * us);
    const auto holds = bench.events(stage::moderation_hold);
    ASSERT_EQ(holds.size(), 1U) << (kind == card_kind::rtl ? "rtl" : "model");
    EXPECT_EQ(holds[0].a, icr::TXDW) << (kind == card_kind::rtl ? "rtl" : "model");
  }
}

// Random steps between power states under traffic: the two cards are where the other is, in configuration space, in
// what the bus may do and in every register (PCI PM 1.1 section 5.4.1; tests/hw/tlm/model/power_test.cpp has the rules
// one by one).
TEST(power_agreement, same_state_after_random_steps) {
  constexpr auto config = tlm::pci_space::config;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    std::vector<std::uint32_t> results[2];
    for (const card_kind kind : {card_kind::model, card_kind::rtl}) {
      rng random(seed);
      card_bench bench(kind);
      auto& r = results[kind == card_kind::rtl];
      for (unsigned i = 0; i < 200; ++i) bench.plan(plain_frame(own_address, random.between(64, 300), i * 20 * us));
      bench.open(16, 15, rctl::EN);
      bench.start_traffic();
      for (unsigned step = 0; step < 60; ++step) {
        const auto value = static_cast<std::uint32_t>(random.next());
        switch (random.between(0, 5)) {
          case 0:
            bench.access(config, true, 0xE0, value & 3);
            break;
          case 1:
            bench.access(config, true, 0xE0, value % 2 == 0 ? 3 : 0);
            break;
          case 2:
            bench.access(config, true, 0x04, value & 0x557);
            break;
          case 3:
            bench.access(config, true, 0x04, 7);
            break;
          case 4:
            bench.write(reg::RAL + 8 * (value % 16), value);
            break;
          default:
            bench.write(reg::CTRL, 0xA01U | (value & (ctrl::SLU | ctrl::PHY_RST)));
        }
        bench.run_for(10 * us);
        r.push_back(bench.access(config, false, 0x04, 0));
        r.push_back(bench.access(config, false, 0xE0, 0));
        r.push_back(bench.card().config_state().command);
        for (const std::uint32_t offset :
             {reg::CTRL, reg::STATUS, reg::RCTL, reg::RAL, reg::RAH, reg::RAL + 8, reg::RDH})
          r.push_back(bench.read(offset));
        r.push_back(bench.read(reg::TPR));
      }
    }
    EXPECT_EQ(results[0], results[1]) << "seed " << seed;
  }
}

// CTRL.RST would reset the card.
std::uint32_t legal(const reg::row& row, std::uint32_t value) {
  if (row.offset == reg::CTRL || row.offset == reg::CTRL_DUP) return value & ~ctrl::RST;
  return value;
}

// Masks, fixed bits and reset values: what each register answers to the same writes.
TEST(register_agreement, same_answers_on_both) {
  card_bench model(card_kind::model);
  card_bench rtl(card_kind::rtl);
  rng random(1);
  for (const reg::row& row : reg::table)
    for (std::uint32_t i = 0; row.reset_defined && i < row.count; ++i) {
      const std::uint32_t offset = row.offset + i * row.stride;
      EXPECT_EQ(model.read(offset), rtl.read(offset)) << row.name << " at reset (model, rtl)";
    }
  for (const reg::row& row : reg::table)
    for (std::uint32_t i = 0; i < row.count; ++i) {
      const std::uint32_t offset = row.offset + i * row.stride;
      for (unsigned pattern = 0; pattern < 3; ++pattern) {
        const auto value = legal(row, static_cast<std::uint32_t>(random.next()));
        model.write(offset, value);
        rtl.write(offset, value);
        EXPECT_EQ(model.read(offset), rtl.read(offset))
            << row.name << ' ' << i << " (model, rtl) wrote " << std::hex << value;
      }
    }
}

// FS 3.2, 3.3, 4.1, 4.2: accesses of all kinds to the PHY and the EEPROM, with the link going up and down.
TEST(register_agreement, same_phy_and_eeprom) {
  card_bench model(card_kind::model);
  card_bench rtl(card_kind::rtl);
  rng random(3);
  unsigned errors = 0;
  for (unsigned step = 0; step < 3000; ++step) {
    auto value = static_cast<std::uint32_t>(random.next());
    const std::uint32_t what = random.between(0, 9);
    const std::uint32_t offset = what < 6 ? reg::MDIC : what == 6 ? reg::EECD : what == 7 ? reg::EERD : reg::CTRL;
    if (offset == reg::MDIC && random.between(0, 3) != 0) value = (value & ~mdic::PHYADD) | 1U << mdic::PHYADD_SHIFT;
    if (offset == reg::CTRL) value &= ~ctrl::RST;
    const bool link = random.between(0, 20) == 0;
    for (card_bench* bench : {&model, &rtl}) {
      if (link) bench->card().set_link(value % 2 == 0, bench->now());
      bench->write(offset, value);
      bench->run_for(offset == reg::EECD || offset == reg::EERD ? 70 * us : 1 * us);  // E-9
    }
    errors += (model.read(reg::MDIC) & mdic::ERROR) != 0;
    for (const std::uint32_t read : {reg::MDIC, reg::EECD, reg::EERD, reg::STATUS, reg::ICR})
      ASSERT_EQ(model.read(read), rtl.read(read))
          << "step " << step << ", " << std::hex << read << " (model, rtl) after " << offset << " = " << value;
  }
  EXPECT_GT(errors, 100U);
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

// FS 2.3: SPEED, FD and ASDV keep their last value while LU = 0.  CTRL.RST takes SLU and with it LU.
TEST(register_agreement, same_status_after_a_reset_takes_the_link) {
  for (const std::uint32_t mbps : {1000U, 100U, 10U})
    for (const std::uint32_t forced : {0U, ctrl::FRCSPD | ctrl::FRCDPX, ctrl::FRCSPD | ctrl::FRCDPX | ctrl::FD}) {
      SCOPED_TRACE(fmt::format("{} Mb/s, CTRL {:#x}", mbps, forced));
      card_bench model(card_kind::model, mbps);
      card_bench rtl(card_kind::rtl, mbps);
      for (card_bench* bench : {&model, &rtl}) {
        bench->write(reg::CTRL, ctrl::SLU | forced);
        bench->run_for(1 * us);
        const std::uint32_t up = bench->read(reg::STATUS);
        EXPECT_NE(up & status::LU, 0U);
        bench->write(reg::CTRL, ctrl::SLU | forced | ctrl::RST);
        bench->run_for(1 * us);
        EXPECT_EQ(bench->read(reg::STATUS), up & ~status::LU);
      }
      EXPECT_EQ(model.read(reg::STATUS), rtl.read(reg::STATUS));
    }
}

}  // namespace
}  // namespace ringside::test

// SPDX-License-Identifier: Apache-2.0
// The event hash is the same however the simulation is stepped: run-ahead or one RTL clock per kernel step, idle
// stretches skipped or evaluated, CPU costs accumulated or waited for one by one.
#include <gtest/gtest.h>

#include <ostream>

#include "tests/system/run_machine.h"

namespace ringside::test {
namespace {

struct load {
  const char* name;
  settings set;
};
void PrintTo(const load& l, std::ostream* out) {
  *out << l.name;
}

std::vector<load> quickly(std::vector<load> all) {
  for (load& l : all) l.set = quick_boot + l.set;
  return all;
}

std::vector<load> loads() {
  return quickly({
      {"size64_1_percent", {"gen.size=64", "gen.rate=1%", "gen.count=12"}},
      {"size64_10_percent", {"gen.size=64", "gen.rate=10%", "gen.count=120"}},
      {"size64_50_percent", {"gen.size=64", "gen.rate=50%", "gen.count=300"}},
      {"size64_line_rate", {"gen.size=64", "gen.rate=line", "gen.count=400"}},
      {"size512_50_percent", {"gen.size=512", "gen.rate=50%", "gen.count=120"}},
      {"size1518_line_rate", {"gen.size=1518", "gen.rate=line", "gen.count=80"}},
      {"sizes_65_to_128", {"gen.size=65..128", "gen.rate=30%", "gen.count=150"}},
      {"mixed_poisson", {"gen.size=64..1518", "gen.rate=40%", "gen.count=120", "gen.arrival=poisson"}},
      {"itr_off", {"gen.size=64", "gen.rate=10%", "gen.count=120", "driver.itr=off"}},
      {"rdtr_radv",
       {"gen.size=64", "gen.rate=5%", "gen.count=100", "driver.itr=off", "driver.rdtr=8", "driver.radv=40"}},
      {"retries_and_waits",
       {"gen.size=64..600", "gen.rate=20%", "gen.count=120", "bus.retry_per_million=150000", "bus.wait_jitter=4",
        "bus.wait_states=1", "bus.disconnect_bytes=128"}},
      {"bus_33mhz", {"gen.size=1518", "gen.rate=line", "gen.count=80", "bus.clock_mhz=100/3"}},
      {"two_cpus", {"gen.size=64..300", "gen.rate=20%", "gen.count=120", "cpu.count=2"}},
      {"two_cpus_line_rate", {"gen.size=64", "gen.rate=line", "gen.count=300", "cpu.count=2"}},
      {"slow_cpu_ring_full",
       {"gen.size=64", "gen.rate=50%", "gen.count=300", "cpu.clock_mhz=200", "driver.ring_size=48"}},
      {"irq_mode", {"gen.size=64..300", "gen.rate=20%", "gen.count=100", "driver.mode=irq"}},
      {"poll_mode", {"gen.size=64", "gen.rate=10%", "gen.count=40", "driver.mode=poll"}},
      {"errors_on_the_wire",
       {"gen.size=64..300", "gen.rate=30%", "gen.count=150", "gen.bad_fcs_per_million=100000",
        "gen.rx_er_per_million=100000", "gen.runt_per_million=100000", "gen.oversize_per_million=100000"}},
      {"cost_jitter", {"gen.size=64..600", "gen.rate=30%", "gen.count=150", "cpu.cost_jitter=50", "cpu.count=2"}},
      {"cost_jitter_irq_mode",
       {"gen.size=64", "gen.rate=30%", "gen.count=100", "cpu.cost_jitter=90", "driver.mode=irq", "driver.irq_quota=3"}},
      {"odd_cpu_clock", {"gen.size=64", "gen.rate=20%", "gen.count=100", "cpu.clock_mhz=1733"}},
  });
}

std::vector<load> all_loads() {
  std::vector<load> all = loads();
  // The waits themselves.
  all.push_back({"waits_of_linux", {"driver.eeprom_delay=1us", "gen.size=64", "gen.rate=1%", "gen.count=12"}});
  return all;
}

class hash_matrix : public testing::TestWithParam<load> {};

settings way_of(bool ahead, bool skip, bool accumulate) {
  return {ahead ? "run.step=ahead" : "run.step=cycle", skip ? "run.skip=on" : "run.skip=off",
          accumulate ? "run.cpu_accumulate=on" : "run.cpu_accumulate=off"};
}

void expect_same(const outcome& reference, const settings& set, const settings& way) {
  const outcome other = run_machine(set + way);
  EXPECT_EQ(other.hash, reference.hash) << way[0] << ' ' << way[1] << ' ' << way[2];
  EXPECT_EQ(other["delivered"], reference["delivered"]);
  EXPECT_EQ(complaints_of(other), "");
}

const settings plain_rtl{"run.gate_clocks=off", "run.direct_call=off"};

// The fastest way against the plainest one.
TEST_P(hash_matrix, fastest_equals_plainest) {
  const outcome fastest = run_machine(GetParam().set);
  EXPECT_EQ(complaints_of(fastest), "");
  EXPECT_GT(fastest["delivered"], 0U);
  EXPECT_LT(fastest["cycles_evaluated"], fastest["cycles"]);
  expect_same(fastest, GetParam().set + plain_rtl, way_of(false, false, false));
}

INSTANTIATE_TEST_SUITE_P(loads, hash_matrix, testing::ValuesIn(loads()),
                         [](const auto& row) { return std::string(row.param.name); });

// All eight ways; every load here, labelled full.
class full_hash_matrix : public testing::TestWithParam<load> {};

TEST_P(full_hash_matrix, is_flat) {
  const outcome fastest = run_machine(GetParam().set);
  for (unsigned way = 0; way < 7; ++way)
    expect_same(fastest, GetParam().set, way_of((way & 4) != 0, (way & 2) != 0, (way & 1) != 0));
}

INSTANTIATE_TEST_SUITE_P(loads, full_hash_matrix, testing::ValuesIn(all_loads()),
                         [](const auto& row) { return std::string(row.param.name); });

// The RTL's clocks gated or not, the model called directly or not: one load in all ways.
TEST(hash_matrix_clocks, are_equal) {
  const settings set =
      quick_boot + settings{"gen.size=64..300", "gen.rate=20%", "gen.count=60", "bus.retry_per_million=100000"};
  const outcome fastest = run_machine(set);
  EXPECT_EQ(complaints_of(fastest), "");
  for (const char* gate : {"run.gate_clocks=on", "run.gate_clocks=off"})
    for (const char* direct : {"run.direct_call=on", "run.direct_call=off"})
      for (const bool skip : {true, false})
        expect_same(fastest, set + settings{gate, direct}, way_of(true, skip, true));
}

// Between two clock enables of a slow link the card asks for no clock, and those cycles are passed over.
TEST(hash_matrix_clocks, slow_links_skip_between_bytes) {
  for (const char* speed : {"wire.link_mbps=100", "wire.link_mbps=10"}) {
    const settings set = quick_boot + settings{"gen.size=64..300", "gen.rate=line", "gen.count=40", speed};
    const outcome fastest = run_machine(set);
    EXPECT_EQ(complaints_of(fastest), "");
    EXPECT_LT(fastest["cycles_evaluated"] * 2, fastest["cycles"]) << speed;
    expect_same(fastest, set + plain_rtl, way_of(false, false, true));
  }
}

// One load in all eight ways, in every run of the tests.
TEST(hash_matrix_all_ways, are_equal) {
  const settings set =
      quick_boot + settings{"gen.size=64..300", "gen.rate=20%",      "gen.count=60", "bus.retry_per_million=100000",
                            "cpu.count=2",      "cpu.cost_jitter=40"};
  const outcome fastest = run_machine(set);
  EXPECT_EQ(complaints_of(fastest), "");
  for (unsigned way = 0; way < 7; ++way)
    expect_same(fastest, set, way_of((way & 4) != 0, (way & 2) != 0, (way & 1) != 0));
}

TEST(determinism, two_runs_are_equal_and_another_seed_is_not) {
  const settings mixed{"gen.size=64..1518", "gen.rate=40%", "gen.count=100", "gen.arrival=poisson",
                       "bus.retry_per_million=50000"};
  const outcome first = run_machine(mixed);
  const outcome second = run_machine(mixed);
  EXPECT_EQ(complaints_of(first), "");
  EXPECT_EQ(first.json, second.json);
  EXPECT_NE(first.json.find("event_hash"), std::string::npos);
  EXPECT_EQ(first.json.find("\"seconds\""), std::string::npos);
  const outcome other = run_machine(mixed + settings{"run.seed=77"});
  EXPECT_NE(other.hash, first.hash);
}

}  // namespace
}  // namespace ringside::test

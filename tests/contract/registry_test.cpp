// SPDX-License-Identifier: Apache-2.0
// The table of rules, and what a breach says.
#include <gtest/gtest.h>

#include <set>

#include "hw/regs/e1000_regs.h"
#include "tests/contract/contract_bench.h"

namespace ringside::contract {
namespace {

TEST(rule_registry, has_a_sentence_and_a_source_for_each_id) {
  std::set<std::string_view> ids;
  for (const rule_info& row : all_rules()) {
    EXPECT_TRUE(ids.insert(row.id).second) << row.id;
    EXPECT_FALSE(row.sentence.empty()) << row.id;
    EXPECT_FALSE(row.source.empty()) << row.id;
    EXPECT_EQ(rule_by_id(row.id), row.which);
  }
  EXPECT_FALSE(rule_by_id("R-999").has_value());
}

// Issue "Contract checker, first rules".
TEST(rule_registry, has_the_first_rules) {
  for (const char* id :
       {"R-11", "R-13", "R-21", "R-22", "N-1", "N-2", "N-3", "N-6", "N-7", "N-8", "N-9", "N-10", "I-5", "I-9"})
    EXPECT_TRUE(rule_by_id(id).has_value()) << id;
}

TEST(breach, names_rule_time_frame_descriptor_and_both_sides) {
  contract_bench bench;
  bench.open();
  bench.fill();
  bench.fetch(0, 7);
  bench.arrive(42, 64);
  bench.write_back(42, 0, contract_bench::last_of(64));
  EXPECT_ONLY(bench, "N-1");
  const std::string text = bench.watch.breaches().front().describe();
  for (const char* part : {"N-1", "hardware", "frame 42", "descriptor 0", "us", "desc_writeback", "rdt_write"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
}

TEST(checker, reports_nothing_of_a_rule_that_is_off) {
  config setup = contract_bench::cut_short();
  setup.off.set(static_cast<std::size_t>(rule::N_1));
  contract_bench bench(setup);
  bench.open();
  bench.fill();
  bench.fetch(0, 7);
  bench.arrive(42, 64);
  bench.write_back(42, 0, contract_bench::last_of(64));
  EXPECT_LEGAL(bench);
}

TEST(checker, ignores_another_card_and_another_bus) {
  contract_bench bench;
  bench.open();
  event e;
  e.time = bench.now + 1 * us;
  e.what = stage::desc_fetch;
  e.from = origin::bus;
  e.unit = 1;
  e.a = 0x40;
  bench.watch.on_event(e);
  e.what = stage::intx_assert;
  e.from = origin::nic;
  bench.watch.on_event(e);
  EXPECT_LEGAL(bench);
}

// What waits is judged at the first event of its due date, whatever that event is about (N-5, due after 200 us).
TEST(checker, events_of_no_concern_let_time_pass) {
  contract_bench bench;
  bench.open();
  bench.fill();
  bench.fetch(0, 7);
  bench.arrive(42, 64);
  bench.payload(42, bench.buffer(0), 64);
  const sim_time placed = bench.now;
  bench.done(42);
  bench.step = 30 * us;
  for (int i = 0; i < 9; ++i) bench.sw(stage::udp_rcv);
  bench.visible(42, 0, contract_bench::last_of(64));  // of no descriptor that was written back
  for (int i = 0; i < 9; ++i) bench.sw(stage::udp_rcv);
  EXPECT_ONLY(bench, "N-5");
  EXPECT_EQ(bench.watch.breaches().front().time, placed + 200 * ns + 7 * 30 * us);
}

TEST(breach, remembers_all_that_the_card_says) {
  contract_bench bench;
  bench.open();
  bench.fill();
  bench.fetch(0, 7);
  bench.arrive(42, 64);
  bench.nic(stage::moderation_hold, 0, 0x80);
  bench.write_back(42, 0, contract_bench::last_of(64));
  EXPECT_ONLY(bench, "N-1");
  std::vector<stage> last;
  for (const event& e : bench.watch.breaches().front().hardware) last.push_back(e.what);
  ASSERT_EQ(last.size(), 4U);
  EXPECT_EQ(last[2], stage::moderation_hold);
  EXPECT_EQ(last[3], stage::desc_writeback);
}

}  // namespace
}  // namespace ringside::contract

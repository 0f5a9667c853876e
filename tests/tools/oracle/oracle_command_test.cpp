// SPDX-License-Identifier: Apache-2.0
// The command: bad input, no QEMU, what it reports; with QEMU, that a card that is wrong is found.
#include "tools/oracle/oracle_command.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "hw/regs/e1000_regs.h"
#include "platform/scenario/loader.h"
#include "tools/oracle/compare.h"
#include "tools/oracle/oracle_report.h"
#include "tools/oracle/qemu_card.h"

namespace ringside::oracle {
namespace {

struct outcome {
  int status = 0;
  std::string out, err;
  nlohmann::json json;
};

outcome oracle(platform::oracle_request request, const std::function<void(case_result&)>& spoil = {}) {
  std::ostringstream out, err;
  request.json = "-";
  outcome o;
  o.status = oracle_command(request, {.out = out, .err = err, .spoil = spoil});
  o.out = out.str();
  o.err = err.str();
  if (!o.out.empty()) o.json = nlohmann::json::parse(o.out);
  return o;
}

bool qemu_is_there() {
  try {
    find_qemu("qemu-system-x86_64");
    return true;
  } catch (const qemu_absent&) {
    return false;
  }
}
#define NEEDS_QEMU() \
  if (!qemu_is_there()) GTEST_SKIP() << "qemu-system-x86_64 is not installed (Debian: package qemu-system-x86)"

TEST(oracle_command, bad_input_is_refused_before_anything_is_run) {
  platform::oracle_request seeds, jobs, frames, nic;
  seeds.seeds = "3..1";
  jobs.jobs = "0";
  frames.frames = "many";
  nic.nic = "qemu";
  for (const platform::oracle_request* request : {&seeds, &jobs, &frames, &nic})
    EXPECT_THROW(oracle(*request), platform::input_error);
}

TEST(oracle_command, without_qemu_one_line_and_a_status_of_its_own) {
  platform::oracle_request request;
  request.qemu = "/no/such/qemu";
  const outcome o = oracle(request);
  EXPECT_EQ(o.status, exit_no_qemu);
  EXPECT_EQ(o.out, "");
  EXPECT_EQ(o.err, "ringside: oracle: /no/such/qemu: no such program; nothing was compared\n");
}

TEST(oracle_command, what_is_no_qemu_is_a_difference_of_every_seed) {
  platform::oracle_request request;
  request.qemu = "/bin/true";
  request.seeds = "2";
  request.jobs = "1";
  const outcome o = oracle(request);
  EXPECT_EQ(o.status, 1);
  EXPECT_EQ(o.json["differed"], 2);
  EXPECT_NE(o.err.find("QEMU"), std::string::npos) << o.err;
}

TEST(oracle_report, counts_and_names) {
  oracle_totals all;
  all.qemu = "QEMU 1";
  all.cards = {"rtl", "model"};
  all.asked = 3;
  seed_outcome good, bad;
  good.seed = 1, good.offered = 10, good.received = 4, good.sent = 7;
  good.forgiven = {{"V-13", 2}, {"V-4", 1}};
  bad.seed = 2;
  bad.differences = {"rtl: ICR"};
  add(all, good);
  add(all, bad);
  const std::string text = report_text(all);
  EXPECT_NE(text.find("rtl and model against QEMU 1"), std::string::npos);
  EXPECT_NE(text.find("seeds     2  agreed 1  differed 1"), std::string::npos);
  EXPECT_LT(text.find("V-4 "), text.find("V-13 ")) << "by number";
  EXPECT_NE(text.find("RXDMT0 by level"), std::string::npos);
  EXPECT_NE(text.find("1 seeds differ without an explanation"), std::string::npos);
  const auto json = nlohmann::json::parse(report_json(all, {good, bad}));
  EXPECT_EQ(json["frames"]["received"], 4);
  EXPECT_EQ(json["forgiven"][1]["uses"], 2);
  EXPECT_EQ(json["runs"][1]["differences"][0], "rtl: ICR");
}

TEST(seed_outcome, travels_as_text) {
  seed_outcome o;
  o.seed = 77, o.offered = 5, o.received = 3, o.sent = 9;
  o.differences = {"a \"quoted\"\nline", "\xFF"};
  o.forgiven = {{"V-1", 3}};
  o.accesses = {{"qemu", 12}};
  const std::vector<seed_outcome> back = outcomes_from(to_text({o, {}}));
  ASSERT_EQ(back.size(), 2U);
  EXPECT_EQ(back[0].seed, 77U);
  EXPECT_EQ(back[0].differences[0], o.differences[0]);
  EXPECT_EQ(back[0].differences.size(), 2U);
  EXPECT_EQ(back[0].forgiven, o.forgiven);
  EXPECT_EQ(back[0].accesses, o.accesses);
  EXPECT_EQ(back[0].sent, 9U);
  EXPECT_THROW(outcomes_from("[{}]"), std::exception);
}

// FS 13: whoever excuses a difference names a row that is there.
TEST(known_differences, stand_in_the_fact_sheet) {
  std::ifstream file(RINGSIDE_SOURCE_DIR "/docs/fact_sheet.md");
  const std::string sheet((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const auto section = sheet.find("\n## 13.");
  ASSERT_NE(section, std::string::npos);
  std::set<std::string_view> ids;
  for (const known_difference& known : known_differences()) {
    EXPECT_NE(sheet.find("\n| " + std::string(known.id) + " |", section), std::string::npos) << known.id;
    EXPECT_TRUE(ids.insert(known.id).second) << known.id;
    EXPECT_FALSE(known.topic.empty());
  }
}

TEST(qemu_traits, by_version) {
  EXPECT_EQ(traits_of("QEMU emulator version 7.2.22 (Debian)").longest, 1526U);
  EXPECT_EQ(traits_of("QEMU emulator version 8.0.0").longest, 1522U);
  EXPECT_FALSE(traits_of("QEMU emulator version 10.0.3").groups_by_filter);
  EXPECT_TRUE(traits_of("").groups_by_filter);
}

TEST(oracle_with_qemu, reports_the_same_for_any_number_of_processes) {
  NEEDS_QEMU();
  platform::oracle_request request;
  request.seeds = "5..6";
  request.nic = "model";
  request.jobs = "1";
  const outcome one = oracle(request);
  request.jobs = "3";
  const outcome three = oracle(request);
  EXPECT_EQ(one.status, 0) << one.err;
  EXPECT_EQ(one.json["frames"], three.json["frames"]);
  EXPECT_EQ(one.json["forgiven"], three.json["forgiven"]);
  EXPECT_EQ(one.json["seeds"], 2);
  for (const auto& row : one.json["forgiven"]) EXPECT_NE(row["topic"], "") << row["id"];
}

// A QEMU that is reset between cases answers as a new one does.
TEST(oracle_with_qemu, a_reset_leaves_nothing_of_the_case_before) {
  NEEDS_QEMU();
  const std::string path = find_qemu("qemu-system-x86_64");
  const oracle_case c = draw_case(4);
  qemu_card fresh(path), used(path);
  fresh.reset();
  for (const std::uint64_t seed : {1, 2, 3}) {
    used.reset();
    run_case(used, draw_case(seed));
  }
  used.reset();
  const case_result a = run_case(fresh, c), b = run_case(used, c);
  EXPECT_EQ(compare_own(a, b), std::vector<std::string>{});
}

TEST(oracle_with_qemu, a_card_that_is_wrong_is_found) {
  NEEDS_QEMU();
  const std::vector<std::function<void(case_result&)>> faults{
      [](case_result& r) { r.rounds[0].received.back().back().window[guard_bytes + 7] ^= 0x10; },
      [](case_result& r) { r.rounds[0].received.front().front().special ^= 1; },
      [](case_result& r) { r.rounds[1].sent.front()[3] ^= 1; },
      [](case_result& r) { r.rounds[0].descriptors.back()[3] &= ~1U; },
      [](case_result& r) { r.rounds[1].causes &= ~icr::TXQE; },
      [](case_result& r) {
        for (register_value& v : r.counters) v.value += v.offset == reg::GPTC ? 1 : 0;
      },
      [](case_result& r) {
        for (register_value& v : r.settings) v.value ^= v.offset == reg::ITR || v.offset == reg::VET ? 1 : 0;
        r.steps.back() ^= 0x40;
      },
  };
  for (std::size_t i = 0; i < faults.size(); ++i) {
    platform::oracle_request request;
    request.seeds = "1";
    request.nic = "model";
    const outcome o = oracle(request, faults[i]);
    EXPECT_EQ(o.status, 1) << i;
    EXPECT_EQ(o.json["differed"], 1) << i;
    EXPECT_NE(o.err.find("seed 1 differs (repeat: ringside oracle --seeds 1..1)\n  model: "), std::string::npos)
        << o.err;
  }
}

// 200 seeds: more than 10,000 frames, every named difference is met, and nothing else.
TEST(full_oracle_with_qemu, two_hundred_seeds_differ_in_nothing_unnamed) {
  NEEDS_QEMU();
  platform::oracle_request request;
  request.seeds = "200";
  const outcome o = oracle(request);
  EXPECT_EQ(o.status, 0) << o.err;
  EXPECT_EQ(o.json["seeds"], 200);
  EXPECT_GE(o.json["frames"]["received"].get<unsigned>() + o.json["frames"]["sent"].get<unsigned>(), 10'000U);
  std::set<std::string> met;
  for (const auto& row : o.json["forgiven"]) met.insert(row["id"]);
  const bool of_7 = o.json["qemu"].get<std::string>().find("version 7.") != std::string::npos;
  for (const known_difference& known : known_differences())
    EXPECT_TRUE(!of_7 || met.contains(std::string(known.id))) << known.id;
}

}  // namespace
}  // namespace ringside::oracle

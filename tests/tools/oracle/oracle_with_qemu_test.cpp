// SPDX-License-Identifier: Apache-2.0
// Seeds against QEMU: that it is as it was after a reset, that a card that is wrong is found, that ours are not.
//
// Where QEMU is not installed this program says so and ends with the status ctest takes for "skipped".
#include <gtest/gtest.h>

#include <iostream>
#include <set>

#include "hw/regs/e1000_regs.h"
#include "tests/tools/oracle/run_oracle.h"
#include "tools/oracle/compare.h"
#include "tools/oracle/qemu_card.h"

namespace ringside::oracle {
namespace {

TEST(oracle_with_qemu, reports_the_same_for_any_number_of_processes) {
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

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const bool listing = testing::GTEST_FLAG(list_tests);
  try {
    if (!listing) ringside::oracle::find_qemu("qemu-system-x86_64");
  } catch (const ringside::oracle::qemu_absent& absent) {
    std::cout << "skipped: " << absent.what() << std::endl;
    return ringside::oracle::exit_no_qemu;
  }
  return RUN_ALL_TESTS();
}

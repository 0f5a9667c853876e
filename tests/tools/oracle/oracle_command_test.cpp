// SPDX-License-Identifier: Apache-2.0
// The command without QEMU: bad input, what it says, what it reports.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "platform/scenario/loader.h"
#include "tests/tools/oracle/run_oracle.h"
#include "tools/oracle/compare.h"
#include "tools/oracle/oracle_report.h"
#include "tools/oracle/qemu_traits.h"

namespace ringside::oracle {
namespace {

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
  good.forgiven = {{"V-15", 2}, {"V-4", 1}};
  bad.seed = 2;
  bad.differences = {"rtl: ICR"};
  add(all, good);
  add(all, bad);
  const std::string text = report_text(all);
  EXPECT_NE(text.find("rtl and model against QEMU 1"), std::string::npos);
  EXPECT_NE(text.find("seeds     2  agreed 1  differed 1"), std::string::npos);
  EXPECT_LT(text.find("V-4 "), text.find("V-15 ")) << "by number";
  EXPECT_NE(text.find("no RNBC while frames wait"), std::string::npos);
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

}  // namespace
}  // namespace ringside::oracle

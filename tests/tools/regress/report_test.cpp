// SPDX-License-Identifier: Apache-2.0
// Table, JSON, JUnit and exit status of results made by hand.
#include <gtest/gtest.h>
#include <libxml/parser.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "tools/regress/coverage.h"
#include "tools/regress/junit.h"
#include "tools/regress/regress_report.h"

namespace ringside::platform {
namespace {

seed_result result(std::uint64_t seed, std::vector<std::string> complaints = {},
                   std::vector<std::string> breaches = {}) {
  seed_result r;
  r.seed = seed;
  r.mix = "flood";
  r.hash = "0123456789abcdef";
  r.complaints = std::move(complaints);
  r.breaches = std::move(breaches);
  r.frames = {{"offered", 10}, {"delivered", 7}, {"dropped", 3}};
  r.coverage = {{"ring_wrap", 2}};
  return r;
}

TEST(report, exit_status_tells_breach_from_failure) {
  EXPECT_EQ(exit_status_of({result(1), result(2)}), 0);
  EXPECT_EQ(exit_status_of({result(1), result(2, {"a frame is lost"})}), 1);
  EXPECT_EQ(exit_status_of({result(1, {"a frame is lost"}), result(2, {}, {"R-13 broken"})}), 3);
}

TEST(report, a_result_survives_its_way_as_text) {
  const seed_result sent = result(9, {"complaint \"quoted\"\nsecond line"}, {"R-13 broken"});
  const seed_result got = result_from(to_text(sent));
  EXPECT_EQ(got.seed, 9U);
  EXPECT_EQ(got.hash, sent.hash);
  EXPECT_EQ(got.complaints, sent.complaints);
  EXPECT_EQ(got.coverage, sent.coverage);
  EXPECT_EQ(got.first_failure(), "contract: R-13 broken");
}

TEST(report, a_kind_that_never_occurred_is_named) {
  const regress_totals all = totals({result(1), result(2)}, 2);
  const std::string text = table(all, "rtl");
  EXPECT_NE(text.find("seeds     2  passed 2  failed 0"), std::string::npos) << text;
  EXPECT_NE(text.find("offered 20  delivered 14"), std::string::npos) << text;
  const auto missing = never_seen(all);
  EXPECT_EQ(missing.size(), coverage_kinds().size() - 1);
  EXPECT_EQ(std::count(missing.begin(), missing.end(), "ring_wrap"), 0);
  EXPECT_NE(text.find("never occurred: back_to_back"), std::string::npos) << text;
}

TEST(report, tells_how_many_of_the_seeds_asked_for_were_run) {
  const std::vector<seed_result> results{result(1), result(2)};
  const regress_totals stopped = totals(results, 50, true);
  EXPECT_NE(table(stopped, "rtl").find("\ninterrupted by a signal: 2 of 50 seeds were run\n"), std::string::npos);
  const auto json = nlohmann::json::parse(to_json(results, stopped, "rtl"));
  EXPECT_EQ(json["seeds_asked"], 50);
  EXPECT_EQ(json["seeds"], 2);
  EXPECT_EQ(json["interrupted"], true);
  EXPECT_EQ(table(totals(results, 2), "rtl").find("interrupted"), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(to_json(results, totals(results, 2), "rtl"))["interrupted"], false);
}

TEST(report, json_holds_every_seed) {
  const std::vector<seed_result> results{result(1), result(2, {"lost"})};
  const auto json = nlohmann::json::parse(to_json(results, totals(results, 2), "rtl"));
  EXPECT_EQ(json["seeds"], 2);
  EXPECT_EQ(json["failed"], 1);
  EXPECT_EQ(json["runs"][1]["seed"], 2);
  EXPECT_EQ(json["runs"][1]["complaints"][0], "lost");
  EXPECT_EQ(json["stimulus"]["ring_wrap"], 4);
}

TEST(report, junit_is_xml_whatever_the_message) {
  const std::string text = to_junit({result(1), result(2, {"<&>\"'\x01 in a message"})}, "rtl");
  const std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)> doc(
      xmlReadMemory(text.data(), static_cast<int>(text.size()), "junit.xml", nullptr, XML_PARSE_NONET), &xmlFreeDoc);
  ASSERT_NE(doc, nullptr) << text;
  const xmlNode* suite = xmlFirstElementChild(xmlDocGetRootElement(doc.get()));
  ASSERT_NE(suite, nullptr);
  EXPECT_EQ(xmlChildElementCount(const_cast<xmlNode*>(suite)), 2U);
  const std::unique_ptr<xmlChar, void (*)(void*)> failures(
      xmlGetProp(suite, reinterpret_cast<const xmlChar*>("failures")), [](void* p) { xmlFree(p); });
  EXPECT_STREQ(reinterpret_cast<const char*>(failures.get()), "1");
}

}  // namespace
}  // namespace ringside::platform

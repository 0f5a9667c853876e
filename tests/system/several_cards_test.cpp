// SPDX-License-Identifier: Apache-2.0
// Two cards on one bus, each with its wire, driver, interface and interrupt line, under one stack.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "common/event_stream.h"
#include "platform/machine/hardware.h"
#include "platform/machine/machine.h"
#include "platform/report/json_report.h"
#include "platform/report/run_report.h"
#include "platform/scenario/loader.h"
#include "tests/common/forked.h"
#include "tests/common/list_source.h"
#include "tests/system/run_machine.h"

namespace ringside::test {
namespace {

constexpr unsigned to_first = 120, to_second = 75;

class line_counter final : public event_consumer {
 public:
  void on_event(const event& e) override {
    if (e.what == stage::hardirq_enter) ++taken[e.a];
  }
  std::map<std::uint64_t, std::uint64_t> taken;  // by line
};

// Frames for one card, spaced so that both wires are busy at once and every ring keeps up.
list_source frames_for(const platform::start_class& c, unsigned card, unsigned count) {
  std::vector<offered_frame> frames;
  const auto to = platform::mac_address_of(c, card);
  for (unsigned i = 0; i < count; ++i) {
    frames.push_back(udp_frame_of(64 + i % 200, static_cast<std::uint16_t>(i), 0));
    std::copy(to.begin(), to.end(), frames.back().bytes.begin());
  }
  return list_source(frames);
}

/// JSON of the run, with `lines`: interrupts taken per line, and `held`: what software kept.
nlohmann::json run_two(const settings& s) {
  const std::string text = run_forked([&s] {
    const platform::scenario plan = platform::load_scenario(
        "", settings{"checker.enabled=off", "driver.ring_size=1024", "stack.rcvbuf=4000000"} + s);
    platform::start_class c = platform::start_class_of(plan);
    c.cards = 2;
    list_source first = frames_for(c, 0, to_first);
    list_source second = frames_for(c, 1, to_second);
    std::vector<frame_source*> sources{&first, &second};
    platform::machine m(std::make_unique<platform::hardware>(c), plan, sources);
    platform::run_report report({}, false);
    line_counter lines;
    m.events().add_consumer(report);
    m.events().add_consumer(lines);
    m.run({});
    report.finish();
    nlohmann::json out = nlohmann::json::parse(platform::to_json(plan, report, m.counters()));
    for (const auto& [line, count] : lines.taken) out["lines"][std::to_string(line)] = count;
    const auto held = m.still_held();
    out["held"] = held.skbs + held.dma_mappings + held.allocations;
    for (const std::string& breach : report.ledger().breaches()) out["ledger"].push_back(breach);
    return out.dump();
  });
  return nlohmann::json::parse(text);
}

class two_cards : public testing::TestWithParam<const char*> {};

TEST_P(two_cards, each_has_its_interface_line_and_counters) {
  const nlohmann::json out = run_two({fmt::format("nic.kind={}", GetParam())});
  EXPECT_EQ(out["frames"]["offered"], to_first + to_second);
  EXPECT_EQ(out["frames"]["delivered"], to_first + to_second);
  EXPECT_EQ(out["interfaces"]["eth0"]["link"]["rx_packets"], to_first);
  EXPECT_EQ(out["interfaces"]["eth1"]["link"]["rx_packets"], to_second);
  EXPECT_EQ(out["interfaces"]["eth0"]["card"]["GPRC"], to_first);
  EXPECT_EQ(out["interfaces"]["eth1"]["card"]["GPRC"], to_second);
  EXPECT_EQ(out["snmp"]["Udp"]["InDatagrams"], to_first + to_second);
  // INTA# of neighbouring slots reaches different lines.
  EXPECT_EQ(out["lines"].size(), 2U) << out["lines"];
  EXPECT_EQ(out["held"], 0);
  EXPECT_FALSE(out.contains("ledger")) << out["ledger"];
}

TEST_P(two_cards, one_hash_however_it_is_stepped) {
  const settings set = quick_boot + settings{fmt::format("nic.kind={}", GetParam())};
  const nlohmann::json ahead = run_two(set);
  const nlohmann::json cycle = run_two(set + settings{"run.step=cycle", "run.cpu_accumulate=off"});
  EXPECT_EQ(ahead["sim"]["event_hash"], cycle["sim"]["event_hash"]);
}

INSTANTIATE_TEST_SUITE_P(cards, two_cards, testing::Values("rtl", "model"),
                         [](const auto& which) { return std::string(which.param); });

// Told before anything is elaborated.
TEST(several_cards, are_not_for_the_checker) {
  const platform::scenario plan = platform::load_scenario("", {});
  list_source none;
  std::vector<frame_source*> sources{&none, &none};
  try {
    const platform::machine m(nullptr, plan, sources);
    FAIL() << "made";
  } catch (const std::invalid_argument& e) {
    EXPECT_STREQ(e.what(), "the contract checker judges one card");
  }
}

}  // namespace
}  // namespace ringside::test

// SPDX-License-Identifier: Apache-2.0
#include "platform/report/json_report.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "platform/report/summary.h"
#include "platform/scenario/loader.h"
#include "tests/platform/report/story.h"

namespace ringside::platform {
namespace {

using json = nlohmann::json;
using test::derived_id;
using test::made_id;
using test::story;

run_counters counters() {
  run_counters c;
  c.cpus = {{25 * us, 10 * us, 5 * us, 60 * us}};
  c.pci_clocks = 6600;
  c.pci_busy_clocks = 66;
  c.pci_transactions = 5;
  c.pci_retries = 1;
  c.pci_bytes = 128;
  c.napi_polls = 3;
  c.napi_frames = 4;
  c.napi_frames_min = 0;
  c.napi_frames_max = 3;
  c.softirq_runs = 2;
  c.sim_time_ps = 100 * us;
  c.rtl_cycles = 12'500;
  c.rtl_cycles_evaluated = 700;
  c.wall_ns = 500'000'000;
  return c;
}

json report_of(const story& s, const run_counters& c) {
  run_report report;
  s.play(report);
  report.finish();
  return json::parse(to_json(load_scenario("", {}), report, c));
}

// The names the requirement lists; every one is there although nothing happened.
TEST(json_report, has_every_key_with_zeros) {
  const json got = report_of({}, counters());
  for (const char* pointer : {"/frames/offered",
                              "/frames/delivered",
                              "/frames/consumed",
                              "/frames/in_flight",
                              "/bytes/offered",
                              "/bytes/delivered",
                              "/interrupts/asserted",
                              "/interrupts/hardirqs",
                              "/interrupts/polled_without_interrupt",
                              "/interrupts/nobody_cared",
                              "/napi/polls",
                              "/napi/frames_per_poll",
                              "/napi/budget_exhausted",
                              "/softirq/runs",
                              "/softirq/ksoftirqd_runs",
                              "/cpu/0/task",
                              "/cpu/0/softirq",
                              "/cpu/0/hardirq",
                              "/cpu/0/idle",
                              "/pci/utilisation",
                              "/pci/transactions",
                              "/pci/retries",
                              "/pci/bytes",
                              "/sim/time_ns",
                              "/sim/rtl_cycles",
                              "/sim/rtl_cycles_evaluated",
                              "/sim/event_hash",
                              "/wall/seconds",
                              "/wall/rtl_cycles_per_s",
                              "/wall/frames_per_s"})
    EXPECT_TRUE(got.contains(json::json_pointer(pointer))) << pointer;
  for (std::size_t i = 1; i < drop_reasons; ++i)
    EXPECT_EQ(got["frames"]["dropped"][std::string(name(static_cast<drop_reason>(i)))], 0) << i;
  EXPECT_EQ(got["frames"]["dropped"].size(), drop_reasons - 1);
  for (const char* cause : {"txdw", "lsc", "rxseq", "rxdmt0", "rxo", "rxt0", "mdac", "srpd"})
    EXPECT_EQ(got["interrupts"]["causes"][cause], 0) << cause;
  for (const char* from_to :
       {"wire_dd", "dd_intx", "intx_hardirq", "hardirq_poll", "poll_netif", "netif_socket", "socket_app", "wire_app"})
    for (const char* field : {"min", "p50", "p90", "p99", "max"})
      EXPECT_EQ(got["latency_ns"][from_to][field], 0) << from_to;
  for (const char* share : {"dma", "interrupt_delivery", "raw_to_skb", "protocol_layers", "tap_copy", "socket_wait"})
    EXPECT_EQ(got["latency_share"][share], 0.0) << share;
}

TEST(json_report, says_what_happened) {
  const json got =
      report_of(story().arrive(1, 1 * us, 64).interrupt(2100 * ns).deliver(1, 3200 * ns, 5 * us), counters());
  EXPECT_EQ(got["frames"]["offered"], 1);
  EXPECT_EQ(got["frames"]["delivered"], 1);
  EXPECT_EQ(got["bytes"]["delivered"], 64);
  EXPECT_EQ(got["bytes"]["payload_delivered"], 18);
  EXPECT_EQ(got["interrupts"]["causes"]["rxt0"], 1);
  EXPECT_EQ(got["latency_ns"]["wire_app"]["p50"], 4000);
  EXPECT_DOUBLE_EQ(got["latency_share"]["dma"], 0.12);  // 480 of 4000 ns
  EXPECT_DOUBLE_EQ(got["cpu"]["0"]["task"], 0.25);
  EXPECT_DOUBLE_EQ(got["pci"]["utilisation"], 0.01);
  EXPECT_DOUBLE_EQ(got["napi"]["frames_per_poll"]["mean"], 1.333333);
  EXPECT_EQ(got["sim"]["time_ns"], 100'000);
  EXPECT_DOUBLE_EQ(got["wall"]["rtl_cycles_per_s"], 25'000.0);
  EXPECT_DOUBLE_EQ(got["wall"]["frames_per_s"], 2.0);
}

TEST(json_report, only_wall_differs_with_wall_time) {
  const story s = story().arrive(1, 1 * us, 64).interrupt(2100 * ns).deliver(1, 3200 * ns, 5 * us);
  run_counters slow = counters();
  slow.wall_ns *= 3;
  json a = report_of(s, counters());
  json b = report_of(s, slow);
  EXPECT_NE(a, b);
  a.erase("wall");
  b.erase("wall");
  EXPECT_EQ(a.dump(), b.dump());
}

TEST(json_report, order_of_keys_is_stable) {
  run_report report;
  report.finish();
  const std::string text = to_json(load_scenario("", {}), report, counters());
  std::size_t at = 0;
  for (const char* key : {"\"scenario\"", "\"frames\"", "\"bytes\"", "\"interrupts\"", "\"napi\"", "\"softirq\"",
                          "\"cpu\"", "\"pci\"", "\"latency_ns\"", "\"latency_share\"", "\"sim\"", "\"wall\""}) {
    const auto found = text.find(key, at);
    ASSERT_NE(found, std::string::npos) << key;
    at = found;
  }
}

TEST(summary, names_fates_and_reasons) {
  run_report report;
  story()
      .at(1, stage::wire_sof, 1, 64)
      .at(2, stage::fifo_drop, 1, 0, static_cast<std::uint64_t>(drop_reason::fifo_overflow))
      .play(report);
  report.finish();
  const std::string text = summary(load_scenario("", {}), report, counters());
  EXPECT_NE(text.find("offered 1  delivered 0  consumed 0  dropped 1  in flight 0"), std::string::npos) << text;
  EXPECT_NE(text.find("fifo_overflow    1"), std::string::npos) << text;
  EXPECT_NE(text.find("CPU 0       task 25.0 %  softirq 10.0 %  hardirq 5.0 %  idle 60.0 %"), std::string::npos)
      << text;
  EXPECT_NE(text.find("busy 1.0 %"), std::string::npos) << text;
}

TEST(summary, names_a_line_shut_off) {
  run_report report;
  const std::string quiet = summary(load_scenario("", {}), report, counters());
  EXPECT_EQ(quiet.find("nobody cared"), std::string::npos) << quiet;
  story s;
  s.at(1, stage::irq_nobody_cared, 0, 11);
  s.play(report);
  report.finish();
  const std::string text = summary(load_scenario("", {}), report, counters());
  EXPECT_NE(text.find("line 11     nobody cared: shut off"), std::string::npos) << text;
  EXPECT_EQ(report_of(s, counters())["interrupts"]["nobody_cared"], json::array({11}));
}

// The reports of a stretch at a time are those of one event after the other, once every journey is told and before.
TEST(json_report, is_the_same_in_stretches) {
  story s;
  frame_id id = 0;
  for (sim_time t = 10 * us; t < 400 * us; t += 10 * us) {
    s.arrive(id + 1, t, 64)
        .arrive(id + 2, t + 1 * us, 512)
        .interrupt(t + 2 * us)
        .deliver(id + 1, t + 4 * us, t + 5 * us);
    s.deliver(id + 2, t + 4700 * ns, (id % 3 == 0) ? 0 : t + 9 * us).end_poll(t + 6 * us);
    s.at(t + 7 * us, stage::wire_sof, id + 3, 64);
    s.at(t + 8 * us, id % 4 == 0 ? stage::fifo_drop : stage::filter_reject, id + 3, 0,
         static_cast<std::uint64_t>(drop_reason::crc_error));
    s.at(t + 4300 * ns, stage::tap, id + 1);
    id += 3;
  }
  s.at(200 * us, stage::nic_reset).at(390 * us, stage::driver_close).at(5 * us, stage::reconfigure, 0, 1);
  struct keeper final : event_consumer {
    void on_event(const event& e) override { kept.push_back(e); }
    std::vector<event> kept;
  } in_order;
  s.play(in_order);
  for (const bool journeys : {false, true}) {
    run_report single(journeys ? std::vector<frame_id>{7, 70} : std::vector<frame_id>{}, journeys);
    for (const event& e : in_order.kept) single.on_event(e);
    single.finish();
    run_report whole(journeys ? std::vector<frame_id>{7, 70} : std::vector<frame_id>{}, journeys);
    for (std::size_t from = 0; from < in_order.kept.size(); from += 50) {
      std::vector<const event*> records;
      for (std::size_t i = from; i < std::min(from + 50, in_order.kept.size()); ++i)
        records.push_back(&in_order.kept[i]);
      whole.on_events(event_stretch(records));
    }
    whole.finish();
    const scenario plan = load_scenario("", {});
    EXPECT_EQ(to_json(plan, whole, counters()), to_json(plan, single, counters()));
    EXPECT_GT(whole.latency().of(segment::wire_app).samples(), 30U);
    ASSERT_EQ(whole.journeys().journeys().size(), single.journeys().journeys().size());
    for (std::size_t i = 0; i < whole.journeys().journeys().size(); ++i)
      EXPECT_EQ(whole.journeys().journeys()[i].steps.size(), single.journeys().journeys()[i].steps.size());
  }
}

// What a receiver prints does not change with what a sender would.
TEST(json_report, names_kinds_and_fates_only_where_they_are) {
  story s = story().arrive(1, 1 * us, 64).interrupt(2100 * ns).deliver(1, 3200 * ns, 5 * us);
  const json quiet = report_of(s, counters());
  for (const char* pointer : {"/frames/made", "/frames/derived", "/frames/merged", "/frames/transmitted",
                              "/bytes/merged", "/bytes/transmitted", "/bytes/sent", "/latency_ns/made_sent"})
    EXPECT_FALSE(quiet.contains(json::json_pointer(pointer))) << pointer;
  s.arrive(2, 10 * us, 64).arrive(3, 20 * us, 100).link(2, 30 * us, link_kind::merged_into, 3);
  s.at(31 * us, stage::tx_complete, 3, 100).make(made_id(1), 32 * us, cause_kind::frame, 3);
  s.link(derived_id(1), 33 * us, link_kind::clone, made_id(1)).at(36 * us, stage::tx_complete, derived_id(1), 60);
  s.link(derived_id(2), 37 * us, link_kind::retransmission_of, made_id(1));
  s.at(38 * us, stage::skb_drop, made_id(1), 0, static_cast<std::uint64_t>(drop_reason::driver_down));
  const json got = report_of(s, counters());
  EXPECT_EQ(got["frames"]["offered"], 3);
  EXPECT_EQ(got["frames"]["merged"], 1);
  EXPECT_EQ(got["frames"]["transmitted"], 1);
  EXPECT_EQ(got["bytes"]["merged"], 64);
  EXPECT_EQ(got["bytes"]["transmitted"], 100);
  EXPECT_EQ(got["bytes"]["sent"], 160);
  EXPECT_EQ(got["frames"]["made"]["offered"], 1);
  EXPECT_EQ(got["frames"]["made"]["transmitted"], 0);
  EXPECT_EQ(got["frames"]["made"]["dropped"]["driver_down"], 1);
  EXPECT_EQ(got["frames"]["derived"]["offered"], 2);
  EXPECT_EQ(got["frames"]["derived"]["transmitted"], 1);
  EXPECT_EQ(got["frames"]["derived"]["merged"], 0);
  EXPECT_EQ(got["frames"]["derived"]["in_flight"], 1);
  EXPECT_EQ(got["latency_ns"]["made_sent"]["samples"], 1);
  EXPECT_EQ(got["latency_ns"]["made_sent"]["p50"], 3000);
}

TEST(summary, names_kinds_only_where_they_are) {
  const auto text_of = [](const story& s) {
    run_report report;
    s.play(report);
    report.finish();
    return summary(load_scenario("", {}), report, counters());
  };
  story s = story().arrive(1, 1 * us, 64).arrive(2, 3 * us, 64).deliver(1, 9 * us, 10 * us);
  const std::string quiet = text_of(s);
  for (const char* word : {"made", "derived", "merged", "transmitted", "  sent "})
    EXPECT_EQ(quiet.find(word), std::string::npos) << word << '\n' << quiet;
  s.link(2, 8 * us, link_kind::merged_into, 1).make(made_id(1), 11 * us, cause_kind::timer);
  s.make(made_id(2), 12 * us, cause_kind::task).at(14 * us, stage::tx_complete, made_id(1), 64);
  s.at(15 * us, stage::skb_drop, made_id(2), 0, static_cast<std::uint64_t>(drop_reason::driver_down));
  s.link(derived_id(1), 16 * us, link_kind::copy, 1);
  const std::string text = text_of(s);
  EXPECT_NE(text.find("frames      offered 2  delivered 1  consumed 0  dropped 0  merged 1  in flight 0\n"
                      "made        frames 2  transmitted 1  delivered 0  consumed 0  merged 0  dropped 1  in flight 0\n"
                      "  dropped   driver_down      1\n"
                      "derived     frames 1  transmitted 0  delivered 0  consumed 0  merged 0  dropped 0  in flight 1\n"
                      "bytes       offered 128  delivered 64  payload in sockets 18  sent 64\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("made_sent           3000"), std::string::npos) << text;
}

}  // namespace
}  // namespace ringside::platform

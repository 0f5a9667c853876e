// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "platform/report/frame_name.h"
#include "platform/report/journey_printer.h"
#include "platform/report/run_report.h"
#include "platform/report/step_detail.h"
#include "tests/platform/report/story.h"

namespace ringside::platform {
namespace {

using test::derived_id;
using test::made_id;
using test::story;

std::vector<stage> stages_of(const journey& j) {
  std::vector<stage> out;
  for (const event& e : j.steps) out.push_back(e.what);
  return out;
}

std::vector<journey> journeys_of(const story& s, std::vector<frame_id> wanted = {}, bool first = true) {
  run_report report(std::move(wanted), first);
  s.play(report);
  report.finish();
  return report.journeys().journeys();
}

story one_frame() {
  return story()
      .at(0, stage::desc_fetch, 0, 0x1000, 256)
      .arrive(1, 1 * us, 64)
      .interrupt(2100 * ns)
      .deliver(1, 3200 * ns, 5 * us)
      .end_poll(4 * us);
}

TEST(journey, holds_every_step_of_the_way_in_order) {
  const auto all = journeys_of(one_frame());
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].frame, 1U);
  EXPECT_EQ(all[0].bytes, 64U);
  EXPECT_EQ(all[0].fate, journey::end::delivered);
  EXPECT_EQ(
      stages_of(all[0]),
      (std::vector<stage>{stage::desc_fetch,        stage::wire_sof,      stage::wire_eof,      stage::filter_accept,
                          stage::fifo_commit,       stage::dma_start,     stage::dma_done,      stage::desc_writeback,
                          stage::dd_visible,        stage::cause_set,     stage::intx_assert,   stage::hardirq_enter,
                          stage::icr_read,          stage::imc_write,     stage::napi_schedule, stage::hardirq_exit,
                          stage::softirq_enter,     stage::napi_poll,     stage::dma_sync,      stage::skb_build,
                          stage::netif_receive_skb, stage::ip_rcv,        stage::udp_rcv,       stage::socket_enqueue,
                          stage::rdt_write,         stage::napi_complete, stage::ims_write,     stage::softirq_exit,
                          stage::app_read}));
}

TEST(journey, frame_that_rode_along_names_the_other) {
  const auto all = journeys_of(one_frame().arrive(2, 2300 * ns, 64).deliver(2, 3800 * ns, 6 * us), {2}, false);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_FALSE(all[0].by.own);
  EXPECT_EQ(all[0].by.rode_on, 1U);
  const auto stages = stages_of(all[0]);
  EXPECT_EQ(std::count(stages.begin(), stages.end(), stage::napi_poll), 1);
  EXPECT_EQ(std::count(stages.begin(), stages.end(), stage::intx_assert), 0);
  const std::string text = print_journey(all[0], {});
  EXPECT_NE(text.find("it rode on the interrupt of frame 1"), std::string::npos) << text;
}

// Held by the throttle: its cause comes with its write-back, others' causes join, the handler of the interrupt before
// is still running.  Of all that only its own cause and the hold are its story.
TEST(journey, throttled_interrupt_shows_the_first_cause_and_the_hold) {
  const story s = story()
                      .arrive(1, 1 * us, 64)
                      .at(1900 * ns, stage::cause_set, 0, 0x80)
                      .at(1910 * ns, stage::moderation_hold, 0, 0x80)
                      .at(2000 * ns, stage::hardirq_exit)
                      .at(5 * us, stage::cause_set, 0, 0x80)
                      .at(5 * us, stage::moderation_hold, 0, 0x80)
                      .at(9 * us, stage::intx_assert)
                      .at(9300 * ns, stage::hardirq_enter, 0, 11)
                      .at(10 * us, stage::napi_poll, 0, 300)
                      .deliver(1, 11 * us, 15 * us)
                      .end_poll(13 * us);
  const auto stages = stages_of(journeys_of(s)[0]);
  const std::vector<stage> expected{stage::desc_writeback, stage::cause_set,   stage::moderation_hold,
                                    stage::dd_visible,     stage::intx_assert, stage::hardirq_enter,
                                    stage::napi_poll,      stage::dma_sync};
  const auto first = std::find(stages.begin(), stages.end(), stage::desc_writeback);
  ASSERT_GE(stages.end() - first, static_cast<std::ptrdiff_t>(expected.size()));
  EXPECT_EQ(std::vector<stage>(first, first + static_cast<std::ptrdiff_t>(expected.size())), expected);
}

TEST(journey, first_delivered_skips_frames_that_were_not) {
  const story s = story()
                      .at(0, stage::wire_sof, 1, 64)
                      .at(1, stage::filter_reject, 1, 0, static_cast<std::uint64_t>(drop_reason::address_filter))
                      .arrive(2, 1 * us, 64)
                      .deliver(2, 5 * us, 6 * us)
                      .arrive(3, 7 * us, 64)
                      .deliver(3, 9 * us, 10 * us)
                      .end_poll(11 * us);
  const auto all = journeys_of(s);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].frame, 2U);
}

TEST(journey, dropped_frames_have_one_too) {
  const story s = story()
                      .at(0, stage::wire_sof, 1, 64, wire_mark::bad_fcs)
                      .at(1 * us, stage::fifo_drop, 1, 0, static_cast<std::uint64_t>(drop_reason::crc_error));
  const auto all = journeys_of(s, {1, 9});
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].fate, journey::end::dropped);
  const std::string text = print_journey(all[0], {});
  EXPECT_NE(text.find("dropped: crc_error"), std::string::npos) << text;
  EXPECT_NE(text.find("64 B bad FCS"), std::string::npos) << text;
  EXPECT_EQ(print_journey(all[1], {}), "Frame 9 was never on the wire.\n");
}

TEST(journey, unfinished_frames_are_printed_as_far_as_they_came) {
  const auto all = journeys_of(story().arrive(1, 0, 64), {1});
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].steps.back().what, stage::dd_visible);
  EXPECT_NE(print_journey(all[0], {}).find("in flight at the end"), std::string::npos);
}

// 900 ns after the first byte: 112.5 clocks of 125 MHz, 59.4 of 66 MHz, whole clocks down.
TEST(journey, prints_ns_clocks_lanes_and_references) {
  const std::string text = print_journey(journeys_of(one_frame())[0], {});
  EXPECT_NE(text.find("Journey of frame 1: 64 bytes with FCS, first byte at 1000.000 ns, delivered to a socket"),
            std::string::npos)
      << text;
  const auto at = text.find("desc_writeback");
  ASSERT_NE(at, std::string::npos);
  const std::string line = text.substr(text.rfind('\n', at) + 1, text.find('\n', at) - text.rfind('\n', at) - 1);
  EXPECT_EQ(line,
            "    900.000     112      59    │    │    ●    │    │   desc_writeback     @1010 64 B st 03         "
            "SDM 3.2.5 descriptor write-back");
  EXPECT_NE(text.find("  -1000.000    -125     -66"), std::string::npos) << text;  // the fetch came before the frame
  EXPECT_NE(text.find("Its own interrupt: INTA# asserted 1100.000 ns after its first byte."), std::string::npos);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(print_journey(journeys_of(one_frame())[0], {.colour = true}).find('\x1b'), std::string::npos);
}

TEST(journey, arrows_lead_from_lane_to_lane) {
  const std::string text = print_journey(journeys_of(one_frame())[0], {});
  EXPECT_NE(text.find("  ╰───▶●    │    │    │  "), std::string::npos) << text;  // wire to FIFO
  EXPECT_NE(text.find("  ●◀────────╯    │    │  "), std::string::npos) << text;  // bus to wire
}

TEST(journey, clocks_round_down_below_zero) {
  EXPECT_EQ(whole_clocks(-1, {125'000'000, 1}), -1);
  EXPECT_EQ(whole_clocks(-8000, {125'000'000, 1}), -1);
  EXPECT_EQ(whole_clocks(7999, {125'000'000, 1}), 0);
  EXPECT_EQ(whole_clocks(30'000, {100'000'000, 3}), 1);  // 33.3 MHz: 30 ns exactly
  EXPECT_EQ(exact_ns(-1'500), "-1.500");
  EXPECT_EQ(exact_ns(1'234'567), "1234.567");
}

TEST(journey, causes_have_names) {
  EXPECT_EQ(cause_names(0x80), "RXT0");
  EXPECT_EQ(cause_names(0x90), "RXDMT0 RXT0");
  EXPECT_EQ(cause_names(0), "0");
}

TEST(journey, of_a_frame_made_by_software_begins_there) {
  story s = one_frame();
  s.make(made_id(1), 3700 * ns, cause_kind::frame, 1).link(derived_id(1), 4 * us, link_kind::clone, made_id(1));
  s.at(6 * us, stage::tx_complete, made_id(1), 64).link(derived_id(2), 7 * us, link_kind::copy, 1);
  const auto all = journeys_of(s, {made_id(1), derived_id(1), derived_id(2), made_id(7)}, false);
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all[0].frame, derived_id(1));
  EXPECT_EQ(all[0].fate, journey::end::in_flight);
  EXPECT_EQ(all[2].frame, made_id(1));
  EXPECT_EQ(all[2].fate, journey::end::transmitted);
  EXPECT_EQ(stages_of(all[2]), (std::vector<stage>{stage::frame_made, stage::tx_complete}));
  const std::string text = print_journey(all[2], {});
  EXPECT_NE(text.find("Journey of frame made 1: 64 bytes with FCS, came to be at 3700.000 ns, sent\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("because of frame 1"), std::string::npos) << text;
  EXPECT_EQ(text.find("The driver"), std::string::npos) << text;
  EXPECT_NE(print_journey(all[0], {}).find("frame derived 1: came to be at 4000.000 ns, in flight"), std::string::npos);
  EXPECT_NE(print_journey(all[0], {}).find("clone of made 1"), std::string::npos);
  EXPECT_NE(print_journey(all[1], {}).find("copy of 1"), std::string::npos);
  EXPECT_EQ(print_journey(all[3], {}), "Frame made 7 never came to be.\n");
}

// Polls and interrupts are other frames'.
TEST(journey, over_the_loopback_has_no_interrupt) {
  story s;
  s.make(made_id(1), 1 * us, cause_kind::task).interrupt(2100 * ns).deliver(made_id(1), 3200 * ns, 5 * us);
  const auto all = journeys_of(s.end_poll(4 * us), {made_id(1)}, false);
  EXPECT_EQ(all[0].fate, journey::end::delivered);
  const auto stages = stages_of(all[0]);
  EXPECT_EQ(std::count(stages.begin(), stages.end(), stage::napi_poll), 0);
  EXPECT_EQ(std::count(stages.begin(), stages.end(), stage::napi_complete), 0);
  EXPECT_EQ(stages.back(), stage::app_read);
}

// The journey shown when nobody asks for one is that of a frame which came in.
TEST(journey, first_delivered_came_in_by_a_wire) {
  story s = one_frame();
  s.make(made_id(1), 0, cause_kind::task).deliver(made_id(1), 100 * ns, 800 * ns);
  const auto all = journeys_of(s, {made_id(1)});
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].frame, 1U);
  EXPECT_EQ(all[0].fate, journey::end::delivered);
  EXPECT_EQ(all[1].frame, made_id(1));
}

TEST(journey, tells_where_a_frame_was_merged) {
  const auto all = journeys_of(
      story().arrive(1, 1 * us, 64).arrive(2, 3 * us, 64).link(2, 9 * us, link_kind::merged_into, 1), {2}, false);
  EXPECT_EQ(all[0].fate, journey::end::merged);
  EXPECT_NE(print_journey(all[0], {}).find("merged into another frame"), std::string::npos);
  EXPECT_NE(print_journey(all[0], {}).find("merged into 1"), std::string::npos);
}

TEST(step_detail, tells_causes_and_links) {
  const auto detail = [](stage what, std::uint64_t a, std::uint64_t b) {
    return step_detail({.a = a, .b = b, .what = what});
  };
  EXPECT_EQ(detail(stage::frame_made, 3, 0), "because of frame 3");
  EXPECT_EQ(detail(stage::frame_made, 0, 1), "by a timer");
  EXPECT_EQ(detail(stage::frame_made, 0, 2), "by a task");
  EXPECT_EQ(detail(stage::frame_made, 0, 3), "cause 3");
  EXPECT_EQ(detail(stage::skb_link, made_id(3), 2), "segment of made 3");
  EXPECT_EQ(detail(stage::skb_link, 3, 3), "retransmission of 3");
  EXPECT_EQ(detail(stage::skb_link, 3, 5), "link 5 to 3");
  EXPECT_EQ(detail(stage::tx_complete, 64, 0), "64 B");
}

// ---- frames that are sent ----

story sent_frame() {
  story s;
  s.make(made_id(1), 1 * us, cause_kind::task);
  s.at(2 * us, stage::tx_socket, made_id(1), 7, 100).at(3 * us, stage::tx_driver, made_id(1), 142, 1);
  s.at(3100 * ns, stage::tdt_write, 0, 0, 0, 1);  // another CPU's
  s.at(3200 * ns, stage::tdt_write, 0, 5).at(3300 * ns, stage::tdt_write, 0, 6);
  s.at(4 * us, stage::tx_desc_fetch, 0, 0x2040, 32).at(5 * us, stage::tx_dma_start, made_id(1), 0x8000, 142);
  s.at(6 * us, stage::tx_dma_done, made_id(1), 0x808E).at(7 * us, stage::tx_fifo_commit, made_id(1), 142);
  s.at(8 * us, stage::tx_wire_sof, made_id(1)).at(9 * us, stage::tx_wire_eof, made_id(1), 146);
  s.at(10 * us, stage::tx_desc_writeback, made_id(1), 0x2050, 1ULL << 32);
  s.at(11 * us, stage::tx_dd_visible, made_id(1), 0x2050, 1ULL << 32);
  return s;
}

TEST(journey, of_a_sent_frame_goes_from_the_socket_to_its_completion) {
  const auto all = journeys_of(sent_frame()
                                   .at(11500 * ns, stage::cause_set, 0, 1)
                                   .interrupt(12 * us)
                                   .at(14 * us, stage::tx_complete, made_id(1), 146),
                               {made_id(1)}, false);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].fate, journey::end::transmitted);
  EXPECT_EQ(all[0].bytes, 146U);
  EXPECT_EQ(
      stages_of(all[0]),
      (std::vector<stage>{stage::frame_made,    stage::tx_socket,     stage::tx_driver,         stage::tdt_write,
                          stage::tx_desc_fetch, stage::tx_dma_start,  stage::tx_dma_done,       stage::tx_fifo_commit,
                          stage::tx_wire_sof,   stage::tx_wire_eof,   stage::tx_desc_writeback, stage::tx_dd_visible,
                          stage::cause_set,     stage::intx_assert,   stage::hardirq_enter,     stage::icr_read,
                          stage::imc_write,     stage::napi_schedule, stage::hardirq_exit,      stage::softirq_enter,
                          stage::napi_poll,     stage::tx_complete}));
  const std::string text = print_journey(all[0], {});
  EXPECT_NE(text.find("TDT = 5"), std::string::npos) << text;
  EXPECT_EQ(text.find("TDT = 6"), std::string::npos) << text;
  EXPECT_NE(text.find("@2040 2 descriptors"), std::string::npos) << text;
}

TEST(journey, of_a_sent_frame_that_a_poll_found_shows_the_poll_alone) {
  const auto all = journeys_of(sent_frame()
                                   .at(12 * us, stage::cause_set, 0, 1)
                                   .at(12500 * ns, stage::napi_poll, 0, 300)
                                   .at(13 * us, stage::tx_complete, made_id(1), 146),
                               {made_id(1)}, false);
  ASSERT_EQ(all.size(), 1U);
  const auto stages = stages_of(all[0]);
  EXPECT_EQ(std::count(stages.begin(), stages.end(), stage::napi_poll), 1);
  EXPECT_EQ(std::count(stages.begin(), stages.end(), stage::cause_set), 0);
}

TEST(frame_name, names_and_ids_are_the_same_thing) {
  for (const frame_id id : {frame_id{7}, make_frame_id(frame_kind::received, 3, 5), made_id(1), derived_id(9),
                            make_frame_id(frame_kind::derived, segment_counters, 4)})
    EXPECT_EQ(frame_by_name(frame_name(id)), id) << frame_name(id);
  EXPECT_EQ(frame_by_name("made:12"), made_id(12));
  for (const char* wrong : {"", "0", "made", "made 0", "made:1.", "made:99999.1", "derived-3", "3x", "-1", "made:x"})
    EXPECT_EQ(frame_by_name(wrong), std::nullopt) << wrong;
}

}  // namespace
}  // namespace ringside::platform

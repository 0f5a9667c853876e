// SPDX-License-Identifier: Apache-2.0
// The application as ping: what it sends, what it counts, how long it waits (iputils' ping).
#include <gtest/gtest.h>

#include <cmath>

#include "sw/stack/app.h"
#include "tests/sw/stack/send_bench.h"

namespace ringside::test {
namespace app_ping_tests {
namespace {

class pinging : public send_bench {
 protected:
  pinging() { know_peer(); }
  void start(std::uint32_t destination, std::uint64_t count, sim_time interval) {
    stack::app_config settings;
    settings.kind = stack::app_kind::ping;
    settings.destination = destination;
    settings.datagram_bytes = {56};
    settings.datagrams = count;
    settings.interval = interval;
    application = std::make_unique<stack::app>(net, settings);
    host.run_task([this] { ASSERT_TRUE(application->start()); });
  }
  void TearDown() override {
    host.run_task([this] { application->stop(); });
    host.run_for(1 * ms);
    complete();
    application.reset();
    send_bench::TearDown();
  }
  /// The peer's answer to a request that left.
  static bytes answer(const bytes& request) {
    bytes m = part(request, 34);
    m[0] = 0;
    put16(m, 2, 0);
    put16(m, 2, slow_checksum(m));
    return ethernet_frame(0x0800, ipv4_packet(1, m));
  }
  const stack::ping_statistics& result() const { return application->ping(); }
  std::unique_ptr<stack::app> application;
};

// (A task of the bench, as one that feeds a frame, takes a millisecond.)
TEST_F(pinging, requests_leave_at_their_pace) {
  start(other_address, 3, 20 * ms);
  EXPECT_TRUE(application->sending());
  for (int i = 0; i < 3; ++i) {
    host.run_for(5 * ms);
    ASSERT_EQ(left.size(), i + 1U);
    const bytes request = left.back().data;
    expect_ipv4(request, {.protocol = 1, .length = 84});
    EXPECT_EQ(request[34], 8);
    EXPECT_EQ(at16(request, 40), i + 1) << "sequence";
    EXPECT_EQ(slow_checksum(part(request, 34)), 0);
    feed(answer(request));
    host.run_for(14 * ms);
  }
  host.run_for(20 * ms);
  EXPECT_FALSE(application->sending());
  EXPECT_EQ(result().transmitted, 3U);
  EXPECT_EQ(result().received, 3U);
  for (std::size_t k = 1; k < 3; ++k) {
    EXPECT_GE(left[k].time - left[k - 1].time, 20 * ms - 60 * us);  // a timeout's slack is 50 us
    EXPECT_LE(left[k].time - left[k - 1].time, 20 * ms + 60 * us);
  }
}

// Round trips end when the answer came to the stack (SO_TIMESTAMP): here 500 us after the request left, about.
TEST_F(pinging, round_trips_are_measured) {
  start(other_address, 2, 4 * ms);
  host.run_for(500 * us);
  const sim_time first = left[0].time;
  const sim_time first_came = host.now();
  feed(answer(left[0].data));
  host.run_for(4 * ms);
  ASSERT_EQ(left.size(), 2U);
  const sim_time second_one = left[1].time;
  const sim_time second_came = host.now();
  feed(answer(left[1].data));
  host.run_for(1 * ms);
  EXPECT_FALSE(application->sending());
  const sim_time slack = 20 * us;  // of the call that sends, and of what comes in
  EXPECT_GE(result().minimum, std::min(first_came - first, second_came - second_one));
  EXPECT_LE(result().minimum, std::min(first_came - first, second_came - second_one) + slack);
  EXPECT_GE(result().maximum, std::max(first_came - first, second_came - second_one));
  EXPECT_LE(result().maximum, std::max(first_came - first, second_came - second_one) + slack);
  EXPECT_NEAR(result().mean_ns, static_cast<double>(result().minimum + result().maximum) / 2 / ns, 1.0);
  EXPECT_NEAR(std::sqrt(result().squares / 2), static_cast<double>(result().maximum - result().minimum) / 2 / ns, 1.0);
}

// Ten seconds for who has never answered; twice the longest round trip, or an interval, for who has.
TEST_F(pinging, waits_for_the_last_ones) {
  start(other_address, 2, 1 * ms);
  host.run_for(9 * second);
  EXPECT_TRUE(application->sending());
  host.run_for(1100 * ms);
  EXPECT_FALSE(application->sending());
  EXPECT_EQ(result().transmitted, 2U);
  EXPECT_EQ(result().received, 0U);
}

TEST_F(pinging, gives_up_sooner_when_some_answered) {
  start(other_address, 2, 1 * ms);
  host.run_for(500 * us);
  feed(answer(left[0].data));
  host.run_for(10 * ms);
  EXPECT_FALSE(application->sending());
  EXPECT_EQ(result().received, 1U);
}

TEST_F(pinging, duplicates_and_errors_are_counted_apart) {
  start(other_address, 3, 1 * ms);
  host.run_for(500 * us);
  feed(answer(left[0].data));
  feed(answer(left[0].data));
  host.run_for(1 * ms);
  bytes m{3, 1, 0, 0, 0, 0, 0, 0};
  const bytes about = part(left[1].data, 14, 28);
  m.insert(m.end(), about.begin(), about.end());
  put16(m, 2, slow_checksum(m));
  feed(ethernet_frame(0x0800, ipv4_packet(1, m)));
  host.run_for(10 * ms);
  EXPECT_EQ(result().received, 1U);
  EXPECT_EQ(result().duplicates, 1U);
  EXPECT_EQ(result().errors, 1U);
}

// Interval 0: the next one at the answer, or ten milliseconds after the last.
TEST_F(pinging, floods) {
  start(other_address, 3, 0);
  host.run_for(1 * ms);
  ASSERT_EQ(left.size(), 1U);
  const sim_time fed_from = host.now();
  feed(answer(left[0].data));
  ASSERT_GE(left.size(), 2U);
  EXPECT_GE(left[1].time, fed_from);
  EXPECT_LT(left[1].time, fed_from + 1 * ms) << "at the answer";
  host.run_for(20 * ms);
  ASSERT_EQ(left.size(), 3U);
  EXPECT_GE(left[2].time - left[1].time, 10 * ms);
  EXPECT_LT(left[2].time - left[1].time, 10 * ms + 100 * us);
}

TEST_F(pinging, the_host_answers_itself) {
  start(own_address, 4, 1 * ms);
  host.run_for(20 * ms);
  EXPECT_FALSE(application->sending());
  EXPECT_EQ(result().received, 4U);
  EXPECT_TRUE(left.empty()) << "by the loopback device";
}

}  // namespace
}  // namespace app_ping_tests
}  // namespace ringside::test

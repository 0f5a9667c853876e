// SPDX-License-Identifier: Apache-2.0
// Applications that send: an echo, and a sender at its pace.
#include "sw/stack/app.h"

#include <gtest/gtest.h>

#include "tests/sw/stack/send_bench.h"

namespace ringside::test {
namespace app_tests {
namespace {

class programs : public send_bench {
 protected:
  programs() { know_peer(); }
  void start(const stack::app_config& settings) {
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
  std::unique_ptr<stack::app> application;
};

// RFC 862: each datagram goes back to who sent it, caused by it.
TEST_F(programs, an_echo_answers) {
  for (const stack::app_wait wait : {stack::app_wait::recv, stack::app_wait::poll, stack::app_wait::epoll_edge}) {
    stack::app_config settings;
    settings.kind = stack::app_kind::echo;
    settings.ports = {5000};
    settings.wait = wait;
    start(settings);
    left.clear();
    feed(udp_frame(pattern(30, 7)));
    feed(udp_frame(pattern(700, 8)));
    host.run_for(1 * ms);
    ASSERT_EQ(left.size(), 2U);
    expect_ipv4(left[0].data, {.length = 58});
    EXPECT_EQ(at16(left[0].data, 34), 5000);
    EXPECT_EQ(at16(left[0].data, 36), 4000);
    EXPECT_EQ(part(left[0].data, 42), pattern(30, 7));
    EXPECT_EQ(part(left[1].data, 42), pattern(700, 8));
    const event made = host.of(stage::frame_made).back();
    EXPECT_EQ(made.a, fed);
    EXPECT_EQ(made.b, static_cast<std::uint64_t>(cause_kind::frame));
    EXPECT_EQ(application->sent(), 2U);
    host.run_task([this] { application->stop(); });
    host.run_for(1 * ms);
  }
}

TEST_F(programs, a_sender_keeps_its_pace) {
  stack::app_config settings;
  settings.kind = stack::app_kind::sender;
  settings.destination = other_address;
  settings.destination_port = 4000;
  settings.datagram_bytes = {100};
  settings.datagrams = 5;
  settings.interval = 2 * ms;
  start(settings);
  EXPECT_TRUE(application->sending());
  host.run_for(20 * ms);
  ASSERT_EQ(left.size(), 5U);
  for (std::size_t k = 1; k < 5; ++k) {
    EXPECT_GE(left[k].time - left[k - 1].time, 2 * ms - 20 * us);
    EXPECT_LE(left[k].time - left[k - 1].time, 2 * ms + 20 * us);
    EXPECT_EQ(left[k].data[42], k);
    EXPECT_EQ(left[k].data[43], k + 1);
  }
  EXPECT_FALSE(application->sending());
  EXPECT_EQ(application->sent(), 5U);
}

}  // namespace
}  // namespace app_tests
}  // namespace ringside::test

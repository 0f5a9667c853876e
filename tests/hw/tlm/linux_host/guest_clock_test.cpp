// SPDX-License-Identifier: Apache-2.0
// The time-travel protocol from the kernel's side: messages as arch/um/kernel/time.c sends them, and the rules of time.
#include "hw/tlm/linux_host/guest_clock.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <thread>

#include "hw/tlm/linux_host/guest_error.h"
#include "hw/tlm/linux_host/unix_socket.h"

namespace ringside::tlm {
namespace {

enum : std::uint32_t { tt_ack, tt_start, tt_request, tt_wait, tt_get, tt_update, tt_run, tt_free_until, tt_get_tod };

struct tt_message {
  std::uint32_t op, seq;
  std::uint64_t time;
};

class clock_of_a_guest : public testing::Test {
 protected:
  clock_of_a_guest() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
    kernel_ = file_descriptor(ends[0]);
    clock_.connect(file_descriptor(ends[1]));
  }
  /// What the kernel gets for a message at simulated time `now`.
  tt_message ask(std::uint32_t op, std::uint64_t time, sim_time now) {
    send_all(kernel_.get(), bytes_of(tt_message{op, ++seq_, time}));
    clock_.serve(now);
    tt_message answer{};
    receive_all(kernel_.get(), bytes_of(answer));
    EXPECT_EQ(answer.op, tt_ack);
    EXPECT_EQ(answer.seq, seq_);
    return answer;
  }
  /// The time that RUN carries; the kernel acknowledges it.
  std::uint64_t run() {
    tt_message got{};
    std::thread kernel([&] {
      receive_all(kernel_.get(), bytes_of(got));
      send_all(kernel_.get(), bytes_of(tt_message{tt_ack, got.seq, 0}));
    });
    clock_.run();
    kernel.join();
    EXPECT_EQ(got.op, tt_run);
    return got.time;
  }

  file_descriptor kernel_;
  guest_clock clock_{1000};
  std::uint32_t seq_ = 40;
};

TEST_F(clock_of_a_guest, runs_until_it_waits_and_then_at_the_time_it_asked_for) {
  ask(tt_start, 0, 0);
  EXPECT_FALSE(clock_.waiting());
  ask(tt_request, 700, 0);
  ask(tt_request, 500, 0);
  EXPECT_FALSE(clock_.waiting());
  ask(tt_wait, ~0ULL, 0);
  EXPECT_TRUE(clock_.waiting());
  EXPECT_EQ(clock_.wanted(), 500 * ns);
  EXPECT_EQ(run(), 500U);
  EXPECT_FALSE(clock_.waiting());
  EXPECT_EQ(clock_.shows(), 500 * ns);
}

TEST_F(clock_of_a_guest, tells_simulated_time_in_whole_nanoseconds) {
  EXPECT_EQ(ask(tt_get, ~0ULL, 12'345'999).time, 12'345U);
  EXPECT_EQ(ask(tt_get_tod, ~0ULL, 12'345'999).time, 13'345U);
}

// Rule: never past what it asked for, though the bus has taken simulated time further.
TEST_F(clock_of_a_guest, does_not_pass_what_it_asked_for) {
  ask(tt_request, 500, 0);
  ask(tt_wait, ~0ULL, 0);
  EXPECT_EQ(ask(tt_get, ~0ULL, 900 * ns).time, 500U);
  EXPECT_EQ(run(), 500U);
}

TEST_F(clock_of_a_guest, an_interrupt_while_it_waits_comes_at_simulated_time) {
  ask(tt_request, 5000, 0);
  ask(tt_wait, ~0ULL, 0);
  EXPECT_EQ(ask(tt_get, ~0ULL, 900 * ns).time, 900U);
  ask(tt_request, 900, 900 * ns);
  EXPECT_EQ(clock_.wanted(), 900 * ns);
  EXPECT_EQ(run(), 900U);
}

TEST_F(clock_of_a_guest, does_not_go_back) {
  ask(tt_request, 5000, 0);
  ask(tt_update, 800, 0);
  EXPECT_EQ(ask(tt_get, ~0ULL, 100 * ns).time, 800U);
}

TEST_F(clock_of_a_guest, sleeps_for_ever_when_it_asks_for_the_end_of_time) {
  ask(tt_request, (1ULL << 63) - 1, 0);
  EXPECT_EQ(clock_.wanted(), time_never);
}

TEST_F(clock_of_a_guest, what_breaks_the_protocol_is_refused) {
  EXPECT_THROW(clock_.run(), guest_error);
  send_all(kernel_.get(), bytes_of(tt_message{tt_wait, 1, 0}));
  EXPECT_THROW(clock_.serve(0), guest_error);  // without a request
  send_all(kernel_.get(), bytes_of(tt_message{tt_free_until, 2, 0}));
  EXPECT_THROW(clock_.serve(0), guest_error);
  kernel_.reset();
  EXPECT_THROW(clock_.serve(0), guest_gone);
}

}  // namespace
}  // namespace ringside::tlm

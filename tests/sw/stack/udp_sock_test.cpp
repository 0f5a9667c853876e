// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/udp_sock.h"

#include "sw/stack/app.h"
#include "tests/sw/stack/program_bench.h"

namespace ringside::test {
namespace {

class socket : public program_bench {};

TEST_F(socket, receive_without_wait_returns_at_once) {
  udp_user s(net, 1);
  ASSERT_TRUE(s.bind(0, 5000));
  host.run_task([&] {
    std::array<std::byte, 100> buffer{};
    EXPECT_EQ(s.receive(buffer, false).status, recv_status::would_block);
  });
  EXPECT_EQ(host.count(stage::app_read), 0U);
}

TEST_F(socket, blocking_receive_sleeps_until_data_comes) {
  udp_user s(net, 1);
  ASSERT_TRUE(s.bind(0, 5000));
  const bytes payload = pattern(40, 9);
  const sim_time arrival = host.now() + 5 * ms;
  feed_at(arrival, udp_frame(payload));
  host.run_task([&] {
    std::array<std::byte, 100> buffer{};
    const recv_result r = s.receive(buffer, true);
    EXPECT_EQ(r.status, recv_status::ok);
    EXPECT_EQ(r.length, 40U);
    EXPECT_EQ(r.source, 0xC0A80001U);
    EXPECT_EQ(r.source_port, 4000);
    EXPECT_GE(host.now(), arrival);
    EXPECT_EQ(std::memcmp(buffer.data(), payload.data(), 40), 0);
  });
  EXPECT_EQ(host.count(stage::task_wake), 1U);
  EXPECT_EQ(host.count(stage::app_read), 1U);
  EXPECT_EQ(host.of(stage::app_read).front().frame, 1U);
}

TEST_F(socket, a_small_buffer_truncates_and_says_so) {
  udp_user s(net, 1);
  ASSERT_TRUE(s.bind(0, 5000));
  feed(udp_frame(pattern(40, 9)));
  host.run_task([&] {
    std::array<std::byte, 10> buffer{};
    const recv_result r = s.receive(buffer, true);
    EXPECT_EQ(r.copied, 10U);
    EXPECT_EQ(r.length, 40U);
  });
}

TEST_F(socket, the_receive_buffer_limit_counts_truesize) {
  udp_user s(net, 1);
  ASSERT_TRUE(s.bind(0, 5000));
  s.set_rcvbuf(4000);
  for (int i = 0; i < 10; ++i) feed(udp_frame(pattern(10, 9)));
  // A small packet counts 1280.  Accepted while what is queued is not above 4000: 0, 1280, 2560, 3840 -> four packets.
  EXPECT_EQ(s.queued(), 4U);
  EXPECT_EQ(s.rmem_alloc(), 4U * 1280U);
  EXPECT_EQ(s.drops(), 6U);
  EXPECT_EQ(dropped(drop_reason::socket_rcvbuf), 6U);
  host.run_task([&] {
    std::array<std::byte, 100> buffer{};
    while (s.receive(buffer, false).status == recv_status::ok) {
    }
  });
  EXPECT_EQ(s.rmem_alloc(), 0U);
  feed(udp_frame(pattern(10, 9)));
  EXPECT_EQ(s.queued(), 1U);
}

// The default receive buffer of 212,992 bytes: 166 packets of 1280 bytes leave room, 166.4 would fill it, so the 167th
// is the last; of 2176 bytes the 98th is (__udp_enqueue_schedule_skb: refused when more is queued already).
TEST_F(socket, as_many_packets_fit_as_in_linux) {
  for (const auto& [payload, fit] : {std::pair<std::size_t, std::uint64_t>{22, 167}, {1472, 98}}) {
    udp_user s(net, 1);
    ASSERT_TRUE(s.bind(0, 5000));
    for (int i = 0; i < 200; ++i) {
      const bytes frame = udp_frame(pattern(payload, 9));
      if (payload < 100) {
        feed(frame);  // copied
        continue;
      }
      const std::size_t size = stack::skb_allocator::buffer_bytes(1522);
      stack::skb_ptr skb = net.skbs().build_skb(os.memory().alloc(size), size);
      std::memcpy(skb->put(frame.size()), frame.data(), frame.size());
      feed(std::move(skb));
    }
    EXPECT_EQ(s.queued(), fit);
    EXPECT_EQ(s.drops(), 200 - fit);
  }
}

// udp_rmem_release: memory comes back when a quarter of the buffer has been read or the queue is empty.
TEST_F(socket, receive_memory_comes_back_in_portions) {
  udp_user s(net, 1);
  ASSERT_TRUE(s.bind(0, 5000));
  s.set_rcvbuf(20'000);
  for (int i = 0; i < 12; ++i) feed(udp_frame(pattern(10, 9)));
  std::vector<std::size_t> charged;
  host.run_task([&] {
    std::array<std::byte, 100> buffer{};
    for (int i = 0; i < 12; ++i) {
      EXPECT_EQ(s.receive(buffer, false).status, recv_status::ok);
      charged.push_back(s.rmem_alloc() / 1280);
    }
  });
  // A quarter is 5000: four packets of 1280 at a time.
  EXPECT_EQ(charged, (std::vector<std::size_t>{12, 12, 12, 8, 8, 8, 8, 4, 4, 4, 4, 0}));
}

// __udp_enqueue_schedule_skb: above half of the buffer a packet of pages whose bytes fit its head gives the pages back.
TEST_F(socket, a_nearly_full_buffer_condenses) {
  udp_user s(net, 1);
  ASSERT_TRUE(s.bind(0, 5000));
  s.set_rcvbuf(20'000);
  for (int i = 0; i < 4; ++i) feed(fragmented(udp_frame(pattern(300, 9)), 42, 500));
  EXPECT_EQ(s.rmem_alloc(), 2 * (1280U + 4096U) + 2 * 1280U);
  host.run_task([&] {
    std::array<std::byte, 400> buffer{};
    for (int i = 0; i < 4; ++i) EXPECT_EQ(s.receive(buffer, false).length, 300U);
  });
  EXPECT_EQ(s.rmem_alloc(), 0U);
}

TEST_F(socket, close_wakes_a_blocked_reader_and_frees_the_queue) {
  auto s = std::make_unique<udp_user>(net, 1);
  ASSERT_TRUE(s->bind(0, 5000));
  bool returned = false;
  host.spawn(0, "reader", [&] {
    std::array<std::byte, 100> buffer{};
    EXPECT_EQ(s->receive(buffer, true).status, recv_status::closed);
    returned = true;
  });
  host.run_for(1 * ms);
  EXPECT_FALSE(returned);
  s->close();
  host.run_for(1 * ms);
  EXPECT_TRUE(returned);
  udp_user other(net, 2);
  ASSERT_TRUE(other.bind(0, 5000));
  feed(udp_frame(pattern(10, 9)));
  other.close();
  EXPECT_EQ(net.skbs().live(), 0U);
}

class application : public socket, public testing::WithParamInterface<stack::app_wait> {};

TEST_P(application, reads_every_datagram_in_order) {
  stack::app::config settings;
  settings.ports = {5000};
  settings.wait = GetParam();
  stack::app app(net, settings);
  std::vector<frame_id> frames;
  std::vector<bytes> payloads;
  app.set_sink([&](const stack::receive_message& r, std::span<const std::byte> data) {
    frames.push_back(r.frame);
    bytes copy(data.size());
    std::memcpy(copy.data(), data.data(), data.size());
    payloads.push_back(std::move(copy));
  });
  ASSERT_TRUE(app.start());
  std::vector<bytes> sent;
  for (int i = 0; i < 50; ++i) {
    sent.push_back(pattern(20 + static_cast<std::size_t>(i), static_cast<std::uint8_t>(i)));
    feed_at(host.now() + 1 * ms + i / 7 * 10 * us, udp_frame(sent.back()));  // bursts of seven
  }
  host.run_for(10 * ms);
  EXPECT_TRUE(payloads == sent);
  for (std::size_t i = 0; i < frames.size(); ++i) EXPECT_EQ(frames[i], i + 1);
  EXPECT_EQ(app.reads(), 50U);
  EXPECT_EQ(host.count(stage::app_read), 50U);
  app.stop();
  host.run_for(1 * ms);
  EXPECT_TRUE(app.finished());
}

std::string wait_name(const testing::TestParamInfo<stack::app_wait>& which) {
  constexpr auto names =
      std::to_array<const char*>({"recv", "select", "poll", "epoll_level", "epoll_edge", "epoll_oneshot"});
  return names.at(static_cast<std::size_t>(which.param));
}
INSTANTIATE_TEST_SUITE_P(every_wait, application,
                         testing::Values(stack::app_wait::recv, stack::app_wait::select, stack::app_wait::poll,
                                         stack::app_wait::epoll_level, stack::app_wait::epoll_edge,
                                         stack::app_wait::epoll_oneshot),
                         wait_name);

TEST_F(socket, journey_stages_come_in_order) {
  stack::app::config settings;
  settings.ports = {5000};
  settings.wait = stack::app_wait::poll;
  stack::app app(net, settings);
  ASSERT_TRUE(app.start());
  host.run_for(1 * ms);
  host.events.clear();
  feed(udp_frame(pattern(10, 1)));
  host.run_for(1 * ms);
  EXPECT_EQ(stages(), (std::vector<stage>{stage::netif_receive_skb, stage::ip_rcv, stage::udp_rcv,
                                          stage::socket_enqueue, stage::task_wake, stage::app_read}));
  for (const event& e : host.events) EXPECT_EQ(e.frame, 1U);
  app.stop();
  host.run_for(1 * ms);
}

}  // namespace
}  // namespace ringside::test

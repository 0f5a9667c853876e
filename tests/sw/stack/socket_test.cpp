// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/socket.h"

#include "sw/stack/app.h"
#include "sw/stack/poll.h"
#include "tests/sw/stack/stack_bench.h"

namespace ringside::test {
namespace {

class socket : public stack_bench {
 protected:
  void feed_at(sim_time when, const bytes& frame) {
    // Arrives through the backlog from an interrupt-like event.
    host.at(when, [this, frame] {
      pending.push_back(frame);
      host.set_line(5, true);
    });
  }
  socket() {
    os.irqs().request_irq(5, "feeder", this, [this](kernel::irq_line l) {
      host.set_line(l, false);
      for (const bytes& frame : std::exchange(pending, {})) {
        stack::skb_ptr skb = packet(frame);
        skb->frame = ++fed;
        stack::eth_type_trans(*skb, dev);
        net.packets().netif_rx(std::move(skb));
      }
      return kernel::irq_return::handled;
    });
  }
  std::vector<bytes> pending;
};

TEST_F(socket, receive_without_wait_returns_at_once) {
  stack::udp_socket s(host, net.udp(), 1);
  ASSERT_TRUE(s.bind(0, 5000));
  host.run_task([&] {
    std::array<std::byte, 100> buffer{};
    EXPECT_EQ(s.receive(buffer, false).status, stack::recv_status::would_block);
  });
  EXPECT_EQ(host.count(stage::app_read), 0U);
}

TEST_F(socket, blocking_receive_sleeps_until_data_comes) {
  stack::udp_socket s(host, net.udp(), 1);
  ASSERT_TRUE(s.bind(0, 5000));
  const bytes payload = pattern(40, 9);
  const sim_time arrival = host.now() + 5 * ms;
  feed_at(arrival, udp_frame(payload));
  host.run_task([&] {
    std::array<std::byte, 100> buffer{};
    const stack::recv_result r = s.receive(buffer, true);
    EXPECT_EQ(r.status, stack::recv_status::ok);
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
  stack::udp_socket s(host, net.udp(), 1);
  ASSERT_TRUE(s.bind(0, 5000));
  feed(udp_frame(pattern(40, 9)));
  host.run_task([&] {
    std::array<std::byte, 10> buffer{};
    const stack::recv_result r = s.receive(buffer, true);
    EXPECT_EQ(r.copied, 10U);
    EXPECT_EQ(r.length, 40U);
  });
}

TEST_F(socket, the_receive_buffer_limit_counts_truesize) {
  stack::udp_socket s(host, net.udp(), 1);
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
    while (s.receive(buffer, false).status == stack::recv_status::ok) {
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
    stack::udp_socket s(host, net.udp(), 1);
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
  stack::udp_socket s(host, net.udp(), 1);
  ASSERT_TRUE(s.bind(0, 5000));
  s.set_rcvbuf(20'000);
  for (int i = 0; i < 12; ++i) feed(udp_frame(pattern(10, 9)));
  std::vector<std::size_t> charged;
  host.run_task([&] {
    std::array<std::byte, 100> buffer{};
    for (int i = 0; i < 12; ++i) {
      EXPECT_EQ(s.receive(buffer, false).status, stack::recv_status::ok);
      charged.push_back(s.rmem_alloc() / 1280);
    }
  });
  // A quarter is 5000: four packets of 1280 at a time.
  EXPECT_EQ(charged, (std::vector<std::size_t>{12, 12, 12, 8, 8, 8, 8, 4, 4, 4, 4, 0}));
}

// __udp_enqueue_schedule_skb: above half of the buffer a packet of pages whose bytes fit its head gives the pages back.
TEST_F(socket, a_nearly_full_buffer_condenses) {
  stack::udp_socket s(host, net.udp(), 1);
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
  auto s = std::make_unique<stack::udp_socket>(host, net.udp(), 1);
  ASSERT_TRUE(s->bind(0, 5000));
  bool returned = false;
  host.spawn(0, "reader", [&] {
    std::array<std::byte, 100> buffer{};
    EXPECT_EQ(s->receive(buffer, true).status, stack::recv_status::closed);
    returned = true;
  });
  host.run_for(1 * ms);
  EXPECT_FALSE(returned);
  s->close();
  host.run_for(1 * ms);
  EXPECT_TRUE(returned);
  stack::udp_socket other(host, net.udp(), 2);
  ASSERT_TRUE(other.bind(0, 5000));
  feed(udp_frame(pattern(10, 9)));
  other.close();
  EXPECT_EQ(net.skbs().live(), 0U);
}

TEST_F(socket, poll_reports_the_readable_ones) {
  std::vector<std::unique_ptr<stack::udp_socket>> sockets;
  std::vector<stack::udp_socket*> raw;
  for (std::uint16_t i = 0; i < 3; ++i) {
    sockets.push_back(std::make_unique<stack::udp_socket>(host, net.udp(), i));
    ASSERT_TRUE(sockets.back()->bind(0, static_cast<std::uint16_t>(5000 + i)));
    raw.push_back(sockets.back().get());
  }
  udp_frame_options o;
  o.destination_port = 5001;
  feed_at(host.now() + 3 * ms, udp_frame(pattern(10, 1), o));
  host.run_task([&] {
    const auto ready = stack::poll(host, raw);
    ASSERT_EQ(ready.size(), 1U);
    EXPECT_EQ(ready[0], raw[1]);
    // Level: still readable.
    EXPECT_EQ(stack::poll(host, raw).size(), 1U);
  });
}

// poll(2): the call blocks for at least the timeout, 0 returns at once.  select_estimate_accuracy: a thousandth more,
// 50 us at least; the rest is the costs of waking up.
TEST_F(socket, poll_and_epoll_give_up_after_their_time) {
  stack::udp_socket s(host, net.udp(), 1);
  ASSERT_TRUE(s.bind(0, 5000));
  const std::vector<stack::udp_socket*> raw{&s};
  host.run_task([&] {
    stack::epoll set(host);
    set.add(s, stack::trigger::level);
    const auto took = [&](auto wait) {
      const sim_time begun = host.now();
      EXPECT_TRUE(wait().empty());
      return host.now() - begun;
    };
    for (const sim_time timeout : {1 * ms, 10 * ms, 100 * ms}) {
      for (const sim_time t : {took([&] {
                                 return stack::poll(host, raw, {&os.clock(), timeout});
                               }),
                               took([&] {
                                 return set.wait(1, {&os.clock(), timeout});
                               }),
                               took([&] {
                                 return stack::select(host, raw, {&os.clock(), timeout});
                               }),
                               took([&] {
                                 return stack::poll(host, {}, {&os.clock(), timeout});
                               })}) {
        EXPECT_GE(t, timeout);
        EXPECT_LE(t, timeout + std::max(50 * us, timeout / 1000) + 10 * us);
      }
    }
    EXPECT_LT(took([&] { return stack::poll(host, raw, {nullptr, 0}); }), 100 * us);
    EXPECT_LT(took([&] { return set.wait(1, {nullptr, 0}); }), 100 * us);
  });
}

TEST_F(socket, data_ends_a_wait_before_its_time) {
  stack::udp_socket s(host, net.udp(), 1);
  ASSERT_TRUE(s.bind(0, 5000));
  const std::vector<stack::udp_socket*> raw{&s};
  const sim_time start = host.now();
  feed_at(start + 30 * ms, udp_frame(pattern(40, 9)));
  host.run_task([&] {
    EXPECT_EQ(stack::poll(host, raw, {&os.clock(), 1 * second}).size(), 1U);
    EXPECT_GE(host.now(), start + 30 * ms);
    EXPECT_LT(host.now(), start + 31 * ms);
    stack::epoll set(host);
    set.add(s, stack::trigger::edge);
    EXPECT_EQ(set.wait(1, {&os.clock(), 1 * second}).size(), 1U);
    EXPECT_TRUE(set.wait(1, {&os.clock(), 20 * ms}).empty()) << "the edge has been told";
  });
  host.run_for(2 * second);  // no alarm is left to ring
}

TEST_F(socket, epoll_level_repeats_and_edge_does_not) {
  stack::udp_socket level(host, net.udp(), 1);
  stack::udp_socket edge(host, net.udp(), 2);
  ASSERT_TRUE(level.bind(0, 5000));
  ASSERT_TRUE(edge.bind(0, 5001));
  udp_frame_options to_edge;
  to_edge.destination_port = 5001;
  feed_at(host.now() + 1 * ms, udp_frame(pattern(10, 1)));
  feed_at(host.now() + 1 * ms, udp_frame(pattern(10, 1), to_edge));
  feed_at(host.now() + 9 * ms, udp_frame(pattern(10, 1), to_edge));
  host.run_task([&] {
    stack::epoll set(host);
    set.add(level, stack::trigger::level);
    set.add(edge, stack::trigger::edge);
    os.clock().sleep_until(host.now() + 4 * ms);  // both have arrived
    EXPECT_EQ(set.wait(8), (std::vector<stack::udp_socket*>{&level, &edge}));
    EXPECT_EQ(set.wait(8), (std::vector<stack::udp_socket*>{&level}));
    std::array<std::byte, 100> buffer{};
    level.receive(buffer, false);
    // Nothing is left for level; edge tells again only when the next datagram comes, though one is still queued.
    EXPECT_EQ(set.wait(8), (std::vector<stack::udp_socket*>{&edge}));
    EXPECT_EQ(edge.queued(), 2U);
  });
}

// ep_send_events asks every listed socket again: an edge whose data are gone is none.
TEST_F(socket, epoll_does_not_report_an_edge_that_was_drained) {
  stack::udp_socket s(host, net.udp(), 1);
  ASSERT_TRUE(s.bind(0, 5000));
  const sim_time start = host.now();
  feed_at(start + 1 * ms, udp_frame(pattern(10, 1)));
  feed_at(start + 20 * ms, udp_frame(pattern(10, 1)));
  host.run_task([&] {
    stack::epoll set(host);
    set.add(s, stack::trigger::edge);
    os.clock().sleep_until(start + 2 * ms);
    std::array<std::byte, 100> buffer{};
    EXPECT_EQ(s.receive(buffer, false).status, stack::recv_status::ok);
    EXPECT_TRUE(set.wait(1, {nullptr, 0}).empty());
    EXPECT_EQ(set.wait(1).size(), 1U);
    EXPECT_GE(host.now(), start + 20 * ms) << "the first arrival was no event";
  });
}

// EPOLLONESHOT: silent after one report, also for what comes later, until EPOLL_CTL_MOD.
TEST_F(socket, epoll_oneshot_is_silent_until_modified) {
  stack::udp_socket s(host, net.udp(), 1);
  ASSERT_TRUE(s.bind(0, 5000));
  const sim_time start = host.now();
  for (int i = 1; i <= 3; ++i) feed_at(start + i * 10 * ms, udp_frame(pattern(10, 1)));
  host.run_task([&] {
    stack::epoll set(host);
    const stack::epoll_interest once{stack::trigger::level, true};
    set.add(s, once);
    EXPECT_EQ(set.wait(1).size(), 1U);
    EXPECT_LT(host.now(), start + 11 * ms);
    EXPECT_TRUE(set.wait(1, {&os.clock(), 15 * ms}).empty()) << "readable, and another came";
    EXPECT_EQ(s.queued(), 2U);
    set.modify(s, once);
    EXPECT_EQ(set.wait(1, {nullptr, 0}).size(), 1U) << "looked at by the change";
    std::array<std::byte, 100> buffer{};
    while (s.receive(buffer, false).status == stack::recv_status::ok) {
    }
    set.modify(s, once);
    EXPECT_TRUE(set.wait(1, {nullptr, 0}).empty());
    EXPECT_EQ(set.wait(1).size(), 1U);
    EXPECT_GE(host.now(), start + 30 * ms);
  });
}

// list_splice, list_add_tail: who was not looked at stays in front of a level that is told again.
TEST_F(socket, epoll_serves_all_in_turn) {
  std::vector<std::unique_ptr<stack::udp_socket>> sockets;
  std::vector<std::uint64_t> order;
  for (std::uint16_t i = 0; i < 3; ++i) {
    sockets.push_back(std::make_unique<stack::udp_socket>(host, net.udp(), i));
    ASSERT_TRUE(sockets.back()->bind(0, static_cast<std::uint16_t>(5000 + i)));
  }
  for (const int i : {2, 0, 1}) {
    udp_frame_options o;
    o.destination_port = static_cast<std::uint16_t>(5000 + i);
    feed_at(host.now() + (1 + i) * ms, udp_frame(pattern(10, 1), o));
  }
  host.run_task([&] {
    stack::epoll set(host);
    for (const auto& s : sockets) set.add(*s, stack::trigger::level);
    os.clock().sleep_until(host.now() + 10 * ms);
    for (int i = 0; i < 7; ++i)
      for (const stack::udp_socket* s : set.wait(1)) order.push_back(s->id());
    for (const stack::udp_socket* s : set.wait(2)) order.push_back(s->id());
    for (const stack::udp_socket* s : set.wait(2)) order.push_back(s->id());
  });
  EXPECT_EQ(order, (std::vector<std::uint64_t>{0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1}));
}

TEST_F(socket, epoll_sees_what_was_there_before_it) {
  stack::udp_socket s(host, net.udp(), 1);
  ASSERT_TRUE(s.bind(0, 5000));
  feed(udp_frame(pattern(10, 1)));
  host.run_task([&] {
    stack::epoll set(host);
    set.add(s, stack::trigger::edge);
    EXPECT_EQ(set.wait(1).size(), 1U);
    set.remove(s);
  });
}

class application : public socket, public testing::WithParamInterface<stack::app_wait> {};

TEST_P(application, reads_every_datagram_in_order) {
  stack::app::config settings;
  settings.ports = {5000};
  settings.wait = GetParam();
  stack::app app(net, settings);
  std::vector<frame_id> frames;
  std::vector<bytes> payloads;
  app.set_sink([&](const stack::recv_result& r, std::span<const std::byte> data) {
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

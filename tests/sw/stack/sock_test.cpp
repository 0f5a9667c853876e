// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/sock.h"

#include "sw/stack/socket_file.h"
#include "tests/sw/stack/program_bench.h"

namespace ringside::test {
namespace {

namespace abi = stack::abi;

/// A protocol whose packets are worked on under the socket's lock, as TCP's are.
class locked_sock final : public stack::sock {
 public:
  explicit locked_sock(const environment& around) : sock(around, {abi::sock_dgram, 253}) {}

  /// In softirq: at once, or later when a task owns the socket.
  stack::skb_ptr receive(stack::skb_ptr skb, std::size_t limit = 1U << 20) {
    if (owned_by_user()) return add_backlog(std::move(skb), limit);
    backlog_rcv(std::move(skb));
    return nullptr;
  }
  void queue_error(stack::skb_ptr skb) { sk_error_queue.push_back(std::move(skb)); }
  void take(std::size_t bytes) { charge(bytes); }
  void give(std::size_t bytes) { uncharge(bytes, 0); }
  void use_send_memory(std::size_t bytes) { sk_wmem_alloc = bytes; }
  void note_softly(int error) { sk_err_soft = error; }
  long error() { return take_error(); }

  long bind(const abi::sockaddr_in&, const stack::credentials&) override { return -EOPNOTSUPP; }
  long connect(const abi::sockaddr_in&) override { return -EOPNOTSUPP; }
  long getname(abi::sockaddr_in&) override { return -EOPNOTSUPP; }
  long recvmsg(stack::receive_message&, int) override { return -EOPNOTSUPP; }
  stack::poll_mask poll(stack::poll_table* table, bool) override {
    if (table != nullptr) table->queue(readiness());
    return writeable() ? abi::epollout : 0;
  }
  void close() override {}

  std::vector<frame_id> worked_on;
  std::function<void()> meanwhile;  // in the work on a packet
  unsigned released = 0;

 protected:
  void backlog_rcv(stack::skb_ptr skb) override {
    machine.consume(kernel::cost::udp_rcv);
    worked_on.push_back(skb->frame);
    if (meanwhile) meanwhile();
  }
  void release_cb() override {
    EXPECT_TRUE(owned_by_user());
    ++released;
  }
};

class sock_base : public program_bench {
 protected:
  stack::sock_limits limits;
  locked_sock sk{{host, os.softirq(), os.clock(), limits}};

  stack::skb_ptr numbered(frame_id id) {
    stack::skb_ptr skb = packet(bytes(60));
    skb->frame = id;
    return skb;
  }
  /// As softirq does.
  bool arrives(frame_id id, std::size_t limit = 1U << 20) { return sk.receive(numbered(id), limit) == nullptr; }
};

// release_sock: what came while a task owned the socket is worked on before it lets go, in order.
TEST_F(sock_base, packets_wait_for_the_owner) {
  host.run_task([&] {
    EXPECT_TRUE(arrives(1));
    EXPECT_EQ(sk.worked_on, (std::vector<frame_id>{1})) << "nobody owns it";
    sk.lock_sock();
    EXPECT_TRUE(sk.owned_by_user());
    EXPECT_TRUE(arrives(2));
    EXPECT_TRUE(arrives(3));
    EXPECT_EQ(sk.worked_on.size(), 1U);
    sk.meanwhile = [&] {  // it is still owned: also what comes now
      if (sk.worked_on.size() == 2) {
        EXPECT_TRUE(arrives(4));
      }
    };
    sk.release_sock();
    EXPECT_EQ(sk.worked_on, (std::vector<frame_id>{1, 2, 3, 4}));
    EXPECT_EQ(sk.released, 1U);
    EXPECT_FALSE(sk.owned_by_user());
  });
}

// sk_add_backlog: what is queued already, in the backlog and for the reader, must not be above the limit.
TEST_F(sock_base, a_backlog_has_a_limit) {
  host.run_task([&] {
    sk.lock_sock();
    const std::size_t one = numbered(0)->truesize();
    EXPECT_TRUE(arrives(1, one));
    EXPECT_TRUE(arrives(2, one)) << "not above it";
    EXPECT_FALSE(arrives(3, one));
    EXPECT_EQ(sk.drops(), 1U);
    sk.meanwhile = [&] {
      // The bytes count until the backlog is empty: a flood cannot keep the owner for ever.
      if (sk.worked_on.size() == 2) {
        EXPECT_FALSE(arrives(4, one));
      }
    };
    sk.release_sock();
    EXPECT_EQ(sk.worked_on, (std::vector<frame_id>{1, 2}));
    sk.lock_sock();
    EXPECT_TRUE(arrives(5, one));
    sk.release_sock();
  });
}

// __lock_sock: one owner, the others in the order they came; another task may run while it sleeps.
TEST_F(sock_base, owners_take_turns) {
  for (const char name : {'1', '2', '3'})
    task(name, [&] {
      sk.lock_sock();
      os.clock().msleep(10 * ms);
      EXPECT_TRUE(sk.owned_by_user());
      sk.release_sock();
    });
  host.run_for(1 * ms);
  EXPECT_EQ(log, "");
  host.run_for(1 * second);
  EXPECT_EQ(log, "123");
}

// __release_sock gives others the CPU after each sixteen packets.
TEST_F(sock_base, a_long_backlog_lets_others_run) {
  bool ran = false;
  std::size_t done_before = 0;
  host.run_task([&] {
    sk.lock_sock();
    for (frame_id id = 1; id <= 40; ++id) EXPECT_TRUE(arrives(id));
    host.spawn(0, "other", [&] {
      ran = true;
      done_before = sk.worked_on.size();
    });
    sk.release_sock();
  });
  EXPECT_TRUE(ran);
  EXPECT_EQ(done_before, 16U);
}

// Who is told what, and who is asked (sock_def_*): error reports and readers, room and writers.
TEST_F(sock_base, callbacks_wake_with_their_key_and_can_be_replaced) {
  std::vector<kernel::wake_key> keys;
  sk.readiness().add_callback(this, [&keys](frame_id, kernel::wake_key what) {
    keys.push_back(what);
    return true;
  });
  sk.data_ready(sk, 1);
  sk.write_space(sk, 0);
  sk.report_error(EIO);
  sk.state_change(sk, 0);
  EXPECT_EQ(keys,
            (std::vector<kernel::wake_key>{abi::epollin | abi::epollpri | abi::epollrdnorm | abi::epollrdband,
                                           abi::epollout | abi::epollwrnorm | abi::epollwrband, abi::epollerr, 0}));
  sk.use_send_memory(limits.wmem_default / 2);
  sk.write_space(sk, 0);
  EXPECT_EQ(keys.size(), 4U) << "half of the buffer is in use: no room to speak of";
  static unsigned told = 0;
  told = 0;
  sk.data_ready = [](stack::sock&, frame_id) { ++told; };
  sk.data_ready(sk, 1);
  EXPECT_EQ(told, 1U);
  EXPECT_EQ(keys.size(), 4U);
  sk.readiness().remove_callback(this);
}

// SO-13: the pending error is told once; the one that was only noted is told by SO_ERROR alone.
TEST_F(sock_base, errors_are_told_once) {
  sk.report_error(ECONNREFUSED);
  EXPECT_EQ(sk.error(), -ECONNREFUSED);
  EXPECT_EQ(sk.error(), 0);
  sk.note_softly(EHOSTUNREACH);
  sk.report_error(ECONNREFUSED);
  for (const int expected : {ECONNREFUSED, EHOSTUNREACH, 0}) {
    int value = -1;
    std::span<std::byte> out = std::as_writable_bytes(std::span(&value, 1));
    host.run_task([&] { EXPECT_EQ(sk.getsockopt(abi::so_error, out), 0); });
    EXPECT_EQ(value, expected);
  }
}

// sk_forward_alloc: memory is taken by the page, and whole pages go back.
TEST_F(sock_base, memory_is_charged_by_the_page) {
  sk.take(1000);
  EXPECT_EQ(sk.forward_alloc(), 3096U);
  sk.take(3000);
  EXPECT_EQ(sk.forward_alloc(), 96U);
  sk.take(96);
  EXPECT_EQ(sk.forward_alloc(), 4096U) << "all of it: another page";
  sk.give(96);
  EXPECT_EQ(sk.forward_alloc(), 96U);
  sk.give(4000);
  EXPECT_EQ(sk.forward_alloc(), 0U);
}

}  // namespace
}  // namespace ringside::test

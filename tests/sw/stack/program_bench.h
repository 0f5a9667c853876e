// SPDX-License-Identifier: Apache-2.0
// A stack with a program on it: frames come in by a backlog from an interrupt, calls are made in tasks.
#pragma once

#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sw/stack/syscalls.h"
#include "tests/sw/stack/stack_bench.h"
#include "tests/sw/stack/udp_user.h"

namespace ringside::test {

class program_bench : public stack_bench {
 protected:
  explicit program_bench(const stack::net_stack::config& settings = {}) : stack_bench(settings) {
    os.irqs().request_irq(5, "feeder", this, [this](kernel::irq_line l) {
      host.set_line(l, false);
      for (const bytes& frame : std::exchange(pending_, {})) {
        stack::skb_ptr skb = packet(frame);
        skb->frame = ++fed;
        stack::eth_type_trans(*skb, dev);
        net.packets().netif_rx(std::move(skb));
      }
      return kernel::irq_return::handled;
    });
  }
  void TearDown() override {
    for (int fd = 0; fd < 16; ++fd)
      if (stack::sock* sk = sys.sock_of(fd)) sk->close();
    stack_bench::TearDown();
  }

  void feed_at(sim_time when, const bytes& frame) {
    host.at(when, [this, frame] {
      pending_.push_back(frame);
      host.set_line(5, true);
    });
  }
  /// A datagram of ten bytes to a port.
  static bytes to_port(std::uint16_t port, std::uint8_t seed = 1, std::size_t size = 10) {
    udp_frame_options o;
    o.destination_port = port;
    return udp_frame(pattern(size, seed), o);
  }
  /// A descriptor of a socket, bound unless the port is 0.
  int udp(std::uint16_t port = 5000, int flags = 0) {
    const stack::syscalls::at_no_cost set_up(sys);
    const auto fd = static_cast<int>(sys.socket(stack::abi::af_inet, stack::abi::sock_dgram | flags, 0));
    EXPECT_GE(fd, 0);
    if (port != 0) {
      host.run_task([&] { EXPECT_EQ(sys.bind(fd, {stack::abi::af_inet, port, 0}), 0); });
    }
    return fd;
  }
  int set_of_epoll() {
    const stack::syscalls::at_no_cost set_up(sys);
    return static_cast<int>(sys.epoll_create1(0));
  }
  /// The datagram's bytes, or an error.
  long read(int fd, int flags = stack::abi::msg_dontwait) { return sys.recv(fd, into, flags); }
  /// Tasks that note their letter in `log` when what they wait for has come.
  void task(char name, std::function<void()> wait) {
    host.spawn(0, std::string(1, name), [this, name, wait = std::move(wait)] {
      wait();
      log += name;
    });
  }

  stack::syscalls sys{net};
  std::array<std::byte, 100> into{};
  std::string log;

 private:
  std::vector<bytes> pending_;
};

}  // namespace ringside::test

// SPDX-License-Identifier: Apache-2.0
// A program whose stack sends by a device that writes down what it is given, and what must have been given
// by the RFCs.
#pragma once

#include <deque>
#include <utility>
#include <vector>

#include "sw/stack/net_device_ops.h"
#include "tests/sw/stack/program_bench.h"

namespace ringside::test {

/// A packet as it left the stack.
struct left_packet {
  sim_time time;
  frame_id frame;
  bytes data;  // Ethernet header and what is behind it
  stack::checksum_state sum;
  std::size_t sum_start;  // in `data`
  std::size_t sum_offset;
  std::uint32_t priority;
  std::size_t truesize;
};

class send_bench : public program_bench {
 protected:
  explicit send_bench(const stack::net_stack::config& settings = {}) : program_bench(settings), out_(*this) {
    dev.ops = &out_;
    bring_up();
  }
  void TearDown() override {
    complete();
    host.run_task([this] { net.shut_down(); });
    for (int fd = 0; fd < 16; ++fd)
      if (sys.sock_of(fd) != nullptr) {
        EXPECT_EQ(sys.sock_of(fd)->wmem_alloc(), 0U);
      }
    program_bench::TearDown();
  }

  /// What a card that is slow gives back: everything it holds, or as many as said.
  void complete(std::size_t count = ~std::size_t{0}) {
    host.run_task([this, count] {
      os.softirq().local_bh_disable();
      for (std::size_t i = 0; i < count && !held_.empty(); ++i) {
        host.emit(stage::tx_complete, held_.front()->frame, held_.front()->len(), 0);
        held_.pop_front();
      }
      os.softirq().local_bh_enable();
    });
  }
  /// The peer's address is known from now on, for ever.
  void know_peer(std::uint32_t address = other_address) {
    host.run_task([this, address] { net.neighbours().add_permanent(dev, address, peer_mac); });
  }
  /// An ARP reply of the peer to us.
  static bytes arp_reply(std::uint32_t address = other_address) {
    return ethernet_frame(0x0806, arp_packet(2, address, own_address));
  }
  /// One system call, in a task; its result.
  template <class action>
  long call(action act) {
    long result = 0;
    host.run_task([&] { result = act(); });
    return result;
  }
  long send_to(int fd, const bytes& payload, std::uint32_t address = other_address, std::uint16_t port = 4000,
               int flags = stack::abi::msg_dontwait) {
    return call([&] {
      return sys.sendto(fd, std::as_bytes(std::span(payload)), flags, {stack::abi::af_inet, port, address});
    });
  }
  long set(int fd, int level, int name, int value) {
    return call([&] { return sys.setsockopt(fd, level, name, value); });
  }

  // ---- What is in a packet, by the RFCs
  static std::uint16_t at16(const bytes& b, std::size_t at) {
    return static_cast<std::uint16_t>(b[at] << 8 | b[at + 1]);
  }
  static std::uint32_t at32(const bytes& b, std::size_t at) {
    return static_cast<std::uint32_t>(at16(b, at)) << 16 | at16(b, at + 2);
  }
  static bytes part(const bytes& b, std::size_t from, std::size_t count = ~std::size_t{0}) {
    const auto begin = b.begin() + static_cast<std::ptrdiff_t>(from);
    return {begin, begin + static_cast<std::ptrdiff_t>(std::min(count, b.size() - from))};
  }
  /// Ethernet II to the peer or another, from us.
  static void expect_ethernet(const bytes& frame, const bytes& destination, std::uint16_t type) {
    ASSERT_GE(frame.size(), 14U);
    EXPECT_EQ(part(frame, 0, 6), destination);
    EXPECT_EQ(part(frame, 6, 6), station_address());
    EXPECT_EQ(at16(frame, 12), type);
  }
  struct ipv4_wanted {
    std::uint8_t protocol = 17;
    std::size_t length = 0;           // total
    std::uint16_t fragment = 0x4000;  // flags and offset
    std::uint8_t tos = 0;
    std::uint8_t ttl = 64;
    std::uint32_t source = own_address;
    std::uint32_t destination = other_address;
  };
  /// RFC 791 3.1, all but the identification.
  static void expect_ipv4(const bytes& frame, const ipv4_wanted& w) {
    ASSERT_GE(frame.size(), 34U);
    EXPECT_EQ(frame[14], 0x45);
    EXPECT_EQ(frame[15], w.tos);
    EXPECT_EQ(at16(frame, 16), w.length);
    EXPECT_EQ(at16(frame, 20), w.fragment);
    EXPECT_EQ(frame[22], w.ttl);
    EXPECT_EQ(frame[23], w.protocol);
    EXPECT_EQ(slow_checksum(part(frame, 14, 20)), 0);
    EXPECT_EQ(at32(frame, 26), w.source);
    EXPECT_EQ(at32(frame, 30), w.destination);
  }
  /// RFC 768's checksum over the pseudo header, header and data, seen by a receiver: 0 is right.
  static std::uint16_t udp_sum(std::uint32_t source, std::uint32_t destination, const bytes& datagram) {
    bytes all(12);
    put32(all, 0, source);
    put32(all, 4, destination);
    all[9] = 17;
    put16(all, 10, static_cast<std::uint16_t>(datagram.size()));
    all.insert(all.end(), datagram.begin(), datagram.end());
    return slow_checksum(all);
  }
  static std::uint16_t identification(const left_packet& p) { return at16(p.data, 18); }
  std::vector<sim_time> times() const {
    std::vector<sim_time> result;
    for (const left_packet& p : left) result.push_back(p.time);
    return result;
  }
  /// When a timer of the wheel that is set at `from` for `delay` fires: calc_wheel_index of Linux's timer.c, by hand.
  static sim_time fires(sim_time from, sim_time delay) {
    constexpr sim_time jiffy = 4 * ms;
    const sim_time jiffies = (delay + jiffy - 1) / jiffy;
    sim_time unit = 1;
    while (jiffies >= 63 * unit) unit *= 8;
    return ((from / jiffy + jiffies) / unit + 1) * unit * jiffy;
  }

  const bytes peer_address_bytes{0x02, 0, 0, 0, 0, 0x01};  // whom frames.h has as sender
  const stack::mac_address peer_mac{0x02, 0, 0, 0, 0, 0x01};
  const bytes everybody{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
  std::vector<left_packet> left;
  bool hold = false;                               // the card keeps what it is given until complete()
  stack::netdev_tx answer = stack::netdev_tx::ok;  // or what became of the packet

 private:
  /// A card that writes down what it is given and gives it back at once, or when it is told to.
  class recorder final : public stack::net_device_ops {
   public:
    explicit recorder(send_bench& bench) : bench_(bench) {}
    stack::netdev_tx ndo_start_xmit(stack::skb_ptr& skb) override {
      send_bench& b = bench_;
      b.left.push_back({b.host.now(), skb->frame, contents(*skb), skb->ip_summed, skb->csum_start - skb->headroom(),
                        skb->csum_offset, skb->priority, skb->truesize()});
      if (b.answer != stack::netdev_tx::ok) {
        b.net.skbs().drop(std::move(skb), drop_reason::qdisc_drop);
      } else if (b.hold) {
        b.held_.push_back(std::move(skb));
      } else {
        b.host.emit(stage::tx_complete, skb->frame, skb->len(), 0);
        skb.reset();
      }
      return b.answer;
    }

   private:
    send_bench& bench_;
  };

  recorder out_;
  std::deque<stack::skb_ptr> held_;
};

}  // namespace ringside::test

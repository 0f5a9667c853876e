// SPDX-License-Identifier: Apache-2.0
// A stack with a socket at port 5000, and fragments for it, cut here from RFC 791 and not by code under test.
#pragma once

#include <memory>
#include <set>

#include "sw/stack/ip_fragment.h"
#include "tests/sw/stack/stack_bench.h"
#include "tests/sw/stack/udp_user.h"

namespace ringside::test {

inline stack::net_stack::config small_fragment_limits() {
  stack::net_stack::config c;
  c.fragments.memory_limit = 40'000;
  c.sockets.rmem_default = 1U << 20;
  return c;
}

class ip_fragment : public stack_bench {
 protected:
  explicit ip_fragment(const stack::net_stack::config& settings = small_fragment_limits()) : stack_bench(settings) {
    socket = std::make_unique<udp_user>(net, 1);
    socket->set_rcvbuf(1U << 20);
    EXPECT_TRUE(socket->bind(0, 5000));
  }
  void TearDown() override {
    host.run_task([this] { net.shut_down(); });
    socket->close();
    EXPECT_EQ(fragments().memory(), 0U);
    std::set<frame_id> ended;
    for (const event& e : host.events)
      if (e.what == stage::socket_enqueue || e.what == stage::skb_consume ||
          (e.what == stage::skb_drop && (e.a & drop_mark::revoked) == 0)) {
        EXPECT_TRUE(ended.insert(e.frame).second) << "frame " << e.frame << " has two fates";
      }
    stack_bench::TearDown();
  }
  const stack::ip_fragments& fragments() { return net.ipv4().fragments(); }

  /// IPv4 payload (UDP header and data, checksum correct) for `size` bytes of data.
  static bytes udp_datagram(std::size_t size) {
    udp_frame_options o;
    o.pad = false;
    const bytes frame = udp_frame(pattern(size, 3), o);
    return bytes(frame.begin() + 34, frame.end());
  }
  /// [begin, end) of `payload` as one fragment.
  static bytes cut(const bytes& payload, std::size_t begin, std::size_t end, std::uint16_t id = 7,
                   const udp_frame_options& o = {}) {
    const bytes part(payload.begin() + static_cast<std::ptrdiff_t>(begin),
                     payload.begin() + static_cast<std::ptrdiff_t>(end));
    bytes packet = ipv4_packet(17, part, o);
    put16(packet, 4, id);
    put16(packet, 6, static_cast<std::uint16_t>((end < payload.size() ? 0x2000 : 0) | begin / 8));
    fix_ip_checksum(packet);
    return packet;
  }
  void feed_packet(const bytes& packet) { feed(ethernet_frame(0x0800, packet)); }
  void feed_part(const bytes& payload, std::size_t begin, std::size_t end, std::uint16_t id = 7) {
    feed_packet(cut(payload, begin, end, id));
  }
  /// The next datagram of the socket, empty when there is none.
  bytes read() {
    bytes buffer(70'000);
    recv_result r;
    host.run_task([&] { r = socket->receive(std::as_writable_bytes(std::span(buffer)), false); });
    buffer.resize(r.copied);
    received = r;
    return buffer;
  }

  std::unique_ptr<udp_user> socket;
  recv_result received;
};

class ip_fragment_with_defaults : public ip_fragment {
 protected:
  ip_fragment_with_defaults() : ip_fragment({}) {}
};

}  // namespace ringside::test

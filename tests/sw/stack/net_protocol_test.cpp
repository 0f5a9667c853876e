// SPDX-License-Identifier: Apache-2.0
// Protocols as objects: packets and errors reach the one of their number, with the route they came by.
#include "sw/stack/net_protocol.h"

#include "sw/stack/bytes.h"
#include "tests/sw/stack/stack_bench.h"
#include "tests/sw/stack/udp_user.h"

namespace ringside::test {
namespace net_protocol_tests {
namespace {

class recorder final : public stack::net_protocol {
 public:
  explicit recorder(stack::skb_allocator& pool) : skbs_(pool) {}
  void handler(stack::skb_ptr skb) override {
    routes.push_back(skb->dst);
    skbs_.consume(std::move(skb));
  }
  void err_handler(stack::sk_buff& skb, std::uint32_t info) override {
    infos.push_back(info);
    types.push_back(stack::load8(skb.transport_header()));
    ports.push_back(stack::load_be16(skb.data() + 20));
  }
  std::vector<stack::dst_ref> routes;
  std::vector<std::uint32_t> infos;
  std::vector<std::uint8_t> types;
  std::vector<std::uint16_t> ports;

 private:
  stack::skb_allocator& skbs_;
};

class net_protocol : public stack_bench {
 protected:
  net_protocol() { net.ipv4().inet_add_protocol(200, mine); }
  void packet_to(std::uint32_t destination) {
    udp_frame_options o;
    o.destination = destination;
    feed(ethernet_frame(0x0800, ipv4_packet(200, pattern(40, 1), o)));
  }
  void error(std::uint8_t type, std::uint8_t code, std::uint32_t rest, std::uint8_t about = 200) {
    bytes quoted = ipv4_packet(about, {0x12, 0x34, 0, 0, 0, 0, 0, 0});
    bytes message(8, 0);
    message[0] = type;
    message[1] = code;
    put32(message, 4, rest);
    message.insert(message.end(), quoted.begin(), quoted.end());
    put16(message, 2, slow_checksum(message));
    feed(ethernet_frame(0x0800, ipv4_packet(1, message)));
  }
  recorder mine{net.skbs()};
};

// nhc_rth_input: packets by one route share the entry; one without a prefix behind it is made for each packet.
TEST_F(net_protocol, packets_carry_the_route_they_came_by) {
  packet_to(0xC0A80002);
  packet_to(0xC0A80002);
  packet_to(0xC0A800FF);
  packet_to(0xFFFFFFFF);
  packet_to(0xFFFFFFFF);
  packet_to(0xE0000001);
  ASSERT_EQ(mine.routes.size(), 6U);
  EXPECT_TRUE(mine.routes[0] == mine.routes[1]);
  EXPECT_FALSE(mine.routes[3] == mine.routes[4]);
  std::vector<stack::route_type> types;
  for (const stack::dst_ref& r : mine.routes) types.push_back(r->type);
  using stack::route_type;
  EXPECT_EQ(types, (std::vector{route_type::local, route_type::local, route_type::broadcast, route_type::broadcast,
                                route_type::broadcast, route_type::multicast}));
  EXPECT_EQ(mine.routes[0]->references, 3U);  // these two and the route itself
  EXPECT_EQ(mine.routes[5]->references, 1U);
  packet_to(0xC0A80003);  // no forwarding: dst_input is ip_error
  EXPECT_EQ(mine.routes.size(), 6U);
  EXPECT_EQ(net.ipv4().counters().in_address_errors, 1U);
}

// icmp_socket_deliver: with the MTU of RFC 1191, the pointer or the gateway of RFC 792.
TEST_F(net_protocol, hears_of_errors_about_what_it_sent) {
  error(3, 4, 1400);
  error(3, 3, 1400);  // only code 4 has an MTU
  error(12, 0, 0x07000000);
  error(5, 1, 0xC0A80009);
  error(11, 0, 5);
  error(11, 1, 5);      // of reassembly: nobody is told
  error(3, 3, 0, 201);  // of a protocol nobody has
  EXPECT_EQ(mine.infos, (std::vector<std::uint32_t>{1400, 0, 7, 0xC0A80009, 0}));
  EXPECT_EQ(mine.types, (std::vector<std::uint8_t>{3, 3, 12, 5, 11}));
  EXPECT_EQ(mine.ports, std::vector<std::uint16_t>(5, 0x1234));
  EXPECT_EQ(net.skbs().consumed(), 7U);
}

// What dst_output would do with a packet that came in (ip_rt_bug).
TEST_F(net_protocol, what_came_in_does_not_leave_by_its_route) {
  packet_to(0xC0A80002);
  stack::skb_ptr skb = packet(pattern(50, 1));
  skb->frame = ++fed;
  EXPECT_EQ(mine.routes[0]->output(net.output(), std::move(skb)), -22);  // EINVAL
  EXPECT_EQ(dropped(drop_reason::ip_address), 1U);
}

// A clone goes where the packet goes; a socket's queue keeps no route (ipv4_pktinfo_prepare).
TEST_F(net_protocol, copies_have_the_route_and_sockets_have_not) {
  packet_to(0xC0A80002);
  const stack::dst_ref& route = mine.routes[0];
  stack::skb_ptr skb = packet(pattern(50, 1));
  skb->dst = route;
  stack::skb_ptr clone = net.skbs().clone(*skb);
  stack::skb_ptr copy = net.skbs().copy(*skb);
  EXPECT_EQ(route->references, 5U);
  skb.reset();
  clone.reset();
  copy.reset();
  udp_user socket(net, 1);
  ASSERT_TRUE(socket.bind(0, 5000));
  feed(udp_frame(pattern(20, 1)));
  EXPECT_EQ(socket.queued(), 1U);
  EXPECT_EQ(route->references, 2U);
}

}  // namespace
}  // namespace net_protocol_tests
}  // namespace ringside::test

// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/udp.h"

#include "tests/sw/stack/stack_bench.h"
#include "tests/sw/stack/udp_user.h"

namespace ringside::test {
namespace {

class udp : public stack_bench {
 protected:
  udp() : stack_bench(silent()) {}
  std::unique_ptr<udp_user> open(std::uint64_t id, std::uint32_t address, std::uint16_t port, bool reuse = false) {
    auto socket = std::make_unique<udp_user>(net, id);
    socket->set_reuse_address(reuse);
    EXPECT_TRUE(socket->bind(address, port));
    return socket;
  }
  bytes read(udp_user& socket) {
    bytes buffer(70'000);
    host.run_task([&] {
      const recv_result r = socket.receive(std::as_writable_bytes(std::span(buffer)), false);
      buffer.resize(r.copied);
    });
    return buffer;
  }
  recv_status read_status(udp_user& socket) {
    recv_status status{};
    host.run_task([&] {
      std::array<std::byte, 100> buffer{};
      status = socket.receive(buffer, false).status;
    });
    return status;
  }
  /// Sends to port 5000 and returns the id of the socket that got it, 0 for none.
  std::uint64_t receiver_of(const udp_frame_options& o = {}) {
    host.events.clear();
    const std::uint64_t fed_before = fed;
    feed(udp_frame(pattern(30, 1), o));
    EXPECT_EQ(fed, fed_before + 1);
    const auto enqueued = host.of(stage::socket_enqueue);
    return enqueued.empty() ? 0 : enqueued[0].a & ~socket_mark::unverified;
  }
  void TearDown() override {
    // receiver_of() clears the events, so fates are checked through the ledger only.
    EXPECT_EQ(net.skbs().live(), 0U);
    EXPECT_EQ(net.skbs().delivered() + net.skbs().consumed() + net.skbs().total_dropped(), fed);
  }
};

TEST_F(udp, malformed_datagrams) {
  auto socket = open(1, 0, 5000);
  struct row {
    const char* what;
    std::function<void(bytes&)> change;  // of the frame; UDP header at 34
    drop_reason reason;
  };
  const std::vector<row> rows{
      {"length below the header", [](bytes& f) { put16(f, 38, 7); }, drop_reason::udp_header},
      {"length beyond the packet", [](bytes& f) { put16(f, 38, 69); }, drop_reason::udp_header},
      {"length 0", [](bytes& f) { put16(f, 38, 0); }, drop_reason::udp_header},
      {"payload changed", [](bytes& f) { f[60] ^= 1; }, drop_reason::udp_checksum},
      {"port changed", [](bytes& f) { f[35] ^= 1; }, drop_reason::udp_checksum},
      {"no socket",
       [](bytes& f) {
         put16(f, 36, 5001);
         put16(f, 40, 0);
       },
       drop_reason::no_socket},
  };
  for (const row& r : rows) {
    SCOPED_TRACE(r.what);
    bytes f = udp_frame(pattern(60, 1));
    r.change(f);
    const std::uint64_t before = dropped(r.reason);
    feed(f);
    EXPECT_EQ(dropped(r.reason), before + 1);
  }
  EXPECT_EQ(net.udp().counters().header_errors, 3U);
  EXPECT_EQ(net.udp().counters().checksum_errors, 2U);
  EXPECT_EQ(net.udp().counters().no_ports, 1U);
}

TEST_F(udp, a_truncated_header_is_dropped) {
  feed(ethernet_frame(0x0800, ipv4_packet(17, pattern(7, 1))));
  EXPECT_EQ(dropped(drop_reason::udp_header), 1U);
}

TEST_F(udp, every_payload_length_has_a_correct_checksum) {
  auto socket = open(1, 0, 5000);
  for (std::size_t n = 0; n < 150; ++n) {
    feed(udp_frame(pattern(n, static_cast<std::uint8_t>(n))));
    EXPECT_EQ(read(*socket), pattern(n, static_cast<std::uint8_t>(n)));
  }
  EXPECT_EQ(net.udp().counters().in_datagrams, 150U);
  EXPECT_EQ(net.udp().counters().checksum_errors, 0U);
}

TEST_F(udp, checksum_zero_means_none) {
  auto socket = open(1, 0, 5000);
  udp_frame_options o;
  o.udp_checksum = false;
  EXPECT_EQ(receiver_of(o), 1U);
}

TEST_F(udp, trusts_a_checksum_the_chip_verified) {
  auto socket = open(1, 0, 5000);
  bytes frame = udp_frame(pattern(100, 1));
  frame[60] ^= 1;  // wrong, but CHECKSUM_UNNECESSARY says somebody looked
  stack::skb_ptr skb = packet(frame);
  skb->ip_summed = stack::checksum_state::unnecessary;
  feed(std::move(skb));
  EXPECT_EQ(read(*socket).size(), 100U);
  EXPECT_EQ(net.udp().counters().in_datagrams, 1U);
}

// UE-5, Linux CHECKSUM_BREAK: 76 bytes of UDP, header included, are summed on arrival; one more waits for its reader,
// takes receive memory, wakes him and is dropped then (csum_copy_err).
TEST_F(udp, a_bad_checksum_of_a_long_datagram_is_found_by_its_reader) {
  auto socket = open(1, 0, 5000);
  bytes at_limit = udp_frame(pattern(68, 1));
  at_limit[50] ^= 1;
  feed(at_limit);
  EXPECT_EQ(dropped(drop_reason::udp_checksum), 1U);
  EXPECT_EQ(socket->queued(), 0U);
  bytes longer = udp_frame(pattern(69, 1));
  longer[50] ^= 1;
  feed(longer);
  EXPECT_EQ(dropped(drop_reason::udp_checksum), 1U);
  EXPECT_EQ(socket->queued(), 1U);
  EXPECT_EQ(socket->rmem_alloc(), 1280U);
  EXPECT_TRUE(socket->readable());
  EXPECT_EQ(host.of(stage::socket_enqueue).back().a, 1 | socket_mark::unverified);
  feed(udp_frame(pattern(80, 2)));
  EXPECT_EQ(read(*socket), pattern(80, 2)) << "the next one is taken instead";
  EXPECT_EQ(dropped(drop_reason::udp_checksum), 2U);
  EXPECT_EQ(host.of(stage::skb_drop).back().a, drop_mark::revoked);
  EXPECT_EQ(host.of(stage::skb_drop).back().frame, 2U);
  EXPECT_EQ(socket->rmem_alloc(), 0U);
  EXPECT_EQ(net.udp().counters().checksum_errors, 2U);
  EXPECT_EQ(net.udp().counters().in_datagrams, 1U);
  feed(longer);
  EXPECT_EQ(read_status(*socket), recv_status::would_block) << "woken for nothing";
  EXPECT_EQ(socket->rmem_alloc(), 0U);
}

// A buffer that is too small: all of the datagram is summed (udp_recvmsg).
TEST_F(udp, a_short_read_sums_the_whole_datagram) {
  auto socket = open(1, 0, 5000);
  bytes longer = udp_frame(pattern(200, 1));
  longer[240] ^= 1;
  feed(longer);
  host.run_task([&] {
    std::array<std::byte, 4> buffer{};
    EXPECT_EQ(socket->receive(buffer, false).status, recv_status::would_block);
  });
  EXPECT_EQ(dropped(drop_reason::udp_checksum), 1U);
}

// __udp4_lib_rcv: without a socket a wrong one is an error, not a missing port.
TEST_F(udp, a_bad_checksum_without_a_socket_is_no_missing_port) {
  bytes longer = udp_frame(pattern(200, 1));
  longer[240] ^= 1;
  feed(longer);
  EXPECT_EQ(net.udp().counters().checksum_errors, 1U);
  EXPECT_EQ(net.udp().counters().no_ports, 0U);
  feed(udp_frame(pattern(200, 1)));
  EXPECT_EQ(net.udp().counters().no_ports, 1U);
}

TEST_F(udp, the_most_specific_socket_gets_it) {
  bring_up();
  auto any = open(1, 0, 5000, true);
  EXPECT_EQ(receiver_of(), 1U);
  auto bound = open(2, 0xC0A80002, 5000, true);
  EXPECT_EQ(receiver_of(), 2U);
  any->connect(0xC0A80001, 4000);
  EXPECT_EQ(receiver_of(), 1U);
  udp_frame_options other_peer;
  other_peer.source_port = 4001;
  EXPECT_EQ(receiver_of(other_peer), 2U);
}

TEST_F(udp, a_connected_socket_refuses_other_peers) {
  bring_up();
  auto socket = open(1, 0, 5000);
  socket->connect(0xC0A80009, 4000);
  EXPECT_EQ(receiver_of(), 0U);
  EXPECT_EQ(dropped(drop_reason::no_socket), 1U);
}

TEST_F(udp, a_port_is_bound_once) {
  auto socket = open(1, 0, 5000);
  udp_user second(net, 2);
  EXPECT_FALSE(second.bind(0, 5000));
  EXPECT_TRUE(second.bind(0, 5001));
  socket->close();
  udp_user third(net, 3);
  EXPECT_TRUE(third.bind(0, 5000));
}

// SO-3: addresses that overlap are in each other's way, any with each, unless both sockets set SO_REUSEADDR.
TEST_F(udp, addresses_that_overlap_conflict_unless_both_reuse) {
  for (const auto& [first, second] : {std::pair<std::uint32_t, std::uint32_t>{0, 0xC0A80002},
                                      {0xC0A80002, 0},
                                      {0xC0A80002, 0xC0A80002},
                                      {0xC0A80002, 0x7F000001}})
    for (const bool one : {false, true})
      for (const bool other : {false, true}) {
        auto socket = open(1, first, 5000, one);
        udp_user next(net, 2);
        next.set_reuse_address(other);
        EXPECT_EQ(next.bind(second, 5000), (one && other) || second == 0x7F000001) << first << ' ' << second;
      }
}

// SO-3: the list is filled from its head, and only a better score displaces the first found.
TEST_F(udp, of_equal_sockets_the_one_bound_last_gets_it) {
  auto first = open(1, 0, 5000, true);
  auto second = open(2, 0, 5000, true);
  EXPECT_EQ(receiver_of(), 2U);
  auto third = open(3, 0, 5000, true);
  EXPECT_EQ(receiver_of(), 3U);
  third->close();
  EXPECT_EQ(receiver_of(), 2U);
}

// UE-4, __udp4_lib_mcast_deliver: every socket that fits; the one bound last gets the packet itself, after the others.
TEST_F(udp, a_broadcast_reaches_every_socket) {
  bring_up();
  for (const std::uint32_t destination : {0xC0A800FFU, 0xFFFFFFFFU, 0xE0000001U}) {
    auto first = open(1, 0, 5000, true);
    auto of_address = open(2, 0xC0A80002, 5000, true);
    auto second = open(3, 0, 5000, true);
    auto elsewhere = open(4, 0, 5001, true);
    auto for_a_peer = open(5, 0, 5000, true);
    for_a_peer->connect(0xC0A80009, 4000);
    host.events.clear();
    udp_frame_options o;
    o.destination = destination;
    feed(udp_frame(pattern(90, 7), o));
    std::vector<std::pair<stage, std::uint64_t>> seen;
    for (const event& e : host.events)
      if (e.what == stage::socket_enqueue || e.what == stage::socket_copy)
        seen.emplace_back(e.what, e.a & ~socket_mark::unverified);
    EXPECT_EQ(seen,
              (std::vector<std::pair<stage, std::uint64_t>>{{stage::socket_enqueue, 1}, {stage::socket_copy, 3}}));
    EXPECT_EQ(first->rmem_alloc(), second->rmem_alloc()) << "a clone counts for as much";
    EXPECT_EQ(read(*first), pattern(90, 7));
    first->close();
    EXPECT_EQ(read(*second), pattern(90, 7));
    EXPECT_EQ(of_address->queued() + elsewhere->queued() + for_a_peer->queued(), 0U);
  }
  EXPECT_EQ(net.udp().counters().ignored_multicast, 0U);
}

TEST_F(udp, a_full_socket_does_not_keep_a_broadcast_from_others) {
  auto full = open(1, 0, 5000, true);
  auto other = open(2, 0, 5000, true);
  full->set_rcvbuf(0);
  udp_frame_options o;
  o.destination = 0xC0A800FF;
  for (int i = 0; i < 3; ++i) feed(udp_frame(pattern(20, 7), o));
  EXPECT_EQ(full->queued(), 1U);
  EXPECT_EQ(full->drops(), 2U);
  EXPECT_EQ(other->queued(), 3U);
  EXPECT_EQ(net.udp().counters().receive_buffer_errors, 2U);
  other->set_rcvbuf(0);
  feed(udp_frame(pattern(20, 7), o));
  EXPECT_EQ(dropped(drop_reason::socket_rcvbuf), 1U) << "nobody took it";
}

TEST_F(udp, each_reader_of_a_bad_broadcast_drops_his_own) {
  auto first = open(1, 0, 5000, true);
  auto second = open(2, 0, 5000, true);
  udp_frame_options o;
  o.destination = 0xC0A800FF;
  bytes frame = udp_frame(pattern(90, 7), o);
  frame[60] ^= 1;
  feed(frame);
  EXPECT_EQ(read_status(*second), recv_status::would_block);
  EXPECT_EQ(read_status(*first), recv_status::would_block);
  EXPECT_EQ(dropped(drop_reason::udp_checksum), 1U);
  EXPECT_EQ(net.udp().counters().checksum_errors, 2U);
}

TEST_F(udp, a_group_nobody_listens_to_is_ignored) {
  udp_frame_options o;
  o.destination = 0xE0000001;
  feed(udp_frame(pattern(20, 7), o));
  EXPECT_EQ(net.udp().counters().ignored_multicast, 1U);
  EXPECT_EQ(net.udp().counters().no_ports, 0U);
  EXPECT_EQ(dropped(drop_reason::no_socket), 1U);
}

TEST_F(udp, zero_length_datagrams_are_delivered) {
  auto socket = open(1, 0, 5000);
  feed(udp_frame({}));
  EXPECT_EQ(socket->queued(), 1U);
  host.run_task([&] {
    std::array<std::byte, 4> buffer{};
    const recv_result r = socket->receive(buffer, false);
    EXPECT_EQ(r.status, recv_status::ok);
    EXPECT_EQ(r.length, 0U);
  });
}

TEST_F(udp, joins_a_datagram_over_fragments) {
  auto socket = open(1, 0, 5000);
  const bytes payload = pattern(8000, 4);
  feed(fragmented(udp_frame(payload), 20, 1111));
  bytes read(9000);
  host.run_task([&] {
    const recv_result r = socket->receive(std::as_writable_bytes(std::span(read)), false);
    EXPECT_EQ(r.copied, 8000U);
  });
  read.resize(8000);
  EXPECT_EQ(read, payload);
}

}  // namespace
}  // namespace ringside::test

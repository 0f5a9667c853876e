#include "sw/stack/udp.h"

#include "tests/unit/stack_bench.h"

namespace ringside::test {
namespace {

class udp : public stack_bench {
 protected:
  std::unique_ptr<stack::udp_socket> open(std::uint64_t id, std::uint32_t address, std::uint16_t port) {
    auto socket = std::make_unique<stack::udp_socket>(host, net.udp(), id);
    EXPECT_TRUE(socket->bind(address, port));
    return socket;
  }
  /// Sends to port 5000 and returns the id of the socket that got it, 0 for none.
  std::uint64_t receiver_of(const udp_frame_options& o = {}) {
    host.events.clear();
    const std::uint64_t fed_before = fed;
    feed(udp_frame(pattern(30, 1), o));
    EXPECT_EQ(fed, fed_before + 1);
    const auto enqueued = host.of(stage::socket_enqueue);
    return enqueued.empty() ? 0 : enqueued[0].a;
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
      {"length beyond the packet", [](bytes& f) { put16(f, 38, 109); }, drop_reason::udp_header},
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
    bytes f = udp_frame(pattern(100, 1));
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
  for (std::size_t n = 0; n < 70; ++n) feed(udp_frame(pattern(n, static_cast<std::uint8_t>(n))));
  EXPECT_EQ(net.udp().counters().in_datagrams, 70U);
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
  EXPECT_EQ(net.udp().counters().in_datagrams, 1U);
}

TEST_F(udp, the_most_specific_socket_gets_it) {
  auto any = open(1, 0, 5000);
  EXPECT_EQ(receiver_of(), 1U);
  auto bound = open(2, 0xC0A80002, 5000);
  EXPECT_EQ(receiver_of(), 2U);
  any->connect(0xC0A80001, 4000);
  EXPECT_EQ(receiver_of(), 1U);
  udp_frame_options other_peer;
  other_peer.source_port = 4001;
  EXPECT_EQ(receiver_of(other_peer), 2U);
}

TEST_F(udp, a_connected_socket_refuses_other_peers) {
  auto socket = open(1, 0, 5000);
  socket->connect(0xC0A80009, 4000);
  EXPECT_EQ(receiver_of(), 0U);
  EXPECT_EQ(dropped(drop_reason::no_socket), 1U);
}

TEST_F(udp, a_port_is_bound_once) {
  auto socket = open(1, 0, 5000);
  stack::udp_socket second(host, net.udp(), 2);
  EXPECT_FALSE(second.bind(0, 5000));
  EXPECT_TRUE(second.bind(0, 5001));
  socket->close();
  stack::udp_socket third(host, net.udp(), 3);
  EXPECT_TRUE(third.bind(0, 5000));
}

TEST_F(udp, zero_length_datagrams_are_delivered) {
  auto socket = open(1, 0, 5000);
  feed(udp_frame({}));
  EXPECT_EQ(socket->queued(), 1U);
  host.run_task([&] {
    std::array<std::byte, 4> buffer{};
    const stack::recv_result r = socket->receive(buffer, false);
    EXPECT_EQ(r.status, stack::recv_status::ok);
    EXPECT_EQ(r.length, 0U);
  });
}

TEST_F(udp, joins_a_datagram_over_fragments) {
  auto socket = open(1, 0, 5000);
  const bytes payload = pattern(8000, 4);
  feed(fragmented(udp_frame(payload), 20, 1111));
  bytes read(9000);
  host.run_task([&] {
    const stack::recv_result r = socket->receive(std::as_writable_bytes(std::span(read)), false);
    EXPECT_EQ(r.copied, 8000U);
  });
  read.resize(8000);
  EXPECT_EQ(read, payload);
}

}  // namespace
}  // namespace ringside::test

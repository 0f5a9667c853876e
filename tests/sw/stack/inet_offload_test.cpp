// SPDX-License-Identifier: Apache-2.0
// The checksums GRO verifies (GR-10): inet_gro_receive, udp4_gro_receive and tcp4_gro_receive of Linux 6.1.
#include "sw/stack/inet_offload.h"

#include "tests/sw/stack/delivery.h"
#include "tests/sw/stack/stack_bench.h"

namespace ringside::test {
namespace {

using stack::checksum_state;

class inet_offload : public stack_bench {
 protected:
  /// A packet as the driver hands it over: data behind the Ethernet header.
  stack::skb_ptr arrived(const bytes& frame) {
    stack::skb_ptr skb = packet(frame);
    stack::eth_type_trans(*skb, dev);
    return skb;
  }
  struct outcome {
    checksum_state known;
    std::int64_t cycles;
  };
  outcome verify(stack::skb_ptr skb) {
    const sim_time begun = host.now();
    stack::inet_gro_receive(host, *skb);
    return {skb->ip_summed, (host.now() - begun) / fake_host::cycle};
  }
  outcome verify(const bytes& frame) { return verify(arrived(frame)); }
  /// A datagram whose frame has to be padded to 60 bytes only if it is below 18.
  static bytes datagram(std::size_t size, const std::function<void(bytes&)>& change = {}) {
    udp_frame_options o;
    o.pad = false;
    bytes frame = udp_frame(pattern(size, 3), o);
    if (change) change(frame);
    bytes header(frame.begin() + 14, frame.begin() + 34);
    fix_ip_checksum(header);
    std::copy(header.begin(), header.end(), frame.begin() + 14);
    return frame;
  }
  std::int64_t cost_of(std::size_t bytes) const {
    return static_cast<std::int64_t>(kernel::cost_table{}.total(kernel::cost::checksum_per_byte, bytes));
  }
};

TEST_F(inet_offload, a_right_sum_is_known_from_then_on) {
  for (const std::size_t size : {18U, 19U, 100U, 1472U}) {
    const outcome o = verify(datagram(size));
    EXPECT_EQ(o.known, checksum_state::unnecessary) << size;
    EXPECT_EQ(o.cycles, cost_of(size + 8)) << "UDP's header and data; IP's header is not charged";
  }
}

TEST_F(inet_offload, a_wrong_sum_is_left_to_others_but_has_cost_time) {
  const outcome o = verify(datagram(100, [](bytes& f) { f[80] ^= 1; }));
  EXPECT_EQ(o.known, checksum_state::none);
  EXPECT_EQ(o.cycles, cost_of(108));
}

TEST_F(inet_offload, no_sum_is_no_work) {
  const outcome o = verify(datagram(100, [](bytes& f) { put16(f, 40, 0); }));  // RFC 768
  EXPECT_EQ(o.known, checksum_state::unnecessary);
  EXPECT_EQ(o.cycles, 0);
}

TEST_F(inet_offload, what_the_card_verified_costs_nothing) {
  for (const auto known : {checksum_state::unnecessary, checksum_state::none}) {
    stack::skb_ptr skb = arrived(datagram(1000));
    skb->frame = 1;
    skb->ip_summed = known;
    EXPECT_EQ(verify(std::move(skb)).cycles, known == checksum_state::none ? cost_of(1008) : 0);
  }
}

TEST_F(inet_offload, what_could_not_be_merged_is_not_summed) {
  struct row {
    const char* what;
    bytes frame;
  };
  udp_frame_options bare;
  bare.pad = false;
  udp_frame_options options;
  options.ip_options = {1, 1, 1, 0};
  bytes padded = datagram(17);
  padded.push_back(0);
  bytes bad_header = datagram(100);
  bad_header[24] ^= 1;
  const std::vector<row> rows{{"padding", padded},
                              {"options", udp_frame(pattern(100, 1), options)},
                              {"wrong IP checksum", bad_header},
                              {"first fragment", datagram(100, [](bytes& f) { put16(f, 20, 0x2000); })},
                              {"last fragment", datagram(100, [](bytes& f) { put16(f, 20, 0x0010); })},
                              {"reserved flag", datagram(100, [](bytes& f) { put16(f, 20, 0x8000); })},
                              {"total length beyond the packet", datagram(100, [](bytes& f) { put16(f, 16, 300); })},
                              {"version 6", datagram(100, [](bytes& f) { f[14] = 0x65; })},
                              {"ICMP", ethernet_frame(0x0800, ipv4_packet(1, icmp_echo(56)))},
                              {"ARP", ethernet_frame(0x0806, arp_packet(1, 0xC0A80001, 0xC0A80002))},
                              {"half a UDP header", ethernet_frame(0x0800, ipv4_packet(17, pattern(4, 1)), bare)},
                              {"half an IP header", ethernet_frame(0x0800, bytes(10, 0x45), bare)}};
  for (const row& r : rows) {
    SCOPED_TRACE(r.what);
    const outcome o = verify(r.frame);
    EXPECT_EQ(o.known, checksum_state::none);
    EXPECT_EQ(o.cycles, 0);
  }
  EXPECT_EQ(verify(datagram(100, [](bytes& f) { put16(f, 20, 0x4000); })).known, checksum_state::unnecessary)
      << "don't fragment is no fragment";
}

// inet_gro_compute_pseudo takes IP's length: what UDP says of its own is not asked.
TEST_F(inet_offload, the_sum_is_that_of_all_ip_carries) {
  bytes longer = datagram(100);
  longer.insert(longer.end(), {0, 0});
  put16(longer, 16, 130);
  bytes header(longer.begin() + 14, longer.begin() + 34);
  fix_ip_checksum(header);
  std::copy(header.begin(), header.end(), longer.begin() + 14);
  EXPECT_EQ(verify(longer).known, checksum_state::none) << "right for what UDP says is there";
  const bytes shorter = datagram(100, [](bytes& f) {
    put16(f, 38, 20);
    put16(f, 40, 0);
    bytes summed(f.begin() + 26, f.begin() + 34);
    summed.insert(summed.end(), {0, 17, 0, 108});
    summed.insert(summed.end(), f.begin() + 34, f.end());
    put16(f, 40, slow_checksum(summed));
  });
  EXPECT_EQ(verify(shorter).known, checksum_state::unnecessary) << "right for what IP says is there";
}

// tcp4_gro_receive: not even the length of the header matters before the sum.
TEST_F(inet_offload, segments_of_tcp_are_summed_too) {
  for (const bool right : {true, false}) {
    bytes segment = pattern(60, 5);
    put16(segment, 16, 0);
    bytes pseudo{0xC0, 0xA8, 0x00, 0x01, 0xC0, 0xA8, 0x00, 0x02, 0, 6, 0, 60};
    pseudo.insert(pseudo.end(), segment.begin(), segment.end());
    put16(segment, 16, static_cast<std::uint16_t>(slow_checksum(pseudo) ^ (right ? 0 : 1)));
    udp_frame_options o;
    o.source = 0xC0A80001;
    o.destination = 0xC0A80002;
    const outcome summed = verify(ethernet_frame(0x0800, ipv4_packet(6, segment, o), o));
    EXPECT_EQ(summed.known, right ? checksum_state::unnecessary : checksum_state::none);
    EXPECT_EQ(summed.cycles, cost_of(60));
  }
}

// vlan_gro_receive: a tag the card left in the data is looked behind.
TEST_F(inet_offload, a_tag_in_the_data_is_no_hindrance) {
  for (const std::uint8_t tpid : {std::uint8_t{0x81}, std::uint8_t{0x88}}) {
    bytes frame = datagram(100);
    const bytes tag{tpid, static_cast<std::uint8_t>(tpid == 0x81 ? 0x00 : 0xA8), 0, 100};
    frame.insert(frame.begin() + 12, tag.begin(), tag.end());
    EXPECT_EQ(verify(frame).known, checksum_state::unnecessary);
    frame.resize(17);
    EXPECT_EQ(verify(frame).known, checksum_state::none);
  }
}

TEST_F(inet_offload, a_packet_in_several_buffers) {
  stack::skb_ptr skb = fragmented(datagram(1400), 14, 499);
  stack::eth_type_trans(*skb, dev);
  EXPECT_EQ(verify(std::move(skb)).known, checksum_state::unnecessary);
}

// Through the driver: a datagram of 100 bytes, which UDP would leave to its reader.
TEST(gro, knows_the_sum_the_card_did_not_verify) {
  for (const bool right : {true, false}) {
    bench b(with([](driver::config& c) { c.checksum_offload = false; }));
    b.up();
    b.listen({5000});
    b.host.run_for(1 * ms);
    bytes frame = udp_frame(pattern(100, 1));
    if (!right) frame[80] ^= 1;
    b.receive(frame);
    b.host.run_for(1 * ms);
    ASSERT_EQ(b.host.count(stage::socket_enqueue), 1U);
    EXPECT_EQ((b.host.of(stage::socket_enqueue).front().a & socket_mark::unverified) != 0, !right);
    EXPECT_EQ(b.read.size(), right ? 1U : 0U);
  }
}

// dev_gro_receive leaves a verdict of the card alone (csum_cnt).
TEST(gro, asks_nobody_about_a_sum_the_card_verified) {
  for (const bool verified : {true, false}) {
    bench b(with([](driver::config& c) { c.checksum_offload = true; }));
    b.up();
    fake_frame f;
    f.bytes = udp_frame(pattern(500, 1));
    f.bytes[100] ^= 1;                  // only who looks finds it
    f.status = verified ? 0x20 : 0x04;  // TCPCS, IXSM
    b.listen({5000});
    b.receive(f);
    b.host.run_for(1 * ms);
    EXPECT_EQ(b.read.size(), verified ? 1U : 0U);
  }
}

}  // namespace
}  // namespace ringside::test

// SPDX-License-Identifier: Apache-2.0
// Packet sockets that send, with and without a virtio_net_hdr (packet_snd, virtio_net_hdr_to_skb).
#include <cstring>

#include "sw/stack/app.h"
#include "tests/sw/stack/send_bench.h"

namespace ringside::test {
namespace packet_sock_tests {
namespace {

using namespace stack::abi;

constexpr std::size_t headers = 14 + 20 + 20;

class packet_socket : public send_bench {
 protected:
  packet_socket() { know_peer(); }
  int open_socket(bool with_header) {
    const long fd = call([this] { return sys.socket(af_packet, sock_raw, 0); });
    if (with_header) {
      EXPECT_EQ(set(static_cast<int>(fd), sol_packet, packet_vnet_hdr, 1), 0);
    }
    return static_cast<int>(fd);
  }
  long put(int fd, const bytes& packet, int device = 0) {
    return call([&] {
      const sockaddr_ll link{af_packet, device == 0 ? static_cast<int>(dev.index) : device};
      return sys.sendmsg(fd, {.payload = std::as_bytes(std::span(packet)), .link = &link}, msg_dontwait);
    });
  }
  bytes plain(std::size_t payload) const {
    bytes b = peer_address_bytes;
    const bytes own = station_address();
    b.insert(b.end(), own.begin(), own.end());
    b.insert(b.end(), {0x08, 0x00});
    const bytes data = pattern(payload, 3);
    b.insert(b.end(), data.begin(), data.end());
    return b;
  }
  /// Behind a header that asks for a sum from byte 34 at 16 and, with `mss`, for segments.
  bytes behind_header(const bytes& packet, std::uint16_t mss, std::uint16_t start = 34, std::uint16_t at = 16) const {
    const virtio_net_hdr h{.flags = virtio_net_hdr_f_needs_csum,
                           .gso_type = mss != 0 ? virtio_net_hdr_gso_tcpv4 : virtio_net_hdr_gso_none,
                           .hdr_len = headers,
                           .gso_size = mss,
                           .csum_start = start,
                           .csum_offset = at};
    bytes b(sizeof h);
    std::memcpy(b.data(), &h, sizeof h);
    b.insert(b.end(), packet.begin(), packet.end());
    return b;
  }
};

TEST_F(packet_socket, sends_a_packet_as_it_is) {
  const int fd = open_socket(false);
  EXPECT_EQ(put(fd, plain(100)), 114);
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].data, plain(100));
  EXPECT_EQ(left[0].sum, stack::checksum_state::none);
}

TEST_F(packet_socket, refuses_what_is_no_packet_of_the_device) {
  const int fd = open_socket(false);
  EXPECT_EQ(put(fd, plain(100), 77), -ENXIO);
  EXPECT_EQ(put(fd, bytes(13)), -EINVAL);
  EXPECT_EQ(put(fd, plain(1500)), 1514);
  EXPECT_EQ(put(fd, plain(1501)), -EMSGSIZE);
  const int with_header = open_socket(true);
  EXPECT_EQ(put(with_header, bytes(9)), -EINVAL);
  EXPECT_EQ(put(with_header, behind_header(plain(10), 0)), -EINVAL);            // the sum would stand behind the packet
  EXPECT_EQ(put(with_header, behind_header(plain(200), 100, 34, 6)), -EINVAL);  // TCP has its sum elsewhere
  EXPECT_EQ(left.size(), 1U);
  EXPECT_EQ(call([this] { return sys.socket(af_packet, sock_dgram, 0); }), -ESOCKTNOSUPPORT);
  EXPECT_EQ(call([this] { return sys.socket(af_packet, sock_raw, 0x0300); }), -EPROTONOSUPPORT);
  dev.up = false;
  EXPECT_EQ(put(fd, plain(100)), -ENETDOWN);
}

TEST_F(packet_socket, leaves_the_sum_to_the_device) {
  dev.features = stack::feature_set{stack::device_feature::tx_checksum, stack::device_feature::sg};
  const int fd = open_socket(true);
  EXPECT_EQ(put(fd, behind_header(plain(200), 0)), 224);
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].sum, stack::checksum_state::partial);
  EXPECT_EQ(left[0].sum_start, 34U);
  EXPECT_EQ(left[0].sum_offset, 16U);
}

// RFC 9293: what the application of a sender makes of one packet, cut by the stack: every byte once, sums right.
TEST_F(packet_socket, a_senders_tcp_packet_is_cut_into_segments) {
  stack::app_config settings;
  settings.kind = stack::app_kind::sender;
  settings.protocol = stack::app_protocol::tcp;
  settings.destination = other_address;
  settings.datagram_bytes = {10'000};
  settings.datagrams = 1;
  settings.mss = 1448;
  stack::app sender(net, settings);
  host.run_task([&] { ASSERT_TRUE(sender.start()); });
  host.run_for(5 * ms);
  ASSERT_EQ(left.size(), 7U);
  std::uint32_t sequence = 1;
  std::size_t at = 0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    const bytes& frame = left[i].data;
    const bool last = i + 1 == left.size();
    expect_ethernet(frame, peer_address_bytes, 0x0800);
    expect_ipv4(frame, {.protocol = 6, .length = frame.size() - 14});
    EXPECT_EQ(at32(frame, 38), sequence);
    EXPECT_EQ(frame[47], last ? 0x18 : 0x10);  // PSH in the last one alone
    EXPECT_EQ(identification(left[i]), i);
    bytes all(12);
    put32(all, 0, own_address);
    put32(all, 4, other_address);
    all[9] = 6;
    put16(all, 10, static_cast<std::uint16_t>(frame.size() - 34));
    all.insert(all.end(), frame.begin() + 34, frame.end());
    EXPECT_EQ(slow_checksum(all), 0);
    for (std::size_t n = headers; n < frame.size(); ++n, ++at)
      ASSERT_EQ(frame[n], static_cast<std::uint8_t>(at + 167 * (at >> 8)));  // app.payload
    sequence += static_cast<std::uint32_t>(frame.size() - headers);
  }
  EXPECT_EQ(at, 10'000U);
  EXPECT_FALSE(sender.sending());
  host.run_task([&] { sender.stop(); });
}

// An index of 0 names no device (ENXIO).
TEST_F(packet_socket, a_sender_whose_device_has_gone_is_refused) {
  stack::app_config settings;
  settings.kind = stack::app_kind::sender;
  settings.protocol = stack::app_protocol::tcp;
  settings.datagrams = 3;
  settings.interval = 0;
  stack::app sender(net, settings);
  // Between the two the sender has not run.
  host.run_task([&] {
    ASSERT_TRUE(sender.start());
    net.packets().unregister_netdevice(dev);
  });
  host.run_for(5 * ms);
  EXPECT_EQ(sender.send_errors(), 3U);
  EXPECT_EQ(left.size(), 0U);
  host.run_task([&] { sender.stop(); });
}

TEST_F(packet_socket, sizes_are_drawn_or_come_in_turn) {
  stack::app_config settings;
  settings.kind = stack::app_kind::sender;
  settings.destination = other_address;
  settings.datagram_bytes = {10, 0, 300};
  settings.datagrams = 4;
  settings.interval = 10 * us;
  std::vector<std::size_t> sent;
  {
    stack::app sender(net, settings);
    sender.set_source([&sent](const stack::app::sent_message& m) { sent.push_back(m.bytes.size()); });
    host.run_task([&] { ASSERT_TRUE(sender.start()); });
    host.run_for(5 * ms);
    host.run_task([&] { sender.stop(); });
  }
  EXPECT_EQ(sent, (std::vector<std::size_t>{10, 0, 300, 10}));
  sent.clear();
  settings.datagram_bytes = {100, 120};
  settings.draw_bytes = true;
  settings.datagrams = 40;
  stack::app sender(net, settings);
  sender.set_source([&sent](const stack::app::sent_message& m) { sent.push_back(m.bytes.size()); });
  host.run_task([&] { ASSERT_TRUE(sender.start()); });
  host.run_for(20 * ms);
  host.run_task([&] { sender.stop(); });
  ASSERT_EQ(sent.size(), 40U);
  EXPECT_EQ(*std::min_element(sent.begin(), sent.end()), 100U);
  EXPECT_EQ(*std::max_element(sent.begin(), sent.end()), 120U);
}

}  // namespace
}  // namespace packet_sock_tests
}  // namespace ringside::test

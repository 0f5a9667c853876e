#include "sw/stack/ip.h"

#include "tests/unit/stack_bench.h"

namespace ringside::test {
namespace {

stack::net_stack::config with_group() {
  stack::net_stack::config c;
  c.groups = {0xEF010203};  // 239.1.2.3
  return c;
}

class ipv4 : public stack_bench {
 protected:
  ipv4() : stack_bench(with_group()) {}
  /// Feeds an IPv4 packet and returns the reason it was dropped for.
  drop_reason fate_of(const bytes& packet_bytes, bool pad = true) {
    udp_frame_options o;
    o.pad = pad;
    feed(ethernet_frame(0x0800, packet_bytes, o));
    const event& last = host.events.back();
    EXPECT_EQ(last.what, stage::skb_drop);
    return static_cast<drop_reason>(last.b);
  }
  bytes good() { return ipv4_packet(17, pattern(40, 1)); }
};

// A UDP datagram of `pattern` has a wrong length field, so a good IPv4 header shows as udp_header.
constexpr drop_reason passed = drop_reason::udp_header;

TEST_F(ipv4, passes_a_good_header_on) {
  EXPECT_EQ(fate_of(good()), passed);
}

TEST_F(ipv4, every_corrupted_header_byte_is_caught) {
  for (std::size_t i = 0; i < 20; ++i) {
    bytes p = good();
    p[i] ^= 0x01;
    const drop_reason reason = fate_of(p);
    // Byte 0 changes the header length (or the version), every other one the checksum.
    EXPECT_EQ(reason, i == 0 ? drop_reason::ip_header : drop_reason::ip_checksum) << i;
  }
}

TEST_F(ipv4, malformed_headers) {
  struct row {
    const char* what;
    std::function<void(bytes&)> change;
    drop_reason reason;
  };
  const std::vector<row> rows{
      {"version 6", [](bytes& p) { p[0] = 0x65; }, drop_reason::ip_header},
      {"header length 4", [](bytes& p) { p[0] = 0x44; }, drop_reason::ip_header},
      {"header beyond the frame",
       [](bytes& p) {
         p[0] = 0x4F;
         p.resize(40);
       },
       drop_reason::ip_header},
      {"19 bytes", [](bytes& p) { p.resize(19); }, drop_reason::ip_header},
      {"total beyond the frame", [](bytes& p) { put16(p, 2, 61); }, drop_reason::ip_length},
      {"total below the header", [](bytes& p) { put16(p, 2, 19); }, drop_reason::ip_length},
      {"total is the header", [](bytes& p) { put16(p, 2, 20); }, passed},
      {"not for us", [](bytes& p) { put32(p, 16, 0xC0A80003); }, drop_reason::ip_address},
      {"another network's broadcast", [](bytes& p) { put32(p, 16, 0xC0A801FF); }, drop_reason::ip_address},
      {"subnet broadcast", [](bytes& p) { put32(p, 16, 0xC0A800FF); }, passed},
      {"limited broadcast", [](bytes& p) { put32(p, 16, 0xFFFFFFFF); }, passed},
      {"all hosts group", [](bytes& p) { put32(p, 16, 0xE0000001); }, passed},
      {"joined group", [](bytes& p) { put32(p, 16, 0xEF010203); }, passed},
      {"other group", [](bytes& p) { put32(p, 16, 0xEF010204); }, drop_reason::ip_address},
      {"source multicast", [](bytes& p) { put32(p, 12, 0xE0000001); }, drop_reason::ip_address},
      {"source loopback", [](bytes& p) { put32(p, 12, 0x7F000001); }, drop_reason::ip_address},
      {"source broadcast", [](bytes& p) { put32(p, 12, 0xFFFFFFFF); }, drop_reason::ip_address},
      // RT-10, ip_route_input_slow.
      {"source is ours", [](bytes& p) { put32(p, 12, 0xC0A80002); }, drop_reason::ip_address},
      {"source 0.0.0.0", [](bytes& p) { put32(p, 12, 0); }, drop_reason::ip_address},
      {"source 0.1.2.3", [](bytes& p) { put32(p, 12, 0x00010203); }, drop_reason::ip_address},
      {"destination 0.1.2.3", [](bytes& p) { put32(p, 16, 0x00010203); }, drop_reason::ip_address},
      {"destination loopback", [](bytes& p) { put32(p, 16, 0x7F000001); }, drop_reason::ip_address},
      {"both 0.0.0.0 (BOOTP of old)", [](bytes& p) { put32(p, 12, 0), put32(p, 16, 0); }, passed},
      {"0.0.0.0 to all (DHCP)", [](bytes& p) { put32(p, 12, 0), put32(p, 16, 0xFFFFFFFF); }, passed},
      {"0.0.0.0 to the subnet", [](bytes& p) { put32(p, 12, 0), put32(p, 16, 0xC0A800FF); }, drop_reason::ip_address},
      {"0.0.0.0 to all hosts", [](bytes& p) { put32(p, 12, 0), put32(p, 16, 0xE0000001); }, passed},
      {"0.0.0.0 to a routed group", [](bytes& p) { put32(p, 12, 0), put32(p, 16, 0xEF010203); },
       drop_reason::ip_address},
      {"ours to all", [](bytes& p) { put32(p, 12, 0xC0A80002), put32(p, 16, 0xFFFFFFFF); }, drop_reason::ip_address},
      {"ours to the subnet", [](bytes& p) { put32(p, 12, 0xC0A80002), put32(p, 16, 0xC0A800FF); },
       drop_reason::ip_address},
      {"ours to a group", [](bytes& p) { put32(p, 12, 0xC0A80002), put32(p, 16, 0xE0000001); },
       drop_reason::ip_address},
      {"loopback to a group", [](bytes& p) { put32(p, 12, 0x7F000001), put32(p, 16, 0xE0000001); },
       drop_reason::ip_address},
      {"group to a group", [](bytes& p) { put32(p, 12, 0xE0000001), put32(p, 16, 0xE0000001); },
       drop_reason::ip_address},
      {"the subnet's broadcast as source", [](bytes& p) { put32(p, 12, 0xC0A800FF); }, passed},
      {"unknown protocol", [](bytes& p) { p[9] = 89; }, drop_reason::ip_no_protocol},
      {"TCP", [](bytes& p) { p[9] = 6; }, drop_reason::ip_no_protocol},
      {"don't fragment is no fragment", [](bytes& p) { put16(p, 6, 0x4000); }, passed},
  };
  for (const row& r : rows) {
    SCOPED_TRACE(r.what);
    bytes p = good();
    r.change(p);
    if (p.size() >= 20 && (p[0] & 0x0FU) * 4U <= p.size() && (p[0] & 0x0F) >= 5) fix_ip_checksum(p);
    EXPECT_EQ(fate_of(p, false), r.reason);
  }
}

TEST_F(ipv4, options) {
  struct row {
    const char* what;
    bytes options;
    drop_reason reason;
  };
  const std::vector<row> rows{
      {"no-operations", {1, 1, 1, 1}, passed},
      {"end of list hides the rest", {0, 7, 99, 99}, passed},
      {"record route", {7, 7, 4, 0, 0, 0, 0, 0}, passed},
      {"router alert", {148, 4, 0, 0}, passed},
      {"length 0", {7, 0, 0, 0}, drop_reason::ip_option},
      {"length 1", {7, 1, 0, 0}, drop_reason::ip_option},
      {"length beyond the header", {7, 5, 4, 0}, drop_reason::ip_option},
      {"no room for a length", {1, 1, 1, 7}, drop_reason::ip_option},
      {"loose source route", {131, 7, 4, 1, 2, 3, 4, 0}, drop_reason::ip_option},
      {"strict source route", {137, 7, 4, 1, 2, 3, 4, 0}, drop_reason::ip_option},
  };
  for (const row& r : rows) {
    SCOPED_TRACE(r.what);
    udp_frame_options o;
    o.ip_options = r.options;
    EXPECT_EQ(fate_of(ipv4_packet(17, pattern(40, 1), o)), r.reason);
  }
}

// RT-10: each kind has its counter; what is for another host is none of them.
TEST_F(ipv4, counts_martians_apart) {
  const auto with = [&](std::size_t at, std::uint32_t address) {
    bytes p = good();
    put32(p, at, address);
    fix_ip_checksum(p);
    fate_of(p);
  };
  with(12, 0xC0A80002);
  with(12, 0x7F000001);
  with(16, 0x7F000001);
  with(16, 0xC0A80003);
  EXPECT_EQ(net.ipv4().counters().in_martian_source, 2U);
  EXPECT_EQ(net.ipv4().counters().in_martian_destination, 1U);
  EXPECT_EQ(net.ipv4().counters().in_address_errors, 1U);
}

// ip_rcv_finish_core looks for the way before it looks at the options.
TEST_F(ipv4, the_address_decides_before_the_options) {
  udp_frame_options o;
  o.ip_options = {131, 7, 4, 1, 2, 3, 4, 0};
  o.destination = 0xC0A80003;
  EXPECT_EQ(fate_of(ipv4_packet(17, pattern(40, 1), o)), drop_reason::ip_address);
}

TEST_F(ipv4, trims_ethernet_padding) {
  // 4 bytes of UDP payload: 14 + 20 + 8 + 4 = 46, padded to 60.
  stack::udp_socket socket(host, net.udp(), 1);
  ASSERT_TRUE(socket.bind(0, 5000));
  feed(udp_frame(pattern(4, 1)));
  EXPECT_EQ(host.of(stage::socket_enqueue).front().b, 4U);
}

TEST_F(ipv4, reads_a_header_that_lies_in_fragments) {
  stack::udp_socket socket(host, net.udp(), 1);
  ASSERT_TRUE(socket.bind(0, 5000));
  feed(fragmented(udp_frame(pattern(2000, 1)), 14, 10 * 64));
  EXPECT_EQ(host.count(stage::socket_enqueue), 1U);
}

TEST_F(ipv4, fails_cleanly_when_the_header_cannot_be_pulled) {
  stack::skb_ptr skb = fragmented(udp_frame(pattern(400, 1)), 14, 450);
  skb->reserve(0);
  feed(std::move(skb));
  EXPECT_EQ(dropped(drop_reason::no_socket), 1U);
}

}  // namespace
}  // namespace ringside::test

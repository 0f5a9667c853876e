// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/ip.h"

#include <algorithm>

#include "tests/sw/stack/stack_bench.h"
#include "tests/sw/stack/udp_user.h"

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
  /// Feeds one with another source and destination.
  drop_reason fate_between(std::uint32_t source, std::uint32_t destination) {
    bytes p = good();
    put32(p, 12, source);
    put32(p, 16, destination);
    fix_ip_checksum(p);
    return fate_of(p);
  }
  /// What the counters of dropped packets say together, by kind.
  struct counted {
    std::uint64_t header, address, martian_source, martian_destination;
    friend bool operator==(const counted&, const counted&) = default;
  };
  counted errors() {
    const stack::ipv4_statistics& c = net.ipv4().counters();
    return {c.in_header_errors + c.in_option_errors, c.in_address_errors, c.in_martian_source,
            c.in_martian_destination};
  }
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
      {"record route, full", {7, 7, 8, 0, 0, 0, 0, 0}, passed},
      {"record route without a pointer", {7, 2, 0, 0}, drop_reason::ip_option},
      {"record route, pointer below 4", {7, 7, 3, 0, 0, 0, 0, 0}, drop_reason::ip_option},
      {"record route, half an address", {7, 7, 5, 0, 0, 0, 0, 0}, drop_reason::ip_option},
      {"record route twice", {7, 3, 4, 7, 3, 4, 0, 0}, drop_reason::ip_option},
      {"timestamps", {68, 8, 5, 0, 0, 0, 0, 0}, passed},
      {"timestamps, full and counting", {68, 8, 9, 0xE0, 0, 0, 0, 0}, passed},
      {"timestamps, 15 did not fit", {68, 8, 9, 0xF0, 0, 0, 0, 0}, drop_reason::ip_option},
      {"timestamps, 15 did not fit, but of named hosts", {68, 8, 9, 0xF3, 0, 0, 0, 0}, passed},
      {"timestamps without flags", {68, 3, 5, 0}, drop_reason::ip_option},
      {"timestamps, pointer below 5", {68, 8, 4, 0, 0, 0, 0, 0}, drop_reason::ip_option},
      {"timestamps, half of one", {68, 8, 6, 0, 0, 0, 0, 0}, drop_reason::ip_option},
      {"timestamps with addresses", {68, 12, 5, 1, 0, 0, 0, 0, 0, 0, 0, 0}, passed},
      {"timestamps with half an address", {68, 8, 5, 1, 0, 0, 0, 0}, drop_reason::ip_option},
      {"timestamps of named hosts, cut", {68, 8, 5, 3, 0, 0, 0, 0}, drop_reason::ip_option},
      {"timestamps, unknown flag", {68, 8, 5, 7, 0, 0, 0, 0}, passed},
      {"timestamps twice", {68, 4, 5, 0, 68, 4, 5, 0}, drop_reason::ip_option},
      {"router alert without a value", {148, 2, 0, 0}, drop_reason::ip_option},
      {"security of old", {130, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, passed},
      {"CIPSO of no domain", {134, 8, 0, 0, 0, 1, 1, 2}, drop_reason::ip_option},
      {"unknown", {99, 4, 0, 0}, passed},
      {"source route without a pointer", {131, 2, 0, 0}, drop_reason::ip_option},
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
  constexpr std::uint32_t peer = 0xC0A80001;
  constexpr std::uint32_t us = 0xC0A80002;
  fate_between(us, us);
  fate_between(0x7F000001, us);
  fate_between(peer, 0x7F000001);
  fate_between(peer, 0xC0A80003);
  EXPECT_EQ(errors(), (counted{0, 1, 2, 1}));
}

// fib_validate_source: 127.0.0.1 is an address of this host, that of lo.  No other of its network is.
TEST_F(ipv4, what_claims_to_be_from_us_is_a_martian_though_it_goes_to_all) {
  EXPECT_EQ(fate_between(0xC0A80002, 0xFFFFFFFF), drop_reason::ip_address);
  EXPECT_EQ(fate_between(0x7F000001, 0xFFFFFFFF), drop_reason::ip_address);
  EXPECT_EQ(errors(), (counted{0, 0, 2, 0}));
  EXPECT_EQ(fate_between(0x7F000002, 0xFFFFFFFF), passed);
}

// ip_route_input_rcu: for a group it asks for membership, then ip_mc_validate_source; what they refuse is dropped with
// no counter.
TEST_F(ipv4, groups_refuse_without_a_count) {
  constexpr std::uint32_t joined = 0xEF010203;
  for (const std::uint32_t source : {0xC0A80001U, 0xC0A80002U, 0x7F000001U, 0xE0000001U, 0xFFFFFFFFU, 0U})
    EXPECT_EQ(fate_between(source, joined + 1), drop_reason::ip_address);
  for (const std::uint32_t source : {0xC0A80002U, 0x7F000001U, 0xE0000001U, 0xFFFFFFFFU, 0U})
    EXPECT_EQ(fate_between(source, joined), drop_reason::ip_address);
  EXPECT_EQ(errors(), (counted{0, 0, 0, 0}));
  EXPECT_EQ(fate_between(0xC0A80001, joined), passed);
}

// ip_rcv_finish_core: a martian is gone before its options are looked at; what is for another host has a route, to
// ip_error, and its options are compiled first.  A source route is refused without a count (ip_rcv_options).
TEST_F(ipv4, options_are_looked_at_behind_the_route) {
  const bytes malformed{7, 1, 0, 0};
  const bytes source_route{131, 7, 4, 1, 2, 3, 4, 0};
  const auto fate_with = [&](const bytes& options, std::uint32_t source, std::uint32_t destination) {
    udp_frame_options o;
    o.ip_options = options;
    o.source = source;
    o.destination = destination;
    return fate_of(ipv4_packet(17, pattern(40, 1), o));
  };
  constexpr std::uint32_t peer = 0xC0A80001;
  constexpr std::uint32_t us = 0xC0A80002;
  constexpr std::uint32_t foreign = 0xC0A80003;
  EXPECT_EQ(fate_with(malformed, us, us), drop_reason::ip_address);
  EXPECT_EQ(errors(), (counted{0, 0, 1, 0}));
  EXPECT_EQ(fate_with(malformed, peer, foreign), drop_reason::ip_option);
  EXPECT_EQ(errors(), (counted{1, 0, 1, 0}));
  EXPECT_EQ(fate_with(source_route, peer, foreign), drop_reason::ip_option);
  EXPECT_EQ(fate_with(source_route, peer, us), drop_reason::ip_option);
  EXPECT_EQ(errors(), (counted{1, 0, 1, 0}));
  EXPECT_EQ(fate_with({148, 4, 0, 0}, peer, foreign), drop_reason::ip_address);
  EXPECT_EQ(errors(), (counted{1, 1, 1, 0}));
}

// ip_list_rcv_finish: packets of one route wait until all of them are routed.  Limited broadcasts have a route each, a
// group's packets hand theirs on while destination and type of service are the same (ip_can_use_hint), and so do those
// for a foreign host.  Whoever takes a route over has its source looked at, not looked up (ip_route_use_hint).
class ipv4_list : public ipv4 {
 protected:
  void add(std::uint32_t source, std::uint32_t destination, std::uint8_t type_of_service = 0) {
    bytes p = good();
    p[1] = type_of_service;
    put32(p, 12, source);
    put32(p, 16, destination);
    fix_ip_checksum(p);
    stack::skb_ptr skb = packet(ethernet_frame(0x0800, p));
    skb->frame = ++fed;
    stack::eth_type_trans(*skb, dev);
    list.push_back(std::move(skb));
  }
  void receive() {
    begun = host.events.size();
    host.run_task([&] {
      os.softirq().local_bh_disable();
      net.packets().netif_receive_skb_list(list);
      os.softirq().local_bh_enable();
    });
    list.clear();
  }
  /// How many reached UDP by the time the last of all was refused by IPv4.
  std::size_t up_before_the_last() {
    std::size_t up = 0;
    for (std::size_t i = begun; i < host.events.size(); ++i) {
      const event& e = host.events[i];
      if (e.what == stage::udp_rcv) ++up;
      if (e.what == stage::skb_drop && e.frame == fed) return up;
    }
    return up;
  }
  /// How many reached UDP of the last list.
  std::size_t up() {
    return static_cast<std::size_t>(std::count_if(host.events.begin() + static_cast<std::ptrdiff_t>(begun),
                                                  host.events.end(),
                                                  [](const event& e) { return e.what == stage::udp_rcv; }));
  }
  kernel::packet_list list;
  std::size_t begun = 0;
  static constexpr std::uint32_t peer = 0xC0A80001;
  static constexpr std::uint32_t us = 0xC0A80002;
  static constexpr std::uint32_t group = 0xEF010203;
  static constexpr std::uint32_t martian = 0xE0000001;  // as a source
};

TEST_F(ipv4_list, of_one_route_waits_for_each_other) {
  struct row {
    const char* what;
    std::uint32_t destination;
    std::uint8_t second_tos;
    std::size_t up;
  };
  // Two packets and one that IPv4 refuses before it is routed: those not up by then wait together.
  for (const row& r : {row{"ours", us, 0, 0}, row{"ours, other TOS", us, 4, 0}, row{"subnet", 0xC0A800FF, 0, 0},
                       row{"all", 0xFFFFFFFF, 0, 1}, row{"group", group, 0, 0}, row{"group, other TOS", group, 4, 1}}) {
    SCOPED_TRACE(r.what);
    add(peer, r.destination);
    add(peer, r.destination, r.second_tos);
    add(martian, us);
    receive();
    EXPECT_EQ(up(), 2U);
    EXPECT_EQ(up_before_the_last(), r.up);
  }
}

TEST_F(ipv4_list, of_a_group_has_one_source_looked_up) {
  add(peer, group);
  add(us, group);  // our own address: taken, beside a hint
  add(us, group, 4);
  receive();
  EXPECT_EQ(up(), 2U);
  EXPECT_EQ(errors(), (counted{0, 0, 0, 0}));
  add(peer, group);
  for (const std::uint32_t source : {martian, 0xFFFFFFFFU, 0x7F000001U, 0U}) add(source, group);
  receive();
  EXPECT_EQ(up(), 1U);
  EXPECT_EQ(errors(), (counted{0, 0, 4, 0})) << "martians beside a hint are counted, alone they are not";
  add(peer, us);
  add(us, us);
  receive();
  EXPECT_EQ(errors(), (counted{0, 0, 5, 0})) << "a local route has every source looked up";
}

TEST_F(ipv4_list, is_ended_by_what_is_for_another_host) {
  add(peer, us);
  add(peer, us + 1);
  add(us, us + 1);  // beside a hint
  add(martian, us);
  receive();
  EXPECT_EQ(up_before_the_last(), 1U);
  EXPECT_EQ(errors(), (counted{0, 2, 1, 0}));
}

TEST_F(ipv4, trims_ethernet_padding) {
  // 4 bytes of UDP payload: 14 + 20 + 8 + 4 = 46, padded to 60.
  udp_user socket(net, 1);
  ASSERT_TRUE(socket.bind(0, 5000));
  feed(udp_frame(pattern(4, 1)));
  EXPECT_EQ(host.of(stage::socket_enqueue).front().b, 4U);
}

TEST_F(ipv4, reads_a_header_that_lies_in_fragments) {
  udp_user socket(net, 1);
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

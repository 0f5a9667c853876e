// SPDX-License-Identifier: Apache-2.0
// Lists of packets on their way up: where they are cut (__netif_receive_skb_list_core, ip_list_rcv), and what other
// hosts' packets count (ip_rcv_core, arp_rcv of Linux 6.1).
#include "tests/sw/stack/stack_bench.h"

namespace ringside::test {
namespace list_receive_tests {
namespace {

stack::net_stack::config with_vlans() {
  stack::net_stack::config c;
  c.vlans = {5, 7};
  return c;
}

class list_receive : public stack_bench {
 protected:
  list_receive() : stack_bench(with_vlans()) {
    net.packets().register_netdevice(other);
    other.address = dev.address;
    vlans_up();
  }
  void add(const bytes& frame, stack::net_device& by) {
    stack::skb_ptr skb = packet(frame);
    skb->frame = ++fed;
    stack::eth_type_trans(*skb, by);
    list.push_back(std::move(skb));
  }
  void add(const bytes& frame) { add(frame, dev); }
  static bytes tagged(bytes frame, std::uint8_t vid) {
    const bytes tag{0x81, 0x00, 0x00, vid};
    frame.insert(frame.begin() + 12, tag.begin(), tag.end());
    return frame;
  }
  static udp_frame_options to_other() {
    udp_frame_options o;
    o.destination_mac = {0x02, 9, 9, 9, 9, 9};
    return o;
  }
  /// Frames in the order in which a stage saw them, and which stage: 'n' the core, 'i' IPv4, 'u' UDP, 'a' ARP.
  std::string receive() {
    host.run_task([&] {
      os.softirq().local_bh_disable();
      net.packets().netif_receive_skb_list(list);
      os.softirq().local_bh_enable();
    });
    std::string seen;
    for (const event& e : host.events) {
      const char what = e.what == stage::netif_receive_skb ? 'n'
                        : e.what == stage::ip_rcv          ? 'i'
                        : e.what == stage::udp_rcv         ? 'u'
                        : e.what == stage::arp_rcv         ? 'a'
                                                           : ' ';
      if (what != ' ' && !made_by_software(e.frame)) seen += what + std::to_string(e.frame);
    }
    return seen;
  }
  stack::net_device other;
  kernel::packet_list list;
};

// od_curr != orig_dev.
TEST_F(list_receive, is_cut_by_the_device_packets_came_by) {
  add(udp_frame(pattern(20, 1)));
  add(udp_frame(pattern(20, 2)), other);
  add(udp_frame(pattern(20, 3)), other);
  EXPECT_EQ(receive(), "n1n2i1u1n3i2i3u2u3");
}

// Two VLANs of one card: one list up to IPv4, which cuts it by skb->dev.
TEST_F(list_receive, ipv4_cuts_by_the_device_they_have_come_to) {
  add(tagged(udp_frame(pattern(20, 1)), 5));
  add(tagged(udp_frame(pattern(20, 2)), 7));
  add(tagged(udp_frame(pattern(20, 3)), 7));
  EXPECT_EQ(receive(), "n1n2n3i1i2u1i3u2u3");
}

// Another host's ARP is ARP's to refuse: what is IPv4's before it goes first.
TEST_F(list_receive, a_foreign_packet_of_another_protocol_cuts) {
  add(udp_frame(pattern(20, 1)));
  add(ethernet_frame(0x0806, arp_packet(1, 0xC0A80001, 0xC0A80002), to_other()));
  add(udp_frame(pattern(20, 2)));
  EXPECT_EQ(receive(), "n1n2i1u1n3i3u3");
  EXPECT_EQ(dropped(drop_reason::other_host), 1U);
  EXPECT_EQ(dev.stats.rx_otherhost_dropped, 0U) << "ip_rcv_core counts, arp_rcv does not";
}

TEST_F(list_receive, a_foreign_packet_of_the_same_protocol_does_not) {
  add(udp_frame(pattern(20, 1)));
  add(udp_frame(pattern(20, 2), to_other()));
  add(udp_frame(pattern(20, 3)));
  EXPECT_EQ(receive(), "n1n2n3i1i3u1u3");
  EXPECT_EQ(dev.stats.rx_otherhost_dropped, 1U);
  EXPECT_EQ(dev.stats.rx_dropped, 0U);
  feed(tagged(udp_frame(pattern(20, 4)), 9));  // a VLAN nobody made is another host's, too
  EXPECT_EQ(dev.stats.rx_otherhost_dropped, 2U);
}

// ip_rcv_core: whoever has paid for a packet that comes in does so no longer.
TEST_F(list_receive, ipv4_orphans) {
  static int orphaned = 0;
  orphaned = 0;
  stack::skb_ptr skb = packet(udp_frame(pattern(20, 1)));
  skb->destructor = [](stack::sk_buff&) { ++orphaned; };
  skb->frame = ++fed;
  host.run_task([&] {
    os.softirq().local_bh_disable();
    stack::eth_type_trans(*skb, dev);
    net.ipv4().ip_rcv(std::move(skb));
    os.softirq().local_bh_enable();
  });
  EXPECT_EQ(orphaned, 1);
}

}  // namespace
}  // namespace list_receive_tests
}  // namespace ringside::test

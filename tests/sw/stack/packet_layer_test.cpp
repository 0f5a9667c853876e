// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/packet_layer.h"

#include "tests/sw/stack/stack_bench.h"

namespace ringside::test {
namespace {

class recording_tap final : public stack::tap {
 public:
  void on_packet(sim_time, frame_id frame, std::span<const std::span<const std::byte>> pieces,
                 std::size_t size) override {
    bytes whole;
    for (const auto piece : pieces)
      for (const std::byte b : piece) whole.push_back(std::to_integer<std::uint8_t>(b));
    EXPECT_EQ(whole.size(), size);
    seen.emplace_back(frame, std::move(whole));
  }
  std::vector<std::pair<frame_id, bytes>> seen;
};

stack::net_stack::config with_vlan() {
  stack::net_stack::config c;
  c.vlans = {100};
  c.service_vlans = {200};
  return c;
}

class packet_layer : public stack_bench {
 protected:
  packet_layer() : stack_bench(with_vlan()) { vlans_up(); }
};

bytes tagged(bytes frame, std::uint16_t tci, std::uint16_t tpid = 0x8100) {
  const bytes tag{static_cast<std::uint8_t>(tpid >> 8), static_cast<std::uint8_t>(tpid),
                  static_cast<std::uint8_t>(tci >> 8), static_cast<std::uint8_t>(tci)};
  frame.insert(frame.begin() + 12, tag.begin(), tag.end());
  return frame;
}

TEST_F(packet_layer, drops_what_no_protocol_wants) {
  feed(ethernet_frame(0x86DD, pattern(60, 1)));  // IPv6
  feed(ethernet_frame(0x88CC, pattern(60, 1)));  // LLDP
  feed(ethernet_frame(0x0026, pattern(60, 1)));  // IEEE 802.3 length
  EXPECT_EQ(dropped(drop_reason::no_protocol), 3U);
  EXPECT_EQ(dev.stats.rx_dropped, 3U);  // __netif_receive_skb_core: dev_core_stats_rx_dropped_inc
  EXPECT_EQ(os.counters().softnet_of(0).processed, 3U);
}

// __netif_receive_skb_core: whoever the frame is for and whatever its VLAN, an EtherType nobody takes is counted.  A
// VLAN device counts its own, which is not eth0's.
TEST_F(packet_layer, counts_unknown_types_where_the_frame_has_come_to) {
  udp_frame_options other;
  other.destination_mac = {0x02, 9, 9, 9, 9, 9};
  feed(ethernet_frame(0x88CC, pattern(60, 1), other));
  EXPECT_EQ(dev.stats.rx_dropped, 1U);
  feed(tagged(ethernet_frame(0x88CC, pattern(60, 1)), 101));
  EXPECT_EQ(dev.stats.rx_dropped, 2U);
  feed(tagged(tagged(udp_frame(pattern(50, 1)), 100), 101));  // an inner tag is such a type, too
  EXPECT_EQ(dev.stats.rx_dropped, 3U);
  feed(tagged(ethernet_frame(0x88CC, pattern(60, 1)), 0xE000));  // a priority tag
  EXPECT_EQ(dev.stats.rx_dropped, 4U);
  feed(udp_frame(pattern(20, 1), other));  // IPv4 drops what is for another host
  feed(tagged(udp_frame(pattern(20, 1)), 101));
  feed(tagged(ethernet_frame(0x88CC, pattern(60, 1)), 100));  // in the VLAN
  bytes cut = tagged(udp_frame(pattern(50, 1)), 101);
  cut.resize(19);
  feed(cut);
  EXPECT_EQ(dev.stats.rx_dropped, 4U);
}

// another_round begins with softnet_data.processed.
TEST_F(packet_layer, a_vlan_has_its_frames_processed_twice) {
  feed(tagged(udp_frame(pattern(50, 1)), 100));
  EXPECT_EQ(os.counters().softnet_of(0).processed, 2U);
  feed(tagged(udp_frame(pattern(50, 1)), 101));
  feed(tagged(udp_frame(pattern(50, 1)), 0xE000));
  EXPECT_EQ(os.counters().softnet_of(0).processed, 4U);
}

// pt_prev is the tap where no protocol follows it; a tag lets the tap have the frame before the VLANs are asked.
TEST_F(packet_layer, what_a_tap_takes_is_not_counted_as_dropped) {
  recording_tap t;
  dev.add_tap(t);
  udp_frame_options other;
  other.destination_mac = {0x02, 9, 9, 9, 9, 9};
  feed(ethernet_frame(0x88CC, pattern(60, 1)));
  feed(ethernet_frame(0x88CC, pattern(60, 1), other));
  EXPECT_EQ(dev.stats.rx_dropped, 0U);
  feed(tagged(ethernet_frame(0x88CC, pattern(60, 1)), 101));
  feed(tagged(ethernet_frame(0x88CC, pattern(60, 1)), 0xE000));
  EXPECT_EQ(dev.stats.rx_dropped, 2U);
  dev.remove_tap(t);
  feed(ethernet_frame(0x88CC, pattern(60, 1)));
  EXPECT_EQ(dev.stats.rx_dropped, 3U);
  EXPECT_EQ(dropped(drop_reason::no_protocol), 3U);
  EXPECT_EQ(dropped(drop_reason::other_host), 1U);
  EXPECT_EQ(dropped(drop_reason::vlan_unknown), 1U);
}

TEST_F(packet_layer, drops_frames_for_other_hosts_after_the_tap) {
  recording_tap t;
  dev.add_tap(t);
  udp_frame_options o;
  o.destination_mac = {0x02, 9, 9, 9, 9, 9};
  const bytes frame = udp_frame(pattern(20, 1), o);
  feed(frame);
  EXPECT_EQ(dropped(drop_reason::other_host), 1U);
  ASSERT_EQ(t.seen.size(), 1U);
  EXPECT_EQ(t.seen[0].second, frame);
}

TEST_F(packet_layer, taps_see_every_byte_of_a_fragmented_frame) {
  recording_tap t;
  dev.add_tap(t);
  const bytes frame = udp_frame(pattern(3000, 1));
  feed(fragmented(frame, 14, 900));
  ASSERT_EQ(t.seen.size(), 1U);
  EXPECT_EQ(t.seen[0].first, 1U);
  EXPECT_EQ(t.seen[0].second, frame);
  EXPECT_EQ(host.of(stage::tap).front().a, frame.size());
}

TEST_F(packet_layer, takes_a_tag_out_of_the_data_and_shows_it_to_the_tap) {
  recording_tap t;
  dev.add_tap(t);
  const bytes frame = tagged(udp_frame(pattern(50, 1)), 100);
  feed(frame);
  EXPECT_EQ(dropped(drop_reason::no_socket), 1U);  // it got as far as UDP
  ASSERT_EQ(t.seen.size(), 1U);
  EXPECT_EQ(t.seen[0].second, frame);
}

TEST_F(packet_layer, puts_the_tag_the_chip_took_out_back_for_the_tap) {
  recording_tap t;
  dev.add_tap(t);
  const bytes plain = udp_frame(pattern(50, 1));
  stack::skb_ptr skb = packet(plain);
  skb->put_vlan_tag(0x8100, 100);
  feed(std::move(skb));
  EXPECT_EQ(t.seen[0].second, tagged(plain, 100));
  EXPECT_EQ(dropped(drop_reason::no_socket), 1U);
}

TEST_F(packet_layer, drops_vlans_that_are_not_configured) {
  feed(tagged(udp_frame(pattern(50, 1)), 101));
  stack::skb_ptr skb = packet(udp_frame(pattern(50, 1)));
  skb->put_vlan_tag(0x8100, 7);
  feed(std::move(skb));
  EXPECT_EQ(dropped(drop_reason::vlan_unknown), 2U);
}

TEST_F(packet_layer, treats_a_priority_tag_as_untagged) {
  feed(tagged(udp_frame(pattern(50, 1)), 0xE000));  // PCP 7, VID 0: IEEE 802.1Q 6.9.1
  EXPECT_EQ(dropped(drop_reason::no_socket), 1U);
}

// __netif_receive_skb_core: the packet of the VLAN device comes in again, its inner tag leads to no device on it.
TEST_F(packet_layer, a_vlan_has_no_vlans_of_its_own) {
  feed(tagged(tagged(udp_frame(pattern(50, 1)), 100), 100));
  EXPECT_EQ(dropped(drop_reason::vlan_unknown), 1U);
  // Linux pulls the two bytes of the type behind the tag as well (skb_vlan_untag).
  for (const std::size_t size : {16U, 18U, 19U}) {
    bytes cut = tagged(udp_frame(pattern(50, 1)), 100);
    cut.resize(size);
    feed(cut);
  }
  EXPECT_EQ(dropped(drop_reason::vlan_unknown), 4U);
}

// skb_vlan_untag: a tag that is out already stays for later, so nothing is lost before the taps.
TEST_F(packet_layer, the_tap_sees_both_tags_when_the_chip_took_the_outer_one) {
  recording_tap t;
  dev.add_tap(t);
  const bytes inner = tagged(udp_frame(pattern(50, 1)), 100);
  stack::skb_ptr skb = packet(inner);
  skb->put_vlan_tag(0x8100, 7);
  feed(std::move(skb));
  ASSERT_EQ(t.seen.size(), 1U);
  EXPECT_EQ(t.seen[0].second, tagged(inner, 7));
  EXPECT_EQ(dropped(drop_reason::vlan_unknown), 1U);
}

TEST_F(packet_layer, the_tap_sees_a_frame_once_whatever_tags_it_has) {
  recording_tap t;
  dev.add_tap(t);
  const bytes frame = tagged(tagged(udp_frame(pattern(50, 1)), 100), 0xA000);
  feed(frame);  // behind a priority tag
  ASSERT_EQ(t.seen.size(), 1U);
  EXPECT_EQ(t.seen[0].second, frame);
  EXPECT_EQ(dropped(drop_reason::no_socket), 1U) << "the VLAN behind a priority tag is entered";
}

// IEEE 802.1Q 9.5, 9.6: the TPID tells a service tag from a customer tag, and VIDs of one mean nothing in the other.
TEST_F(packet_layer, a_service_tag_is_no_customer_tag) {
  recording_tap t;
  dev.add_tap(t);
  const bytes frames[] = {tagged(udp_frame(pattern(50, 1)), 100, 0x88A8), tagged(udp_frame(pattern(50, 1)), 200),
                          tagged(udp_frame(pattern(50, 1)), 200, 0x88A8)};
  std::uint64_t unknown = 0;
  for (const bytes& frame : frames) {
    feed(frame);
    unknown = unknown * 10 + dropped(drop_reason::vlan_unknown);
  }
  EXPECT_EQ(unknown, 122U) << "of three the last is in its VLAN";
  EXPECT_EQ(dropped(drop_reason::no_socket), 1U);
  ASSERT_EQ(t.seen.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(t.seen[i].second, frames[i]);
}

// VID 4095 is reserved (IEEE 802.1Q 9.6), but it is a tag.
TEST_F(packet_layer, a_tag_of_ones_is_a_tag) {
  recording_tap t;
  dev.add_tap(t);
  const bytes frame = tagged(udp_frame(pattern(50, 1)), 0xFFFF);
  feed(frame);
  EXPECT_EQ(dropped(drop_reason::vlan_unknown), 1U);
  EXPECT_EQ(t.seen[0].second, frame);
}

class packet_list : public packet_layer {
 protected:
  void add(const bytes& frame) {
    stack::skb_ptr skb = packet(frame);
    skb->frame = ++fed;
    stack::eth_type_trans(*skb, dev);
    list.push_back(std::move(skb));
  }
  /// Which layer saw which frame, in order.
  std::vector<std::pair<stage, frame_id>> receive() {
    const std::size_t begun = host.events.size();
    host.run_task([&] {
      os.softirq().local_bh_disable();
      net.packets().netif_receive_skb_list(list);
      os.softirq().local_bh_enable();
    });
    std::vector<std::pair<stage, frame_id>> seen;
    for (const event& e : std::span(host.events).subspan(begun))
      if (!made_by_software(e.frame) && e.what != stage::neigh_update && e.what != stage::skb_drop &&
          e.what != stage::skb_consume && e.what != stage::tap)
        seen.emplace_back(e.what, e.frame);
    return seen;
  }
  kernel::packet_list list;
};

// __netif_receive_skb_list_core, ip_list_rcv: of a list every packet passes a layer before any enters the next, and
// what goes elsewhere in between ends it.
TEST_F(packet_list, goes_up_layer_by_layer) {
  add(udp_frame(pattern(20, 1)));
  add(udp_frame(pattern(20, 2)));
  add(ethernet_frame(0x0806, arp_packet(1, 0xC0A80001, 0xC0A80002)));
  add(udp_frame(pattern(20, 3)));
  EXPECT_EQ(receive(), (std::vector<std::pair<stage, frame_id>>{{stage::netif_receive_skb, 1},
                                                                {stage::netif_receive_skb, 2},
                                                                {stage::netif_receive_skb, 3},
                                                                {stage::ip_rcv, 1},
                                                                {stage::ip_rcv, 2},
                                                                {stage::udp_rcv, 1},
                                                                {stage::udp_rcv, 2},
                                                                {stage::netif_receive_skb, 4},
                                                                {stage::arp_rcv, 3},
                                                                {stage::ip_rcv, 4},
                                                                {stage::udp_rcv, 4}}));
}

// What nobody takes does not end a run; what the tap alone takes does, for it goes elsewhere.
TEST_F(packet_list, a_frame_for_the_tap_alone_ends_it) {
  for (const bool tapped : {false, true}) {
    recording_tap t;
    if (tapped) dev.add_tap(t);
    list.clear();
    const frame_id first = fed + 1;
    add(udp_frame(pattern(20, 1)));
    add(ethernet_frame(0x88CC, pattern(60, 1)));
    add(udp_frame(pattern(20, 2)));
    std::vector<std::pair<stage, frame_id>> expected{{stage::netif_receive_skb, first},
                                                     {stage::netif_receive_skb, first + 1},
                                                     {stage::netif_receive_skb, first + 2},
                                                     {stage::ip_rcv, first},
                                                     {stage::ip_rcv, first + 2},
                                                     {stage::udp_rcv, first},
                                                     {stage::udp_rcv, first + 2}};
    if (tapped)
      expected = {{stage::netif_receive_skb, first}, {stage::netif_receive_skb, first + 1}, {stage::ip_rcv, first},
                  {stage::udp_rcv, first},           {stage::netif_receive_skb, first + 2}, {stage::ip_rcv, first + 2},
                  {stage::udp_rcv, first + 2}};
    EXPECT_EQ(receive(), expected) << tapped;
    dev.remove_tap(t);
  }
}

TEST_F(packet_layer, eth_type_trans_classifies_the_destination) {
  struct row {
    bytes mac;
    stack::packet_type type;
  };
  for (const row& r : {row{{0x52, 0x54, 0, 0x12, 0x34, 0x56}, stack::packet_type::host},
                       row{{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, stack::packet_type::broadcast},
                       row{{0x01, 0x00, 0x5E, 0, 0, 1}, stack::packet_type::multicast},
                       row{{0x52, 0x54, 0, 0x12, 0x34, 0x57}, stack::packet_type::other_host}}) {
    udp_frame_options o;
    o.destination_mac = r.mac;
    stack::skb_ptr skb = packet(udp_frame(pattern(20, 1), o));
    stack::eth_type_trans(*skb, dev);
    EXPECT_EQ(skb->type, r.type);
    EXPECT_EQ(skb->protocol, 0x0800);
  }
}

TEST_F(packet_layer, netif_rx_delivers_through_the_backlog_and_drops_when_full) {
  host.run_task([&] {
    os.softirq().local_bh_disable();
    for (int i = 0; i < 1003; ++i) {
      stack::skb_ptr skb = packet(ethernet_frame(0x88CC, pattern(46, 1)));
      skb->frame = ++fed;
      stack::eth_type_trans(*skb, dev);
      net.packets().netif_rx(std::move(skb));
    }
    EXPECT_EQ(dropped(drop_reason::backlog_full), 2U);
    EXPECT_EQ(dev.stats.rx_dropped, 2U);
    EXPECT_EQ(os.counters().softnet_of(0).dropped, 2U);
    os.softirq().local_bh_enable();
  });
  host.run_for(10 * ms);
  EXPECT_EQ(dropped(drop_reason::no_protocol), 1001U);
  EXPECT_EQ(os.counters().softnet_of(0).processed, 1001U);
}

// A run that was stopped: the packets' memory belongs to the allocator that goes with the stack.
TEST_F(packet_layer, packets_in_a_backlog_end_with_the_stack) {
  auto other = std::make_unique<stack::net_stack>(os, with_vlan());
  const std::uint64_t live = os.memory().live();
  host.run_task([&] {
    os.softirq().local_bh_disable();
    for (int i = 0; i < 40; ++i) {
      stack::skb_ptr skb = other->skbs().alloc_skb(100);
      ASSERT_NE(skb, nullptr);
      os.net().netif_rx(std::move(skb));
    }
  });
  EXPECT_EQ(os.net().backlog_length(0), 40U);
  EXPECT_GT(os.memory().live(), live);
  other.reset();
  EXPECT_EQ(os.net().backlog_length(0), 0U);
  EXPECT_EQ(os.memory().live(), live);
  host.run_task([&] { os.softirq().local_bh_enable(); });
}

}  // namespace
}  // namespace ringside::test

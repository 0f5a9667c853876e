// SPDX-License-Identifier: Apache-2.0
// Devices above the one a packet came in by: VLANs, handlers, taps of each (VD-1, VD-2, VD-4).
#include "tests/sw/stack/stack_bench.h"

namespace ringside::test {
namespace device_layers_tests {
namespace {

class counting_tap final : public stack::tap {
 public:
  void on_packet(sim_time, frame_id frame, std::span<const std::span<const std::byte>>, std::size_t size) override {
    seen.emplace_back(frame, size);
  }
  std::vector<std::pair<frame_id, std::size_t>> seen;
};

stack::net_stack::config with_vlan() {
  stack::net_stack::config c;
  c.vlans = {100};
  return c;
}

class device_layers : public stack_bench {
 protected:
  device_layers() : stack_bench(with_vlan()) {
    bridge.name = "br0";
    net.packets().register_netdevice(bridge);
    vlans_up();
  }
  static bytes tagged(bytes frame, std::uint8_t vid) {
    const bytes tag{0x81, 0x00, 0x00, vid};
    frame.insert(frame.begin() + 12, tag.begin(), tag.end());
    return frame;
  }
  using seen = std::vector<std::pair<frame_id, std::size_t>>;
  stack::net_device bridge;
  const bytes frame = udp_frame(pattern(50, 1));  // 92 bytes
};

// register_vlan_dev: named after its parent, with its address and MTU; linked both ways.
TEST_F(device_layers, a_vlan_is_a_device_above_its_parent) {
  stack::net_device* const vlan = dev.find_vlan(0x8100, 100);
  ASSERT_NE(vlan, nullptr);
  EXPECT_EQ(vlan->name, "eth0.100");
  EXPECT_EQ(vlan->address, dev.address);
  EXPECT_EQ(vlan->mtu, 1500U);
  EXPECT_EQ(dev.upper, std::vector{vlan});
  EXPECT_EQ(vlan->lower, std::vector{&dev});
  EXPECT_EQ(dev.index, 1U);
  EXPECT_EQ(vlan->index, 2U);
  EXPECT_EQ(bridge.index, 3U);
  EXPECT_EQ(dev.find_vlan(0x88A8, 100), nullptr);
  EXPECT_EQ(&net.packets().add_vlan(dev, 0x8100, 100), vlan);  // there already
  EXPECT_EQ(net.packets().devices().size(), 3U);
}

// vlan_do_receive: the chip's device took it for another host's, and it is the VLAN's own.
TEST_F(device_layers, a_vlan_with_an_address_of_its_own_takes_what_is_for_it) {
  stack::net_device& vlan = *dev.find_vlan(0x8100, 100);
  vlan.address = {0x02, 0, 0, 0, 0, 0x77};
  udp_frame_options to;
  to.destination_mac = bytes(vlan.address.begin(), vlan.address.end());
  feed(tagged(udp_frame(pattern(50, 1), to), 100));
  EXPECT_EQ(dropped(drop_reason::no_socket), 1U);
  to.destination_mac.back() = 0x78;
  feed(tagged(udp_frame(pattern(50, 1), to), 100));
  EXPECT_EQ(dropped(drop_reason::other_host), 1U);
}

// unregister_netdevice takes along what stands on a device, at any depth.
TEST_F(device_layers, vlans_of_a_vlan_go_with_it) {
  stack::net_device& service = net.packets().add_vlan(dev, 0x88A8, 5);
  stack::net_device& customer = net.packets().add_vlan(service, 0x8100, 7);
  EXPECT_EQ(customer.name, "eth0.5.7");
  net.packets().remove_vlan(dev, 0x88A8, 5);
  for (const stack::net_device* left : net.packets().devices()) EXPECT_NE(left, &customer);
  EXPECT_FALSE(customer.up);
}

// vlan_do_receive counts on the VLAN device (vlan_pcpu_stats); bytes without headers of the link.
TEST_F(device_layers, a_vlan_counts_what_comes_to_it) {
  const stack::net_device& vlan = *dev.find_vlan(0x8100, 100);
  feed(tagged(frame, 100));
  udp_frame_options group;
  group.destination_mac = {0x01, 0, 0x5E, 1, 2, 3};
  feed(tagged(udp_frame(pattern(50, 1), group), 100));
  feed(tagged(frame, 101));
  feed(tagged(ethernet_frame(0x88CC, pattern(60, 1)), 100));
  EXPECT_EQ(vlan.stats.rx_packets, 3U);
  EXPECT_EQ(vlan.stats.rx_bytes, 78U + 78U + 60U);
  EXPECT_EQ(vlan.stats.multicast, 1U);
  EXPECT_EQ(vlan.stats.rx_dropped, 1U);  // the type nobody takes
  EXPECT_EQ(dev.stats.rx_dropped, 0U);
}

// Every round offers the packet to taps again: `tcpdump -i any` sees it twice, one on a device what comes to it.
TEST_F(device_layers, each_device_has_taps_of_its_own) {
  counting_tap any, parent, child;
  net.packets().add_tap(any);
  dev.add_tap(parent);
  dev.find_vlan(0x8100, 100)->add_tap(child);
  feed(tagged(frame, 100));
  feed(frame);
  EXPECT_EQ(any.seen, (seen{{1, 96}, {1, 92}, {2, 92}}));
  EXPECT_EQ(parent.seen, (seen{{1, 96}, {2, 92}}));
  EXPECT_EQ(child.seen, (seen{{1, 92}}));
  net.packets().remove_tap(any);
  dev.remove_tap(parent);
}

TEST_F(device_layers, no_packet_comes_to_a_vlan_that_was_removed) {
  const stack::net_device& vlan = *dev.find_vlan(0x8100, 100);
  net.packets().remove_vlan(dev, 0x8100, 100);
  feed(tagged(frame, 100));
  EXPECT_EQ(dropped(drop_reason::vlan_unknown), 1U);
  EXPECT_EQ(vlan.stats.rx_packets, 0U);
  EXPECT_TRUE(dev.upper.empty());
  EXPECT_EQ(net.packets().devices().size(), 2U);
  net.packets().remove_vlan(dev, 0x8100, 100);  // nothing
  net.packets().add_vlan(dev, 0x8100, 7);
  net.packets().unregister_netdevice(dev);  // its VLANs go with it, and an index is not given twice
  EXPECT_EQ(net.packets().devices(), std::vector{&bridge});
  net.packets().register_netdevice(dev);
  EXPECT_EQ(dev.index, 5U);
}

// rx_handler: behind the taps, before the protocols; ANOTHER has it begin anew on skb->dev, where taps see it again.
TEST_F(device_layers, a_handler_can_give_a_packet_another_device) {
  counting_tap parent, above;
  dev.add_tap(parent);
  bridge.add_tap(above);
  unsigned came_in_by = 0;
  dev.rx_handler = [&](stack::skb_ptr& skb) {
    came_in_by = skb->skb_iif;
    skb->dev = &bridge;
    return stack::rx_handler_result::another;
  };
  unsigned then = 0;
  bridge.rx_handler = [&](stack::skb_ptr& skb) {
    then = skb->skb_iif;
    EXPECT_EQ(above.seen.size(), 1U);
    return stack::rx_handler_result::pass;
  };
  feed(frame);
  EXPECT_EQ(came_in_by, dev.index);
  EXPECT_EQ(then, bridge.index);
  EXPECT_EQ(parent.seen.size(), 1U);
  EXPECT_EQ(os.counters().softnet_of(0).processed, 2U);
  EXPECT_EQ(dropped(drop_reason::no_socket), 1U);
  EXPECT_EQ(host.count(stage::netif_receive_skb), 1U);
  dev.rx_handler = nullptr;
}

TEST_F(device_layers, a_handler_can_keep_a_packet) {
  dev.rx_handler = [&](stack::skb_ptr& skb) {
    net.skbs().consume(std::move(skb));
    return stack::rx_handler_result::consumed;
  };
  feed(frame);
  EXPECT_EQ(net.skbs().consumed(), 1U);
  EXPECT_EQ(host.count(stage::ip_rcv), 0U);
}

// RX_HANDLER_EXACT: who takes packets of any device does not get it; rx_nohandler.
TEST_F(device_layers, a_handler_can_keep_a_packet_from_all_who_did_not_ask_for_its_device) {
  dev.rx_handler = [](stack::skb_ptr&) { return stack::rx_handler_result::exact; };
  feed(frame);
  EXPECT_EQ(host.count(stage::ip_rcv), 0U);
  EXPECT_EQ(dev.stats.rx_nohandler, 1U);
  EXPECT_EQ(dev.stats.rx_dropped, 0U);
  EXPECT_EQ(dropped(drop_reason::no_protocol), 1U);
}

}  // namespace
}  // namespace device_layers_tests
}  // namespace ringside::test

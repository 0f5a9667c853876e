// SPDX-License-Identifier: Apache-2.0
// A VLAN's device and the one below it: up and down, carrier, MTU, features, ways out (VD-4, VD-5; vlan_device_event,
// vlan_dev_open and vlan_dev_fix_features of Linux 6.1).
#include "sw/stack/vlan_device.h"

#include <gtest/gtest.h>

#include "tests/sw/stack/send_bench.h"

namespace ringside::test {
namespace vlan_device_tests {
namespace {

using f = stack::device_feature;

constexpr std::uint32_t vlan_address = 0x0A010101;  // 10.1.1.1/24

stack::net_stack::config with_vlan() {
  stack::net_stack::config c;
  c.vlans = {5};
  return c;
}

/// The bench's device is up.
class vlan_device : public send_bench {
 protected:
  vlan_device() : send_bench(with_vlan()), vlan(*dev.find_vlan(0x8100, 5)) {
    take_down();
    net.routes().add_address({vlan_address, 24, "eth0.5"});
    bring_up();
  }
  static bytes tagged(bytes frame, std::uint8_t vid) {
    const bytes tag{0x81, 0x00, 0x00, vid};
    frame.insert(frame.begin() + 12, tag.begin(), tag.end());
    return frame;
  }
  void take_down() {
    host.run_task([this] {
      dev.up = false;
      net.device_down(dev);
    });
  }
  long way_to(std::uint32_t address) {
    stack::flow way;
    way.destination = address;
    long error = 0;
    host.run_task([&] { net.routes().output(way, error); });
    return error;
  }
  stack::net_device& vlan;
};

TEST_F(vlan_device, goes_up_and_down_with_its_parent) {
  EXPECT_TRUE(vlan.up);
  EXPECT_EQ(way_to(vlan_address + 1), 0);
  take_down();
  EXPECT_FALSE(vlan.up);
  EXPECT_EQ(way_to(vlan_address + 1), -ENETUNREACH);
  bring_up();
  EXPECT_TRUE(vlan.up);
  EXPECT_EQ(way_to(vlan_address + 1), 0);
}

// vlan_dev_open: -ENETDOWN while the parent is down.
TEST_F(vlan_device, one_made_later_is_as_its_parent_is) {
  EXPECT_TRUE(net.add_vlan(dev, 0x8100, 6).up);
  take_down();
  const stack::net_device& late = net.add_vlan(dev, 0x8100, 7);
  EXPECT_FALSE(late.up);
  const stack::net_device& upon = net.add_vlan(*dev.find_vlan(0x8100, 6), 0x8100, 8);
  bring_up();
  EXPECT_TRUE(late.up);
  EXPECT_TRUE(upon.up) << "a VLAN's VLAN, too";
}

// vlan_do_receive: not IFF_UP, and the packet ends; it is counted nowhere and is nobody else's.
TEST_F(vlan_device, nothing_comes_to_one_that_is_down) {
  const bytes frame = tagged(udp_frame(pattern(50, 1)), 5);
  feed(frame);
  EXPECT_EQ(vlan.stats.rx_packets, 1U);
  vlan.up = false;
  feed(frame);
  EXPECT_EQ(vlan.stats.rx_packets, 1U);
  EXPECT_EQ(dropped(drop_reason::device_not_ready), 1U);
  EXPECT_EQ(dropped(drop_reason::vlan_unknown), 0U);
}

TEST_F(vlan_device, has_the_carrier_of_its_parent) {
  dev.carrier = true;
  host.run_task([this] { net.vlans_follow(dev); });
  EXPECT_TRUE(vlan.carrier);
  take_down();
  EXPECT_FALSE(vlan.carrier);
}

// NETDEV_CHANGEMTU: only a longer one follows.
TEST_F(vlan_device, has_no_longer_packets_than_its_parent) {
  stack::packet_layer::set_mtu(dev, 1400);
  EXPECT_EQ(vlan.mtu, 1400U);
  stack::packet_layer::set_mtu(dev, 1500);
  EXPECT_EQ(dev.mtu, 1500U);
  EXPECT_EQ(vlan.mtu, 1400U);
}

// vlan_dev_fix_features: of its own what the parent does for tagged packets; GSO it takes as it is.
TEST_F(vlan_device, does_what_its_parent_does_for_tagged_packets) {
  dev.vlan_features = {f::sg, f::tx_checksum};
  dev.features = {f::sg, f::tx_checksum, f::tso, f::rx_checksum, f::tx_vlan, f::rx_vlan};
  inherit_features(vlan, dev);
  EXPECT_EQ(vlan.features, (stack::feature_set{f::sg, f::tx_checksum, f::tso, f::rx_checksum}));
  dev.features = dev.features.without(f::sg).without(f::rx_checksum);
  inherit_features(vlan, dev);
  EXPECT_EQ(vlan.features, (stack::feature_set{f::tx_checksum, f::tso}));
  vlan.wanted_features = vlan.wanted_features.without(f::tx_checksum);
  inherit_features(vlan, dev);
  EXPECT_FALSE(vlan.features.has(f::tx_checksum)) << "what its user has switched off stays off";
}

// netif_keep_dst of vlan_setup: the route is still there when the device below has the packet.
TEST_F(vlan_device, keeps_the_route_of_a_packet) {
  EXPECT_TRUE(vlan.keeps_dst);
}

// unregister_vlan_dev: ways and neighbours go with it.
TEST_F(vlan_device, no_way_leads_by_one_that_was_removed) {
  host.run_task([this] { net.neighbours().add_permanent(vlan, vlan_address + 1, peer_mac); });
  EXPECT_EQ(net.neighbours().size(), 1U);
  host.run_task([this] { net.remove_vlan(dev, 0x8100, 5); });
  EXPECT_EQ(way_to(vlan_address + 1), -ENETUNREACH);
  EXPECT_EQ(net.neighbours().size(), 0U);
}

}  // namespace
}  // namespace vlan_device_tests
}  // namespace ringside::test

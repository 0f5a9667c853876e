// SPDX-License-Identifier: Apache-2.0
// The driver asked as a device: what its operations do and which errno they return.
#include "sw/driver/e1000_ops.h"

#include "sw/stack/eth.h"
#include "tests/sw/stack/delivery.h"

namespace ringside::test {
namespace e1000_ops_tests {
namespace {

TEST(e1000_ops, open_and_stop_take_the_device_up_and_down) {
  bench b;
  stack::net_device& dev = *b.net.packets().devices().front();
  ASSERT_NE(dev.ops, nullptr);
  b.host.run_task([&] {
    EXPECT_EQ(dev.ops->ndo_open(), -ENODEV);  // not probed
    b.os.boot();
    b.net.register_protocols();
    ASSERT_EQ(b.card.probe(), driver::driver_status::ok);
    EXPECT_EQ(dev.ops->ndo_open(), 0);
    EXPECT_TRUE(dev.up);
    EXPECT_EQ(dev.ops->ndo_open(), -EBUSY);
    EXPECT_EQ(dev.ops->ndo_stop(), 0);
    EXPECT_FALSE(dev.up);
  });
}

TEST(e1000_ops, settings_reach_the_driver_by_the_device) {
  bench b;
  b.up();
  stack::net_device& dev = *b.net.packets().devices().front();
  stack::net_device_ops& ops = *dev.ops;
  const stack::mac_address group{0x01, 0, 0x5E, 1, 2, 3};
  const stack::mac_address other{0x02, 0, 0, 0, 0, 9};
  b.host.run_task([&] {
    EXPECT_EQ(ops.ndo_change_mtu(1400), 0);
    EXPECT_EQ(dev.mtu, 1400U);
    EXPECT_EQ(ops.ndo_change_mtu(1), -EINVAL);
    EXPECT_EQ(ops.set_ringparam(128, 512), 0);
    EXPECT_EQ(ops.get_ringparam().rx, 128U);
    EXPECT_EQ(ops.get_ringparam().tx, 512U);
    EXPECT_EQ(b.card.settings().ring_size, 128U);
    using f = stack::device_feature;
    const bool checksum = !dev.features.has(f::rx_checksum);
    EXPECT_EQ(stack::netdev_change_feature(dev, f::rx_checksum, checksum), 0);
    EXPECT_EQ(dev.features.has(f::rx_checksum), checksum);
    EXPECT_EQ(b.card.settings().checksum_offload, checksum);
    const bool strip = !dev.features.has(f::rx_vlan);
    EXPECT_EQ(stack::netdev_change_feature(dev, f::rx_vlan, strip), 0);
    EXPECT_EQ(dev.features.has(f::rx_vlan), strip);
    EXPECT_EQ(b.card.settings().vlan_offload, strip);
    EXPECT_EQ(stack::netdev_change_feature(dev, f::rx_all, true), 0);
    EXPECT_TRUE(b.card.settings().store_bad);
    EXPECT_EQ(ops.set_promiscuous(true), 0);
    EXPECT_TRUE(dev.promiscuous);
    EXPECT_EQ(ops.set_all_multicast(true), 0);
    EXPECT_TRUE(dev.all_multicast);
    EXPECT_EQ(ops.multicast_add(group), 0);
    EXPECT_EQ(ops.multicast_add(group), -EEXIST);
    EXPECT_EQ(ops.multicast_remove(group), 0);
    EXPECT_EQ(ops.multicast_remove(group), -ENOENT);
    EXPECT_EQ(ops.unicast_add(other), 0);
    EXPECT_EQ(ops.unicast_add(group), -EINVAL);
    EXPECT_EQ(ops.unicast_remove(other), 0);
    EXPECT_EQ(ops.ndo_vlan_rx_add_vid(stack::ether_type::vlan, 5), 0);
    EXPECT_EQ(ops.ndo_vlan_rx_add_vid(stack::ether_type::vlan, 5), -EEXIST);
    EXPECT_EQ(ops.ndo_vlan_rx_add_vid(stack::ether_type::service_vlan, 6), -EOPNOTSUPP);
    EXPECT_EQ(ops.ndo_vlan_rx_kill_vid(stack::ether_type::vlan, 5), 0);
    EXPECT_EQ(ops.set_tunable(reconfiguration::wthresh, 4), 0);
    EXPECT_EQ(b.card.settings().wthresh, 4U);
    EXPECT_EQ(ops.set_tunable(reconfiguration::mtu, 4), -EOPNOTSUPP);
  });
}

// Two cards are two devices, each with operations and counters of its own.
TEST(e1000_ops, every_card_is_a_device) {
  bench b;
  driver::e1000 second(b.net, {fake_nic::device_number + 1, 12}, {});
  ASSERT_EQ(b.net.packets().devices().size(), 2U);
  EXPECT_EQ(b.net.packets().devices()[1], &second.device());
  EXPECT_EQ(second.device().index, 2U);
  b.up();
  b.receive(udp_frame(pattern(30, 1)));
  b.host.run_for(1 * ms);
  EXPECT_EQ(b.net.packets().devices()[0]->stats.rx_packets, 1U);
  EXPECT_EQ(second.device().stats.rx_packets, 0U);
}

// e1000_gstrings_stats: 46 names, the first and the last as in Linux 6.1.
TEST(e1000_ops, counters_have_linux_names_and_order) {
  bench b;
  b.up();
  b.nic.registers[reg::GPRC] = 7;
  b.host.run_task([&] { b.card.update_statistics(); });
  const auto counts = b.card.device().ops->get_ethtool_stats();
  ASSERT_EQ(counts.size(), 46U);
  EXPECT_EQ(counts.front(), (std::pair<std::string, std::uint64_t>{"rx_packets", 7}));
  EXPECT_EQ(counts[40].first, "rx_csum_offload_good");
  EXPECT_EQ(counts.back().first, "dropped_smbus");
}

// A device without hardware has none of it.
TEST(e1000_ops, a_device_may_support_nothing) {
  stack::net_device_ops none;
  EXPECT_EQ(none.ndo_open(), -EOPNOTSUPP);
  EXPECT_EQ(none.ndo_change_mtu(1500), -EOPNOTSUPP);
  EXPECT_EQ(none.set_promiscuous(true), -EOPNOTSUPP);
  EXPECT_TRUE(none.get_ethtool_stats().empty());
}

}  // namespace
}  // namespace e1000_ops_tests
}  // namespace ringside::test

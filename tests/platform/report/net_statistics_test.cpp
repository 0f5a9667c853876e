// SPDX-License-Identifier: Apache-2.0
// Counters in Linux's shapes: iproute2 6.1's columns, snmp_seq_show's and softnet_seq_show's lines, ethtool's list.
#include "platform/report/net_statistics.h"

#include <gtest/gtest.h>

namespace ringside::platform {
namespace {

net_statistics some() {
  net_statistics s;
  interface_statistics& eth0 = s.interfaces.emplace_back();
  eth0.ethtool = {{"rx_packets", 29}, {"rx_missed_errors", 3}};
  eth0.link = {.index = 2, .name = "eth0", .mtu = 1500, .address = {0x02, 0, 0, 0, 0, 0xAB}};
  eth0.link.rx_bytes = 3267;
  eth0.link.rx_packets = 29;
  eth0.link.rx_errors = 10;
  eth0.link.rx_missed_errors = 3;
  eth0.link.rx_crc_errors = 7;
  s.snmp = {{"Udp", {{"InDatagrams", 5}, {"NoPorts", 1}}}};
  s.softnet = {{.processed = 0x1F, .time_squeeze = 2}, {.dropped = 7, .backlog_len = 3}};
  return s;
}

// The lines of iproute2 6.1's `ip -s -s link`, but for blanks at their ends.
TEST(net_statistics, stand_in_linuxs_columns) {
  EXPECT_EQ(
      print_net_statistics(some()),
      "$ ethtool -S eth0\n"
      "NIC statistics:\n"
      "     rx_packets: 29\n"
      "     rx_missed_errors: 3\n"
      "$ ip -s -s link show eth0\n"
      "2: eth0: <BROADCAST,MULTICAST> mtu 1500 state DOWN\n"
      "    link/ether 02:00:00:00:00:ab brd ff:ff:ff:ff:ff:ff\n"
      "    RX:  bytes packets errors dropped  missed   mcast\n"
      "          3267      29     10       0       3       0\n"
      "    RX errors:  length    crc   frame    fifo overrun\n"
      "                     0      7       0       0       0\n"
      "$ cat /proc/net/snmp\n"
      "Udp: InDatagrams NoPorts\n"
      "Udp: 5 1\n"
      "$ cat /proc/net/softnet_stat\n"
      "0000001f 00000000 00000002 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 "
      "00000000\n"
      "00000000 00000007 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000003 "
      "00000001\n");
}

TEST(net_statistics, large_values_widen_their_column_and_flags_follow_the_device) {
  net_statistics s = some();
  link_statistics& link = s.interfaces.front().link;
  link.rx_bytes = 123'456'789'012;
  link.up = link.carrier = link.promiscuous = link.all_multicast = true;
  const std::string text = print_net_statistics(s);
  EXPECT_NE(text.find("    RX:    bytes packets errors"), std::string::npos) << text;
  EXPECT_NE(text.find("\n    123456789012      29     10"), std::string::npos) << text;
  EXPECT_NE(text.find("<BROADCAST,ALLMULTI,PROMISC,MULTICAST,UP,LOWER_UP> mtu 1500 state UP"), std::string::npos)
      << text;
}

}  // namespace
}  // namespace ringside::platform

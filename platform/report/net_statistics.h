// SPDX-License-Identifier: Apache-2.0
// The network counters of the machine as Linux shows them: ethtool -S, ip -s -s link, /proc/net/snmp and
// /proc/net/softnet_stat, with Linux 6.1's names, order and columns.
//
// Collected by the machine after a run (platform/machine/network_statistics.h), printed by `ringside run --stats` and
// as JSON.  docs/statistics.md says where each one comes from.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace ringside::platform {

using named_counts = std::vector<std::pair<std::string, std::uint64_t>>;

/// One line pair of /proc/net/snmp.
struct snmp_row {
  std::string name;
  named_counts counts;
};

/// One CPU's line of /proc/net/softnet_stat: what is not zero by nature.
struct softnet_row {
  std::uint64_t processed = 0;
  std::uint64_t dropped = 0;
  std::uint64_t time_squeeze = 0;
  std::uint64_t backlog_len = 0;
};

/// An interface, with the receive side of rtnl_link_stats64.
struct link_statistics {
  unsigned index = 0;
  std::string name;
  bool up = false;
  bool carrier = false;
  bool promiscuous = false;
  bool all_multicast = false;
  std::uint32_t mtu = 0;
  std::array<std::uint8_t, 6> address{};
  std::uint64_t rx_bytes = 0;
  std::uint64_t rx_packets = 0;
  std::uint64_t rx_errors = 0;
  std::uint64_t rx_dropped = 0;
  std::uint64_t rx_missed_errors = 0;
  std::uint64_t multicast = 0;
  std::uint64_t rx_length_errors = 0;
  std::uint64_t rx_crc_errors = 0;
  std::uint64_t rx_frame_errors = 0;
  std::uint64_t rx_fifo_errors = 0;
  std::uint64_t rx_over_errors = 0;
  std::uint64_t rx_otherhost_dropped = 0;  // as JSON only: ip of iproute2 6.1 does not print it
};

/// What ethtool -S and ip -s link show of one interface.
struct interface_statistics {
  named_counts ethtool;
  link_statistics link;
};

struct net_statistics {
  std::vector<interface_statistics> interfaces;  // by ifindex
  std::vector<snmp_row> snmp;
  std::vector<softnet_row> softnet;  // by CPU
};

/// All of them, each under the command that shows it.
std::string print_net_statistics(const net_statistics& s);

}  // namespace ringside::platform

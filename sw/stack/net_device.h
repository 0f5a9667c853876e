// A network interface as the stack sees it.
//
// Owner: the driver, which fills addresses, features and statistics.  Callers: eth_type_trans, taps, reports.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/stack/bytes.h"

namespace ringside::stack {

/// The receive side of Linux' rtnl_link_stats64.
struct net_device_statistics {
  std::uint64_t rx_packets = 0;  // handed to the stack
  std::uint64_t rx_bytes = 0;    // without FCS
  std::uint64_t rx_errors = 0;
  std::uint64_t rx_dropped = 0;  // by the stack: an EtherType nobody takes, or a full backlog
  std::uint64_t rx_length_errors = 0;
  std::uint64_t rx_crc_errors = 0;
  std::uint64_t rx_frame_errors = 0;
  std::uint64_t rx_fifo_errors = 0;
  std::uint64_t rx_missed_errors = 0;
  std::uint64_t multicast = 0;
};

struct net_device {
  std::string name = "eth0";
  unsigned index = 1;
  mac_address address{};
  std::uint32_t mtu = 1500;
  // Flags (IFF_*).
  bool up = false;
  bool carrier = false;
  bool promiscuous = false;
  bool all_multicast = false;
  // Addresses to receive beside its own (netdev->uc, netdev->mc), in the order they were added.
  std::vector<mac_address> unicast;
  std::vector<mac_address> multicast;
  // Features.
  bool rx_checksum = true;      // NETIF_F_RXCSUM
  bool rx_vlan_offload = true;  // NETIF_F_HW_VLAN_CTAG_RX
  net_device_statistics stats;
};

}  // namespace ringside::stack

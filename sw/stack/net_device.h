// SPDX-License-Identifier: Apache-2.0
// A network interface as the stack sees it.
//
// Owner: the driver, which fills addresses, features and statistics; packet_layer, of VLANs.  Callers: eth_type_trans,
// packet_layer, reports.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sw/stack/bytes.h"
#include "sw/stack/device_features.h"
#include "sw/stack/netdev_queue.h"
#include "sw/stack/sk_buff.h"
#include "sw/stack/tx_watchdog.h"

namespace ringside::stack {

/// Linux' rtnl_link_stats64.
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
  std::uint64_t rx_otherhost_dropped = 0;  // IPv4 that the card took for somebody else
  std::uint64_t rx_nohandler = 0;          // RX_HANDLER_EXACT, and nobody waited for just this device
  std::uint64_t multicast = 0;
  std::uint64_t tx_packets = 0;  // came back from the card; each segment counts
  std::uint64_t tx_bytes = 0;    // without FCS, headers of each segment
  std::uint64_t tx_errors = 0;
  std::uint64_t tx_dropped = 0;  // by driver or validation, not by a queueing discipline (QD-11)
  std::uint64_t collisions = 0;
  std::uint64_t tx_aborted_errors = 0;
  std::uint64_t tx_carrier_errors = 0;
  std::uint64_t tx_window_errors = 0;
};

class net_device_ops;
class tap;

/// What the owner of a device's packets has done with one (rx_handler_result_t).  consumed: it is gone.  another: it
/// has another device now, where it begins anew.  exact: only who waits for just this device may have it.  pass: as
/// ever.
enum class rx_handler_result : std::uint8_t { consumed, another, exact, pass };

struct vlan_membership {
  std::uint16_t tpid;
  std::uint16_t vid;
  net_device* device;
};

struct net_device {
  std::string name = "eth%d";  // %d: the lowest number free when it is registered (dev_alloc_name)
  unsigned index = 1;
  net_device_ops* ops = nullptr;  // of the driver; null: it sends nothing
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
  bool is_loopback = false;  // IFF_LOOPBACK
  bool no_arp = false;       // IFF_NOARP
  bool keeps_dst = false;    // not IFF_XMIT_DST_RELEASE: a packet it sends keeps its route
  // Features: what the device does now, what may be switched, what was asked for, and what it does for tagged packets.
  feature_set features;
  feature_set hw_features;
  feature_set wanted_features;
  feature_set vlan_features;
  net_device_statistics stats;
  // Transmit.
  std::size_t tx_queue_len = 1000;                // packets a queue of its discipline holds
  std::vector<std::unique_ptr<netdev_queue>> tx;  // real_num_tx_queues of them; none: it sends at once (noqueue)
  std::unique_ptr<tx_watchdog> watchdog;          // null without queues
  // Receive.
  /// Of a bridge, a bond or macvlans above; nobody, from the start.  Softirq context.
  std::function<rx_handler_result(skb_ptr&)> rx_handler;
  std::vector<tap*> taps;              // ptype_all: they see what comes to this device; not owned
  std::vector<vlan_membership> vlans;  // vlan_info: the devices of its tags
  // Devices that are made of this one, and those it is made of, in the order they were linked.
  std::vector<net_device*> upper;
  std::vector<net_device*> lower;

  void add_tap(tap& t) { taps.push_back(&t); }
  void remove_tap(const tap& t) { std::erase(taps, &t); }
  /// Null when there is none (vlan_find_dev).
  net_device* find_vlan(std::uint16_t tpid, std::uint16_t vid) const {
    for (const vlan_membership& v : vlans)
      if (v.vid == vid && v.tpid == tpid) return v.device;
    return nullptr;
  }
};

inline void link_upper(net_device& lower, net_device& upper) {  // netdev_upper_dev_link
  lower.upper.push_back(&upper);
  upper.lower.push_back(&lower);
}
inline void unlink_upper(net_device& lower, net_device& upper) {
  std::erase(lower.upper, &upper);
  std::erase(upper.lower, &lower);
}

}  // namespace ringside::stack

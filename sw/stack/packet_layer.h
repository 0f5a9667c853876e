// SPDX-License-Identifier: Apache-2.0
// The device-independent layer: devices, taps, VLAN tags and the hand-over to protocols by EtherType.
//
// Owner: net_stack.  Caller: drivers, one packet at a time (netif_receive_skb) or what a poll collected
// (netif_receive_skb_list).  Follows __netif_receive_skb_core and __netif_receive_skb_list_core of Linux 6.1: of a
// list, every packet passes this layer before the first of them reaches its protocol.  A packet that has come to a
// device above the one it was received by begins anew there (another_round).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "sw/stack/net_device.h"
#include "sw/stack/skb_allocator.h"
#include "sw/stack/tap.h"

namespace ringside::stack {

class packet_layer {
 public:
  using handler = std::function<void(skb_ptr)>;
  /// Takes all packets out of the list, in order.
  using list_handler = std::function<void(sk_buff_queue&)>;

  packet_layer(kernel::kernel& k, skb_allocator& skbs);

  /// Registers the one handler of an EtherType (dev_add_pack); `receive_list` where it takes lists (list_func).
  void dev_add_pack(std::uint16_t ether_type, handler receive, list_handler receive_list = {});
  /// Makes a device known: it gets its name's number, its index, and the VLANs of the configuration when it is the
  /// first.
  void register_netdevice(net_device& dev);
  /// Gives a device its address; VLANs that had the old one follow (NETDEV_CHANGEADDR, vlan_sync_address).
  static void set_address(net_device& dev, const mac_address& address);
  /// Its MTU; VLANs whose packets would be longer get it, too (NETDEV_CHANGEMTU).
  static void set_mtu(net_device& dev, std::uint32_t mtu);
  /// Before it goes, its VLANs with it.
  void unregister_netdevice(net_device& dev);
  const std::vector<net_device*>& devices() const { return devices_; }

  /// Not owned; sees every packet in reception order, once on every device it comes to, its VLAN tags in place
  /// (net_device::add_tap: those of one device).
  void add_tap(tap& t) { taps_.push_back(&t); }
  void remove_tap(const tap& t) { std::erase(taps_, &t); }
  /// Shows the taps a packet on its way out, its Ethernet header at data (dev_queue_xmit_nit).  The tag beside it is
  /// shown in its place; a sum that was begun and segments to be cut are seen as they are.
  void dev_queue_xmit_nit(sk_buff& skb, net_device& dev);
  /// By what VLANs' devices send; not owned.
  void set_vlan_ops(net_device_ops& ops) { vlan_ops_ = &ops; }
  /// VLANs the first device will have.
  void configure_vlan(std::uint16_t tpid, std::uint16_t vid) { planned_vlans_.emplace_back(tpid, vid); }
  /// A VLAN device above `real`, by TPID and VID (register_vlan_dev).  It is down until its parent takes it along
  /// (net_stack::vlans_follow).
  net_device& add_vlan(net_device& real, std::uint16_t tpid, std::uint16_t vid);
  /// No packet comes to it any more; packets it had keep it until the stack goes.
  void remove_vlan(net_device& real, std::uint16_t tpid, std::uint16_t vid);

  /// Takes a packet behind eth_type_trans(): delivers it or gives it its fate.
  void netif_receive_skb(skb_ptr skb);
  /// The same for several, which it takes out of the list.
  void netif_receive_skb_list(kernel::packet_list& list);
  /// Queues it for the backlog poll instead; a full backlog drops it.
  void netif_rx(skb_ptr skb);

  /// One more, or one less, wants packets stamped with the time they came (net_enable_timestamp).
  void stamps_wanted(bool on) { stamps_wanted_ += on ? 1U : ~0U; }

  std::uint64_t received() const { return received_; }

 private:
  struct protocol {
    std::uint16_t type;
    handler receive;
    list_handler receive_list;
  };

  void name_device(net_device& dev) const;
  /// Null: nobody waits for it.  A packet that is gone all the same was refused by the protocol that is named.
  const protocol* receive_core(skb_ptr& skb);
  /// What became of a packet on one device: it ended, begins anew on another, or is for the protocols.
  enum class round : std::uint8_t { ended, another, up };
  // Parts of receive_core: a round for each device the packet comes to, then up once.
  [[gnu::always_inline]] inline round receive_round(skb_ptr& skb, bool& seen, bool& exact);
  round follow_tag(skb_ptr& skb);
  [[gnu::always_inline]] inline const protocol* receive_up(skb_ptr& skb, bool seen, bool exact);
  const protocol* refuse(skb_ptr& skb, drop_reason reason);  // null
  bool untag(sk_buff& skb);
  bool vlan_do_receive(skb_ptr& skb);
  static void deliver_list(const protocol& to, sk_buff_queue& list);
  bool tapped(const sk_buff& skb) const;
  void deliver_to_taps(sk_buff& skb);
  void show_to_taps(const sk_buff& skb, net_device* dev);

  kernel::host& host_;
  kernel::kernel& kernel_;
  skb_allocator& skbs_;
  std::vector<protocol> protocols_;
  protocol tap_alone_;  // the last tap, for a packet no protocol takes: the tap has seen it, here it ends
  std::vector<tap*> taps_;
  std::vector<net_device*> devices_;
  unsigned last_index_ = 0;
  net_device_ops* vlan_ops_ = nullptr;
  std::vector<std::unique_ptr<net_device>> vlan_devices_;               // those removed among them
  std::vector<std::pair<std::uint16_t, std::uint16_t>> planned_vlans_;  // TPID, VID
  std::uint64_t received_ = 0;
  unsigned stamps_wanted_ = 0;
};

}  // namespace ringside::stack

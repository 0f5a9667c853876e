// The device-independent layer: taps, VLAN tags and the hand-over to protocols by EtherType.
//
// Owner: net_stack.  Caller: drivers, one packet at a time (netif_receive_skb) or what a poll collected
// (netif_receive_skb_list).  Follows __netif_receive_skb_core and __netif_receive_skb_list_core of Linux 6.1: of a
// list, every packet passes this layer before the first of them reaches its protocol.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <utility>
#include <vector>

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
  /// Not owned; sees every packet of the interface in reception order, once, its VLAN tags in place.
  void add_tap(tap& t) { taps_.push_back(&t); }
  void remove_tap(const tap& t) { std::erase(taps_, &t); }
  /// A VLAN device on the interface: by TPID and VID (vlan_find_dev).
  void add_vlan(std::uint16_t tpid, std::uint16_t vid) { vlans_.emplace(tpid, vid); }
  void remove_vlan(std::uint16_t tpid, std::uint16_t vid) { vlans_.erase({tpid, vid}); }

  /// Takes a packet behind eth_type_trans(): delivers it or gives it its fate.
  void netif_receive_skb(skb_ptr skb);
  /// The same for several, which it takes out of the list.
  void netif_receive_skb_list(kernel::packet_list& list);
  /// Queues it for the backlog poll instead; a full backlog drops it.
  void netif_rx(skb_ptr skb);

  std::uint64_t received() const { return received_; }

 private:
  struct protocol {
    std::uint16_t type;
    handler receive;
    list_handler receive_list;
  };

  const protocol* receive_core(skb_ptr& skb);
  const protocol* receive_odd(skb_ptr& skb);
  const protocol* refuse(skb_ptr& skb, drop_reason reason);   // null
  enum class tags : std::uint8_t { followed, unknown, cut };  // unknown: a VLAN nobody made; cut: not wholly there
  tags strip_tags(sk_buff& skb, bool& inside);
  bool untag(sk_buff& skb);
  bool enter_vlan(sk_buff& skb, bool& inside);
  static void deliver_list(const protocol& to, sk_buff_queue& list);
  void deliver_to_taps(sk_buff& skb);

  kernel::host& host_;
  kernel::kernel& kernel_;
  skb_allocator& skbs_;
  std::vector<protocol> protocols_;
  protocol tap_alone_;  // the last tap, for a packet no protocol takes: the tap has seen it, here it ends
  std::vector<tap*> taps_;
  std::set<std::pair<std::uint16_t, std::uint16_t>> vlans_;  // TPID, VID
  std::uint64_t received_ = 0;
};

}  // namespace ringside::stack

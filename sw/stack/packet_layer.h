// The device-independent layer: taps, VLAN tags and the hand-over to protocols by EtherType.
//
// Owner: net_stack.  Caller: drivers (netif_receive_skb).  Follows __netif_receive_skb_core of Linux 6.1.
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

  packet_layer(kernel::kernel& k, skb_allocator& skbs) : host_(k.machine()), kernel_(k), skbs_(skbs) {}

  /// Registers the one handler of an EtherType (dev_add_pack).
  void dev_add_pack(std::uint16_t ether_type, handler receive);
  /// Not owned; sees every packet in reception order.
  void add_tap(tap& t) { taps_.push_back(&t); }
  void remove_tap(const tap& t) { std::erase(taps_, &t); }
  void add_vlan(std::uint16_t vid) { vlans_.insert(vid); }
  void remove_vlan(std::uint16_t vid) { vlans_.erase(vid); }

  /// Takes a packet behind eth_type_trans(): delivers it or gives it its fate.
  void netif_receive_skb(skb_ptr skb);
  /// Queues it for the backlog poll instead; a full backlog drops it.
  void netif_rx(skb_ptr skb);

  std::uint64_t received() const { return received_; }

 private:
  bool untag(sk_buff& skb);
  void deliver_to_taps(sk_buff& skb);

  kernel::host& host_;
  kernel::kernel& kernel_;
  skb_allocator& skbs_;
  std::vector<std::pair<std::uint16_t, handler>> protocols_;
  std::vector<tap*> taps_;
  std::set<std::uint16_t> vlans_;
  std::uint64_t received_ = 0;
};

}  // namespace ringside::stack

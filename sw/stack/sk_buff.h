// SPDX-License-Identifier: Apache-2.0
// One packet: a header over bytes in simulated memory, whose start and length move layer by layer.
//
// Owner: whoever holds the skb_ptr, or the queue it is in; there is always exactly one.  The bytes may belong to
// several headers (skb_clone).  Made by skb_allocator, which also takes it back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <utility>

#include "common/time.h"
#include "sw/kernel/host.h"
#include "sw/kernel/packet.h"
#include "sw/kernel/packet_queue.h"
#include "sw/stack/bytes.h"
#include "sw/stack/dst.h"
#include "sw/stack/skb_shared_info.h"

namespace ringside::stack {

class skb_allocator;
class sk_buff;
class sock;
struct net_device;

/// PACKET_*, with Linux' numbers up to the outgoing one.
enum class packet_type : std::uint8_t { host, broadcast, multicast, other_host, outgoing, loopback };

using kernel::checksum_state;

/// What a copy of a packet has as the packet has it, bytes or not (the group `headers` of struct sk_buff).
struct skb_headers {
  std::uint16_t protocol = 0;  // EtherType
  packet_type type = packet_type::host;
  bool l4_hash = false;             // `hash` covers ports
  bool ignore_df = false;           // may be fragmented here whatever its header says
  std::uint16_t vlan_proto = 0;     // TPID of the tag taken out of the data, by the chip or by the stack; 0: none
  std::uint16_t vlan_tci = 0;       // ... and what followed it
  std::uint16_t queue_mapping = 0;  // receive: queue + 1, 0 = not recorded; transmit: queue
  std::uint16_t csum_start = 0;     // checksum_state::partial: where the sum begins, from the head on
  std::uint16_t csum_offset = 0;    // ... and where it goes, from there on
  unsigned skb_iif = 0;             // index of the device it came in by
  std::uint32_t hash = 0;           // of the flow; 0: not known
  std::uint32_t priority = 0;
  std::uint32_t mark = 0;
  sim_time tstamp = 0;  // of reception, or not before when it may leave; 0: none
  net_device* dev = nullptr;

  bool has_vlan_tag() const { return vlan_proto != 0; }  // skb_vlan_tag_present
  void put_vlan_tag(std::uint16_t tpid, std::uint16_t tci) {
    vlan_proto = tpid;
    vlan_tci = tci;
  }
  void clear_vlan_tag() { put_vlan_tag(0, 0); }
};

class sk_buff final : public kernel::packet, public skb_headers {
 public:
  static constexpr std::size_t max_frags = skb_shared_info::max_frags;
  static constexpr std::uint32_t page_bytes = 4096;

  sk_buff(skb_allocator& pool, kernel::bus_address head, std::byte* memory, std::uint32_t head_bytes);
  ~sk_buff() override;
  sk_buff(const sk_buff&) = delete;
  sk_buff& operator=(const sk_buff&) = delete;
  /// The object itself goes back to its allocator's cache.
  static void operator delete(sk_buff* skb, std::destroying_delete_t);

  // ---- Geometry: head <= data <= tail <= end ----
  std::size_t len() const { return tail_ - data_ + frag_bytes_; }
  std::size_t headlen() const { return tail_ - data_; }
  std::size_t headroom() const { return data_; }
  std::size_t tailroom() const { return end_ - tail_; }
  std::byte* data() { return memory_ + data_; }
  const std::byte* data() const { return memory_ + data_; }
  std::span<const std::byte> linear() const { return {memory_ + data_, headlen()}; }
  kernel::bus_address data_address() const { return head_ + data_; }

  /// Moves data and tail of an empty buffer: headroom for later push().
  void reserve(std::size_t bytes);
  /// Appends; returns where the new bytes start.  Bytes must fit tailroom(), as with skb_put().
  std::byte* put(std::size_t bytes);
  /// Prepends; returns the new start.
  std::byte* push(std::size_t bytes);
  /// Removes from the front; false (and unchanged) when the linear part is shorter.
  bool pull(std::size_t bytes) {
    if (bytes > headlen()) return false;
    data_ += static_cast<std::uint32_t>(bytes);
    return true;
  }
  /// Makes the first `bytes` linear, copying from fragments; false when the packet is shorter or memory is out.
  bool may_pull(std::size_t bytes) { return bytes <= headlen() || pull_tail(bytes); }
  /// Cuts the packet to `bytes` (pskb_trim); fragments beyond are freed, and few bytes left in others are condensed.
  /// False, and unchanged, when a clone shares the fragments and there is no memory for a head of its own.
  bool trim(std::size_t bytes) { return bytes >= len() || cut(bytes); }
  /// Moves the fragments into the head when they fit, and forgets what they counted for (skb_condense).
  void condense();

  /// Takes the buffer, which counts `truesize` bytes: whole pages, whatever of them is used.
  bool add_frag(kernel::bus_address buffer, std::uint32_t offset, std::uint32_t size,
                std::uint32_t truesize = page_bytes);
  /// One reference to `buffer` more: `size` bytes behind those of the last fragment where they follow them, else a
  /// fragment of their own (skb_fill_page_desc, skb_can_coalesce).  False when there is no place for one.
  bool append_page(kernel::bus_address buffer, std::uint32_t offset, std::uint32_t size);
  std::size_t frag_count() const { return shared_->nr_frags; }
  std::span<const std::byte> frag(std::size_t index) const;

  /// Copies `to.size()` bytes from `offset` (skb_copy_bits); false when the packet is shorter.
  bool copy_bits(std::size_t offset, std::span<std::byte> to) const;
  /// Calls visitor(span) for each contiguous piece of [offset, offset + bytes).
  template <class visitor_type>
  void for_each_piece(std::size_t offset, std::size_t bytes, visitor_type visitor) const;

  // ---- Header positions, relative to head: they survive push and pull ----
  void reset_mac_header() { mac_header_ = data_; }
  void reset_network_header() { network_header_ = data_; }
  void reset_transport_header() { transport_header_ = data_; }
  /// `offset`: from data on.
  void set_network_header(std::size_t offset) { network_header_ = data_ + static_cast<std::uint32_t>(offset); }
  void set_transport_header(std::size_t offset) { transport_header_ = data_ + static_cast<std::uint32_t>(offset); }
  std::size_t network_offset() const { return network_header_ - data_; }      // skb_network_offset
  std::size_t transport_offset() const { return transport_header_ - data_; }  // skb_transport_offset
  std::byte* mac_header() { return memory_ + mac_header_; }
  std::byte* network_header() { return memory_ + network_header_; }
  std::byte* transport_header() { return memory_ + transport_header_; }
  const std::byte* network_header() const { return memory_ + network_header_; }
  const std::byte* transport_header() const { return memory_ + transport_header_; }
  std::size_t transport_start() const { return transport_header_; }  // from the head on
  std::size_t mac_offset() const { return mac_header_; }

  /// Memory charged to a socket that queues it (truesize).
  std::size_t truesize() const { return truesize_; }
  /// For a packet made of others: what Linux would count for theirs.
  void set_truesize(std::size_t bytes) { truesize_ = bytes; }
  /// Of `truesize()`: what the fragments count for, without header and head.
  std::size_t frag_truesize() const { return truesize_ - own_truesize(); }
  /// Whether a clone shares the bytes (skb_cloned): they must not change then.
  bool cloned() const { return shared_->dataref > 1; }
  /// Bytes of its own, to change them (skb_unclone); false when memory is out.
  bool unclone() { return !cloned() || expand_head(0, 0); }
  /// A head of its own with that much more room on both sides (pskb_expand_head); false when memory is out.  Pointers
  /// into the old one are void.
  bool expand_head(std::size_t more_headroom, std::size_t more_tailroom);
  /// skb_shinfo: of this header and its clones.
  skb_shared_info& shared() { return *shared_; }
  const skb_shared_info& shared() const { return *shared_; }
  bool is_gso() const { return shared_->gso_size != 0; }

  /// Lets go of the socket that paid for it (skb_orphan).
  void orphan() {
    if (destructor != nullptr) std::exchange(destructor, nullptr)(*this);
    sk = nullptr;
  }
  // The socket it belongs to, and what tells it that the packet is gone.  Not a clone's.
  sock* sk = nullptr;
  void (*destructor)(sk_buff& skb) = nullptr;
  kernel::packet_queue<sk_buff>
      frag_list;         // of a datagram to send: the fragments behind this one (skb_shinfo); not in len()
  dst_ref dst;           // where it goes on, once a route has been looked up; a copy goes there as well
  bool is_copy = false;  // at a second socket: the frame's fate is that of the first

  // IPv4's control block.
  struct ipv4_control {
    ipv4_address source = 0;
    ipv4_address destination = 0;
    std::uint8_t header_bytes = 0;
    std::uint8_t protocol = 0;
    bool seen_raw = false;  // a raw socket was bound for it
  };
  ipv4_control& ip() { return control<ipv4_control>(); }
  const ipv4_control& ip() const { return control<ipv4_control>(); }

 private:
  friend class skb_allocator;

  bool pull_tail(std::size_t bytes);
  bool cut(std::size_t bytes);  // to fewer than there are
  std::size_t own_truesize() const;

  skb_allocator& pool_;
  kernel::bus_address head_;
  std::byte* memory_;  // host address of head_
  std::uint32_t data_ = 0;
  std::uint32_t tail_ = 0;
  std::uint32_t end_;
  std::uint32_t mac_header_ = 0;
  std::uint32_t network_header_ = 0;
  std::uint32_t transport_header_ = 0;
  std::uint32_t frag_bytes_ = 0;
  std::size_t truesize_ = 0;
  skb_shared_info* shared_ = &own_shared_;
  skb_shared_info own_shared_;  // while no other header has been made of this one
};

using skb_ptr = std::unique_ptr<sk_buff>;
using sk_buff_queue = kernel::packet_queue<sk_buff>;

template <class visitor_type>
void sk_buff::for_each_piece(std::size_t offset, std::size_t bytes, visitor_type visitor) const {
  const auto part = [&](std::span<const std::byte> piece) {
    if (offset >= piece.size()) {
      offset -= piece.size();
      return;
    }
    const std::size_t take = std::min(bytes, piece.size() - offset);
    if (take != 0) visitor(piece.subspan(offset, take));
    offset = 0;
    bytes -= take;
  };
  part(linear());
  for (std::size_t i = 0; i < frag_count() && bytes != 0; ++i) part(frag(i));
}

}  // namespace ringside::stack

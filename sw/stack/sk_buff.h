// One packet on its way up: a buffer in simulated memory whose start and length move layer by layer.
//
// Owner: whoever holds the skb_ptr; there is always exactly one.  Made by skb_allocator, which also takes it back.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>

#include "common/time.h"
#include "sw/kernel/host.h"
#include "sw/kernel/packet.h"
#include "sw/stack/bytes.h"

namespace ringside::stack {

class skb_allocator;
struct net_device;

enum class packet_type : std::uint8_t { host, broadcast, multicast, other_host };

using kernel::checksum_state;

/// Part of a packet outside its linear buffer; the skb owns the buffer.
struct skb_frag {
  kernel::bus_address buffer;
  std::uint32_t offset;
  std::uint32_t size;
};

class sk_buff final : public kernel::packet {
 public:
  static constexpr std::size_t max_frags = 17;  // MAX_SKB_FRAGS with 4 KiB pages
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
  void trim(std::size_t bytes) {
    if (bytes < len()) cut(bytes);
  }
  /// Moves the fragments into the head when they fit, and forgets what they counted for (skb_condense).
  void condense();

  /// Takes the buffer, which counts `truesize` bytes: whole pages, whatever of them is used.
  bool add_frag(kernel::bus_address buffer, std::uint32_t offset, std::uint32_t size,
                std::uint32_t truesize = page_bytes);
  std::size_t frag_count() const { return frag_count_; }
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
  std::byte* mac_header() { return memory_ + mac_header_; }
  std::byte* network_header() { return memory_ + network_header_; }
  std::byte* transport_header() { return memory_ + transport_header_; }
  const std::byte* transport_header() const { return memory_ + transport_header_; }
  std::size_t mac_offset() const { return mac_header_; }

  /// Memory charged to a socket that queues it (truesize).
  std::size_t truesize() const { return truesize_; }
  /// For a packet made of others: what Linux would count for theirs.
  void set_truesize(std::size_t bytes) { truesize_ = bytes; }
  /// Of `truesize()`: what the fragments count for, without header and head.
  std::size_t frag_truesize() const { return truesize_ - own_truesize(); }
  /// Whether a clone shares the bytes (skb_cloned): they must not change then.
  bool cloned() const { return dataref_ != nullptr && *dataref_ > 1; }

  std::uint16_t protocol = 0;  // EtherType
  packet_type type = packet_type::host;
  bool is_copy = false;  // at a second socket: the frame's fate is that of the first
  // The tag taken out of the data, by the chip or by the stack (skb_vlan_tag_present).
  std::uint16_t vlan_proto = 0;  // its TPID; 0: none
  std::uint16_t vlan_tci = 0;
  bool has_vlan_tag() const { return vlan_proto != 0; }
  void put_vlan_tag(std::uint16_t tpid, std::uint16_t tci) {
    vlan_proto = tpid;
    vlan_tci = tci;
  }
  void clear_vlan_tag() { put_vlan_tag(0, 0); }
  net_device* dev = nullptr;

  // Control block: what one layer leaves for the next.
  enum class ipv4_route : std::uint8_t { local, broadcast, multicast, unreachable };  // RTN_*
  struct ipv4_control {
    ipv4_address source = 0;
    ipv4_address destination = 0;
    std::uint8_t header_bytes = 0;
    std::uint8_t protocol = 0;
    ipv4_route route = ipv4_route::local;
  } ip;

 private:
  friend class skb_allocator;

  bool pull_tail(std::size_t bytes);
  void cut(std::size_t bytes);  // to fewer than there are
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
  std::size_t frag_count_ = 0;
  std::size_t truesize_ = 0;
  std::uint32_t* dataref_ = nullptr;       // packets that share the bytes, once there was a clone
  std::array<skb_frag, max_frags> frags_;  // [0, frag_count_) are valid
};

using skb_ptr = std::unique_ptr<sk_buff>;

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
  for (std::size_t i = 0; i < frag_count_ && bytes != 0; ++i) part(frag(i));
}

}  // namespace ringside::stack

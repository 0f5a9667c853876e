// SPDX-License-Identifier: Apache-2.0
// The transmit path of the driver: makes descriptors of packets, tells the card, and takes back what it has sent (DR-1
// to DR-7).
//
// Owner: driver::e1000.  Callers: ndo_start_xmit (with the queue's lock), the receive modes (clean); open, close and
// reconfiguration (allocate, configure, clean_ring).
#pragma once

#include <cstdint>

#include "sw/driver/config.h"
#include "sw/driver/registers.h"
#include "sw/driver/tx_ring.h"
#include "sw/stack/net_device.h"
#include "sw/stack/net_device_ops.h"
#include "sw/stack/net_stack.h"

namespace ringside::driver {

struct transmitter_statistics {
  std::uint64_t packets = 0;      // given to the card
  std::uint64_t descriptors = 0;  // ... as so many, contexts among them
  std::uint64_t tail_writes = 0;
  std::uint64_t restarts = 0;  // restart_queue: woken, or room found before it slept
  std::uint64_t busy = 0;      // NETDEV_TX_BUSY
  std::uint64_t hangs = 0;     // detected
  std::uint64_t timeouts = 0;  // tx_timeout_count: resets asked for
};

class transmitter {
 public:
  static constexpr std::uint32_t wake_threshold = 32;                           // TX_WAKE_THRESHOLD
  static constexpr std::uint32_t stop_below = stack::sk_buff::max_frags + 7;    // desc_needed
  static constexpr std::uint32_t shortest_frame = ethernet::least_without_fcs;  // ETH_ZLEN

  transmitter(stack::net_stack& net, stack::net_device& dev, registers& regs, const config& settings, const bool& down);

  /// Allocates the ring.  False when memory is out.
  bool allocate() { return ring_.allocate(ring_descriptors(settings_.tx_ring_size)); }
  /// Another ring size; false when memory is out, and the old ring stays.  Only after clean_ring().
  bool resize(std::uint32_t count) { return ring_.reallocate(count); }
  void release() { ring_.release(); }

  /// Takes the packet, or leaves it with the caller when the ring is short (e1000_xmit_frame).
  stack::netdev_tx xmit_frame(stack::skb_ptr& skb);
  /// Takes back what the card has sent (e1000_clean_tx_irq); false when the whole ring was, and there may be more.
  /// `hardirq`: packets are freed in NET_TX.
  bool clean(bool hardirq = false);
  /// Gives up what is in the ring; frames get their fate (e1000_clean_tx_ring).  The chip has been reset.
  void clean_ring();

  /// The next clean() looks whether the oldest packet has been there for too long (detect_tx_hung; DR-7).
  void detect_hang() { detect_hang_ = true; }
  /// Seconds after which it is: 1, at 10 Mb/s 16 (tx_timeout_factor).
  void set_timeout_factor(std::uint32_t seconds) { timeout_factor_ = seconds; }
  /// Nothing waits for the card.
  bool idle() const { return ring_.at.unused() + 1 >= ring_.at.count; }

  const tx_ring& ring() const { return ring_; }
  const transmitter_statistics& counters() const { return counters_; }
  void count_timeout() { ++counters_.timeouts; }
  /// Packets and bytes taken back since the start, for dynamic moderation.
  std::uint64_t packets() const { return packets_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  // transmitter.cpp
  bool pad(stack::sk_buff& skb);
  std::uint32_t descriptors_needed(const stack::sk_buff& skb, std::uint32_t most) const;
  bool room_for(std::uint32_t count);
  bool put_tso_context(stack::sk_buff& skb);
  void put_checksum_context(const stack::sk_buff& skb);
  void put_context(const tx_context& context, frame_id frame);
  // tx_map.cpp
  std::uint32_t map(stack::skb_ptr& skb, std::uint32_t first, std::uint32_t most);
  /// `command` and `options` of each descriptor, `last` besides in the last one.
  void queue(frame_id frame, std::uint32_t command, std::uint32_t options, std::uint32_t count);
  void write(std::uint32_t index, const tx_descriptor& d, frame_id frame);
  void ring_doorbell();
  // clean_tx.cpp
  void unmap(tx_buffer& buffer);
  void complete(tx_buffer& buffer, bool hardirq);
  void wake_if_room(bool cleaned);
  void look_for_hang(std::uint32_t index);
  stack::netdev_queue& tx_queue() { return *dev_.tx.front(); }

  kernel::kernel& kernel_;
  kernel::host& host_;
  stack::net_stack& net_;
  stack::net_device& dev_;
  registers& regs_;
  const config& settings_;
  const bool& down_;
  tx_ring ring_;
  transmitter_statistics counters_;
  bool detect_hang_ = false;
  std::uint32_t timeout_factor_ = 1;
  std::uint64_t packets_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace ringside::driver

// SPDX-License-Identifier: Apache-2.0
// IPv4 reassembly: holds fragments until their datagram is whole, its time is over or there is no room.
//
// Owner and caller: ipv4_layer.  Softirq context.  RFC 791 section 3.2, RFC 815; what it accepts, and what an overlap
// or a late end costs, is Linux 6.1's choice (ip_frag_queue, inet_frag_queue_insert):
//  - a fragment that lies inside one run is a duplicate: it is dropped, the first bytes stay.  A run grows only when a
//  fragment follows the last one of all; what comes out of order is a run of its own, even next to another;
//  - any other overlap throws the whole datagram away, as RFC 5722 demands of IPv6 (RFC 1858 shows what overlaps are
//  for);
//  - so do two different ends and an empty fragment; an end beyond 65,535 bytes (RFC 791: total length has 16 bits) and
//  ECN marks that do not go together (RFC 3168 5.3) only once the datagram is whole (ip_frag_reasm);
//  - too many fragments of the same sender since the datagram's last one: what was collected is thrown away and the
//  fragment begins anew, since the 16-bit id may have come round meanwhile (ip_frag_too_far);
//  - above the memory limit every fragment is refused until time or completion has made room;
//  - every datagram has a timer of its own, set when its first fragment comes and when it begins anew.
// Unlike Linux it copies the pieces into one buffer instead of chaining them, and pays for the copy.
//
// Fates: the frame whose arrival made the datagram whole carries it on and gets the fate of the datagram; the others
// end as consumed at that instant, so each frame has one fate.  A fragment given up is dropped for ip_fragment.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <tuple>
#include <vector>

#include "sw/kernel/timers.h"
#include "sw/stack/config.h"
#include "sw/stack/skb_allocator.h"

namespace ringside::stack {

struct fragment_statistics {              // SNMP names of RFC 4293; the last ones are Linux' or ours
  std::uint64_t reassembly_requests = 0;  // ReasmReqds
  std::uint64_t reassembled = 0;          // ReasmOKs
  std::uint64_t failures = 0;             // ReasmFails
  std::uint64_t timeouts = 0;             // ReasmTimeout
  std::uint64_t overlaps = 0;             // ReasmOverlaps
  std::uint64_t duplicates = 0;
  std::uint64_t restarts = 0;  // by max_distance
};

class ip_fragments {
 public:
  using config = fragment_config;

  /// What a datagram begun counts beside its fragments: sizeof(struct ipq), by its declaration (net/ipv4/ip_fragment.c,
  /// include/net/inet_frag.h) for 64 bits without lock debugging.
  static constexpr std::size_t queue_bytes = 200;

  ip_fragments(kernel::kernel& os, skb_allocator& skbs, const config& settings)
      : host_(os.machine()), clock_(os.clock()), skbs_(skbs), settings_(settings) {}

  /// Takes a fragment: data at a valid IPv4 header, trimmed to its total length, skb->ip filled in.  Returns the whole
  /// datagram, data at its header, when this was the last piece; null otherwise.
  skb_ptr ip_defrag(skb_ptr fragment);
  /// Who hears that the time for a datagram was over, about its first fragment.
  void on_timeout(std::function<void(const sk_buff&)> tell) { tell_ = std::move(tell); }
  /// Gives up everything held.  When the stack goes down.
  void flush();

  std::size_t datagrams() const { return queues_.size(); }
  std::size_t memory() const { return memory_; }
  const fragment_statistics& counters() const { return counters_; }

 private:
  struct key {
    ipv4_address source;
    ipv4_address destination;
    std::uint16_t id;
    std::uint8_t protocol;
    friend bool operator<(const key& x, const key& y) {
      return std::tie(x.source, x.destination, x.id, x.protocol) < std::tie(y.source, y.destination, y.id, y.protocol);
    }
  };
  struct piece {
    std::size_t begin;  // in the datagram's payload
    std::size_t end;
    std::size_t run_begin;  // bytes before it in its run
    skb_ptr skb;
  };
  struct queue {
    std::vector<piece> pieces;  // by offset; never two that share a byte
    std::size_t bytes = 0;      // payload held
    std::size_t length = 0;     // of the payload: the largest end seen
    bool last_seen = false;     // length is the datagram's
    std::size_t memory = 0;     // truesize held
    std::uint8_t ecn = 0;       // bit n: a fragment had n in the ECN field
  };
  struct entry {
    queue held;
    std::uint32_t sender_count = 0;  // of its sender when its last fragment came
    kernel::timer timer;
  };
  using queue_map = std::map<key, entry>;
  enum class place : std::uint8_t { free, duplicate, overlap };

  /// The datagram's entry, made when there is none.
  queue_map::iterator ip_find(const key& name);
  /// Sets the timer of an entry that is not in the map and puts it there; another CPU's of that name stays.
  queue_map::iterator arm(queue_map::node_type fresh);
  /// Takes it out of the map and stops its timer: what it held.
  queue remove(queue_map::iterator it);
  skb_ptr take(skb_ptr fragment, queue& dead);
  static bool lengths_agree(queue& q, std::size_t end, bool more);
  static place find_place(const queue& q, std::size_t begin, std::size_t end, std::size_t& index);
  static std::size_t whole_truesize(const queue& q);
  /// Counts the fragment for its sender; true when too many came since the queue's last one.
  bool too_far(entry& e, ipv4_address source);
  /// Begins anew; `dead` is what it held, to be dropped.
  queue_map::iterator restart(queue_map::iterator it, queue& dead);
  void count_memory_down(std::size_t bytes);
  skb_ptr reassemble(queue q, std::size_t last_index);
  /// Drops what a queue holds and forgets it.
  void discard(queue_map::iterator it);
  void drop_all(queue dead);
  void refuse(skb_ptr fragment);
  void expire(key name, const entry* whose);

  kernel::host& host_;
  kernel::timers& clock_;
  skb_allocator& skbs_;
  config settings_;
  queue_map queues_;
  std::map<ipv4_address, std::uint32_t> sent_by_;  // fragments by sender, while any queue is open (inet_peer)
  std::size_t memory_ = 0;                         // 0: no queue is open
  fragment_statistics counters_;
  std::function<void(const sk_buff&)> tell_;
};

}  // namespace ringside::stack

// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/ip_fragment.h"

#include <algorithm>
#include <utility>

#include "common/inet.h"
#include "sw/stack/checksum.h"
#include "sw/stack/header_writers.h"
#include "sw/stack/headers.h"

namespace ringside::stack {
namespace {

constexpr std::size_t offset_unit = 8;
constexpr std::size_t largest_datagram = 65535;

// Values of the ECN field (RFC 3168 5).
constexpr std::uint8_t ecn_mask = 3;
constexpr std::uint8_t ecn_not_ect = 0;
constexpr std::uint8_t ecn_ce = 3;

/// ip_frag_ecn_table, RFC 3168 5.3: not-ECT beside any mark is wrong, CE beside ECT makes all of it CE.
constexpr bool ecn_valid(std::uint8_t seen) {
  return (seen & 1U << ecn_not_ect) == 0 || seen == 1U << ecn_not_ect;
}
constexpr std::uint8_t ecn_of_whole(std::uint8_t seen) {
  return (seen & 1U << ecn_ce) != 0 ? ecn_ce : 0;
}

/// The header of the first fragment becomes that of the datagram: ECN, total length, no fragment fields, checksum.
void make_whole(std::byte* at, std::size_t total, std::uint8_t ecn) {
  ipv4_writer header(at);
  header.set_type_of_service(ipv4_view(at).type_of_service() | ecn);
  header.set_total_length(total);
  header.set_fragment(0);
  write_ip_checksum(at);
}

}  // namespace

skb_ptr ip_fragments::ip_defrag(skb_ptr fragment) {
  queue dead;
  skb_ptr whole = take(std::move(fragment), dead);
  drop_all(std::move(dead));  // last: dropping spends time, in which another CPU may change any queue
  return whole;
}

ip_fragments::queue_map::iterator ip_fragments::ip_find(const key& name) {
  if (const auto it = queues_.find(name); it != queues_.end()) return it;
  queue_map fresh;
  entry& e = fresh.try_emplace(name).first->second;
  e.timer.callback = [this, name, &e] { expire(name, &e); };
  memory_ += queue_bytes;
  return arm(fresh.extract(fresh.begin()));
}

// Setting and stopping a timer let other CPUs run, so it is done with an entry that only this one knows.
ip_fragments::queue_map::iterator ip_fragments::arm(queue_map::node_type fresh) {
  for (;;) {
    clock_.mod_timer(fresh.mapped().timer, settings_.timeout);
    auto shown = queues_.insert(std::move(fresh));
    if (shown.inserted) return shown.position;
    fresh = std::move(shown.node);
    clock_.del_timer(fresh.mapped().timer);
    if (const auto it = queues_.find(fresh.key()); it != queues_.end()) {
      count_memory_down(queue_bytes);
      return it;
    }
  }
}

ip_fragments::queue ip_fragments::remove(queue_map::iterator it) {
  const queue_map::node_type node = queues_.extract(it);
  count_memory_down(node.mapped().held.memory + queue_bytes);
  queue held = std::move(node.mapped().held);
  clock_.del_timer(node.mapped().timer);
  return held;
}

skb_ptr ip_fragments::take(skb_ptr fragment, queue& dead) {
  ++counters_.reassembly_requests;
  host_.consume(kernel::cost::socket_lookup);  // ip_find: as a socket's, hash chains under a lock
  host_.sync();                                // the clock is read, and other CPUs' softirqs use the same queues
  if (settings_.memory_limit == 0 || memory_ > settings_.memory_limit) {
    refuse(std::move(fragment));
    return nullptr;
  }
  const ipv4_view header(fragment->data());
  const std::uint16_t field = header.fragment();
  const std::uint8_t ecn = header.type_of_service() & ecn_mask;
  const bool more = (field & inet::more_fragments) != 0;
  const std::size_t header_bytes = fragment->ip().header_bytes;
  const std::size_t begin = (field & inet::fragment_offset) * offset_unit;
  const key name{fragment->ip().source, fragment->ip().destination, header.identification(), fragment->ip().protocol};
  // RFC 791: all but the last carry a multiple of 8 bytes.  What is beyond is cut off, as ip_frag_queue does; before
  // the queue is looked up, since cutting may take time, in which another CPU may end it (Linux holds its lock).
  std::size_t size = fragment->len() - header_bytes;
  if (more) size -= size % offset_unit;
  const bool trimmed = fragment->trim(header_bytes + size);
  const std::size_t end = begin + size;
  auto it = ip_find(name);
  if (too_far(it->second, name.source)) it = restart(it, dead);
  queue& q = it->second.held;

  if (!lengths_agree(q, end, more) || size == 0 || !trimmed) {
    discard(it);
    refuse(std::move(fragment));
    return nullptr;
  }
  std::size_t index = 0;
  const place where = find_place(q, begin, end, index);
  if (where == place::duplicate) {
    ++counters_.duplicates;
    skbs_.drop(std::move(fragment), drop_reason::ip_fragment);
    return nullptr;
  }
  if (where == place::overlap) {
    ++counters_.overlaps;
    discard(it);
    refuse(std::move(fragment));
    return nullptr;
  }
  q.bytes += size;
  q.ecn |= static_cast<std::uint8_t>(1U << ecn);
  q.memory += fragment->truesize();
  memory_ += fragment->truesize();
  const bool follows = !q.pieces.empty() && q.pieces.back().end == begin;
  const std::size_t run_begin = follows ? q.pieces.back().run_begin : begin;
  q.pieces.insert(q.pieces.begin() + static_cast<std::ptrdiff_t>(index),
                  piece{begin, end, run_begin, std::move(fragment)});
  if (q.last_seen && q.bytes == q.length) return reassemble(remove(it), index);
  return nullptr;
}

// What the ends seen so far say about the length must stay true.
bool ip_fragments::lengths_agree(queue& q, std::size_t end, bool more) {
  if (more) {
    if (q.last_seen && end > q.length) return false;
    q.length = std::max(q.length, end);
    return true;
  }
  if (end < q.length || (q.last_seen && end != q.length)) return false;
  q.length = end;
  q.last_seen = true;
  return true;
}

ip_fragments::place ip_fragments::find_place(const queue& q, std::size_t begin, std::size_t end, std::size_t& index) {
  const auto behind = std::upper_bound(q.pieces.begin(), q.pieces.end(), begin,
                                       [](std::size_t at, const piece& p) { return at < p.begin; });
  index = static_cast<std::size_t>(behind - q.pieces.begin());
  if (behind != q.pieces.begin()) {
    const auto before = behind - 1;
    if (begin < before->end) {
      std::size_t run_end = before->end;
      for (auto next = behind; next != q.pieces.end() && next->run_begin == before->run_begin; ++next)
        run_end = next->end;
      return end <= run_end ? place::duplicate : place::overlap;
    }
  }
  return behind != q.pieces.end() && behind->begin < end ? place::overlap : place::free;
}

bool ip_fragments::too_far(entry& e, ipv4_address source) {
  if (settings_.max_distance == 0) return false;
  const std::uint32_t before = e.sender_count;
  e.sender_count = ++sent_by_[source];
  return !e.held.pieces.empty() && e.sender_count - before > settings_.max_distance;
}

// ip_frag_reinit.
ip_fragments::queue_map::iterator ip_fragments::restart(queue_map::iterator it, queue& dead) {
  ++counters_.failures;
  ++counters_.restarts;
  auto node = queues_.extract(it);
  dead = std::exchange(node.mapped().held, {});
  count_memory_down(dead.memory);
  return arm(std::move(node));
}

// Senders' counts matter only to queues that were open meanwhile.
void ip_fragments::count_memory_down(std::size_t bytes) {
  memory_ -= bytes;
  if (memory_ == 0) sent_by_.clear();
}

// What the chain of buffers that Linux makes would count for (skb_try_coalesce): bytes that fit behind the first
// fragment are copied there and their buffer is freed; other buffers become page fragments and lose their header, as
// long as there is room for more; the rest hangs on as it is.
std::size_t ip_fragments::whole_truesize(const queue& q) {
  const sk_buff& first = *q.pieces.front().skb;
  std::size_t total = first.truesize();
  std::size_t room = first.frag_count() == 0 ? first.tailroom() : 0;
  std::size_t frags = first.frag_count();
  bool listed = false;  // a frag_list ends all coalescing
  for (std::size_t i = 1; i < q.pieces.size(); ++i) {
    const piece& p = q.pieces[i];
    const std::size_t size = p.end - p.begin;
    const bool in_head = p.skb->headlen() > p.skb->ip().header_bytes;
    const std::size_t more = p.skb->frag_count() + (in_head ? 1 : 0);
    if (size <= room) {
      room -= size;
      continue;
    }
    if (!listed && frags + more <= sk_buff::max_frags) {
      total += in_head ? p.skb->truesize() - skb_allocator::object_bytes : p.skb->frag_truesize();
      frags += more;
    } else {
      total += p.skb->truesize();
      listed = true;
    }
    room = 0;
  }
  return total;
}

// ip_frag_reasm.  The frame that came last is the one that goes on.
skb_ptr ip_fragments::reassemble(queue q, std::size_t last_index) {
  const std::size_t header_bytes = q.pieces.front().skb->ip().header_bytes;
  const std::size_t total = header_bytes + q.length;
  skb_ptr whole = total > largest_datagram || !ecn_valid(q.ecn) ? nullptr : skbs_.alloc_skb(total);
  if (whole == nullptr) {
    ++counters_.failures;
    drop_all(std::move(q));
    return nullptr;
  }
  const sk_buff& first = *q.pieces.front().skb;
  const sk_buff& last = *q.pieces[last_index].skb;
  whole->frame = last.frame;
  whole->dev = last.dev;
  whole->protocol = last.protocol;
  whole->type = last.type;
  whole->put_vlan_tag(last.vlan_proto, last.vlan_tci);
  whole->set_truesize(whole_truesize(q));
  whole->claim_control<sk_buff::ipv4_control>() = first.ip();
  whole->dst = last.dst;
  whole->reset_network_header();
  std::byte* header = whole->put(header_bytes);
  first.copy_bits(0, {header, header_bytes});
  make_whole(header, total, ecn_of_whole(q.ecn));
  for (const piece& p : q.pieces) {
    const std::size_t size = p.end - p.begin;
    p.skb->copy_bits(p.skb->ip().header_bytes, {whole->put(size), size});
  }
  host_.consume(kernel::cost::copy_per_byte, q.length);
  ++counters_.reassembled;
  for (std::size_t i = 0; i < q.pieces.size(); ++i)
    if (i != last_index) skbs_.consume(std::move(q.pieces[i].skb));
  host_.sync();  // the allocator is shared with interrupts that allocate
  q.pieces.clear();
  host_.consume(kernel::cost::skb_free);  // the last one, whose fate is the datagram's
  return whole;
}

void ip_fragments::discard(queue_map::iterator it) {
  drop_all(remove(it));
}

void ip_fragments::drop_all(queue dead) {
  for (piece& p : dead.pieces) skbs_.drop(std::move(p.skb), drop_reason::ip_fragment);
}

void ip_fragments::refuse(skb_ptr fragment) {
  ++counters_.failures;
  skbs_.drop(std::move(fragment), drop_reason::ip_fragment);
}

void ip_fragments::flush() {
  while (!queues_.empty()) {
    ++counters_.failures;
    discard(queues_.begin());
  }
}

// ip_expire; no ICMP time exceeded is sent.  Before the lock is had another CPU may have finished the datagram, with it
// the callback this comes from, and begun its namesake.
void ip_fragments::expire(key name, const entry* whose) {
  host_.sync();
  const auto it = queues_.find(name);
  if (it == queues_.end() || &it->second != whose) return;
  ++counters_.timeouts;
  ++counters_.failures;
  queue dead = remove(it);
  // RFC 792, RFC 1122 3.3.2: only when the first one came.
  if (tell_ && !dead.pieces.empty() && dead.pieces.front().begin == 0) tell_(*dead.pieces.front().skb);
  drop_all(std::move(dead));
}

}  // namespace ringside::stack

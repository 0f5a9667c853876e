// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/fq_codel.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/inet.h"
#include "sw/stack/checksum.h"
#include "sw/stack/eth.h"
#include "sw/stack/header_writers.h"
#include "sw/stack/ip.h"
#include "sw/stack/net_device.h"

namespace ringside::stack {

namespace {

constexpr std::uint32_t least_quantum = 256;
constexpr std::uint32_t most_quantum = 1U << 20;  // FQ_CODEL_QUANTUM_MAX

std::uint64_t bytes_of(const sk_buff& skb) {
  return skb.control<qdisc_control>().packet_bytes;
}

/// RFC 3168 5: congestion experienced, where the sender can hear of it; a header that says so already is content
/// (INET_ECN_set_ce).
bool set_ce(sk_buff& skb) {
  constexpr std::uint8_t ecn_mask = 3;
  if (skb.protocol != ether_type::ipv4 || skb.network_offset() + ipv4_view::bytes > skb.headlen()) return false;
  const std::uint8_t tos = ipv4_view(skb.network_header()).type_of_service();
  if ((tos & ecn_mask) == 0) return false;
  if ((tos & ecn_mask) == ecn_mask) return true;
  ipv4_writer(skb.network_header()).set_type_of_service(tos | ecn_mask);
  write_ip_checksum(skb.network_header());
  return true;
}

}  // namespace

fq_codel::fq_codel(kernel::kernel& k, device_transmit& above, net_device& dev, netdev_queue& queue)
    : qdisc(k, above, dev, queue),
      kernel_(k),
      hash_key_{k.random().stream("flow_hash").u64(), k.random().stream("flow_hash").u64()},
      mtu_(std::min<std::uint32_t>(dev.mtu + eth_header_bytes, most_quantum)),
      quantum_(std::clamp(mtu_, least_quantum, most_quantum)),
      flows_(flow_count) {}

// skb_get_hash, scaled to the number of flows: both directions alike, and ports only where every packet has them.
std::size_t fq_codel::flow_of(const sk_buff& skb) const {
  std::array<std::byte, 13> key{};
  std::array<std::byte, ipv4_view::bytes> header;
  if (skb.protocol == ether_type::ipv4 && skb.copy_bits(skb.network_offset(), header)) {
    const ipv4_view ip(header.data());
    std::pair<ipv4_address, std::uint16_t> source{ip.source(), 0};
    std::pair<ipv4_address, std::uint16_t> destination{ip.destination(), 0};
    const bool whole = (ip.fragment() & (inet::fragment_offset | inet::more_fragments)) == 0;
    std::array<std::byte, 4> ports;
    if (whole && (ip.protocol() == ip_protocol::udp || ip.protocol() == ip_protocol::tcp) &&
        skb.copy_bits(skb.network_offset() + ip.header_bytes(), ports)) {
      source.second = load_be16(ports.data());
      destination.second = load_be16(ports.data() + 2);
    }
    if (destination < source) std::swap(source, destination);
    store_be32(key.data(), source.first);
    store_be32(key.data() + 4, destination.first);
    store_be16(key.data() + 8, source.second);
    store_be16(key.data() + 10, destination.second);
    store8(key.data() + 12, ip.protocol());
  } else {
    store_be16(key.data(), skb.protocol);
  }
  const auto hash = static_cast<std::uint32_t>(kernel::siphash24(hash_key_, key));
  return static_cast<std::size_t>(std::uint64_t{hash} * flow_count >> 32);
}

int fq_codel::enqueue(skb_ptr& skb) {
  const std::size_t index = flow_of(*skb);
  flow_queue& flow = flows_[index];
  qdisc_control& control = skb->control<qdisc_control>();
  control.enqueue_time = codel::at(kernel_.machine().now());
  control.memory = static_cast<std::uint32_t>(skb->truesize());
  memory_ += control.memory;
  flow.backlog += control.packet_bytes;
  flow.packets.push_back(std::move(skb));
  if (!flow.listed) {
    flow.listed = true;
    new_flows_.push_back(index);
    ++new_flow_count_;
    flow.deficit = quantum_;
  }
  const bool too_much = memory_ > memory_limit;
  if (counters().qlen <= packet_limit && !too_much) return net_xmit::success;
  const std::uint64_t before = counters().qlen;
  const std::size_t hit = drop_from_fattest();
  drop_overlimit_ += before - counters().qlen;
  if (too_much) drop_overmemory_ += before - counters().qlen;
  return hit == index ? net_xmit::congestion_notification : net_xmit::success;
}

skb_ptr fq_codel::pop(flow_queue& flow) {
  skb_ptr skb = flow.packets.pop_front();
  if (skb == nullptr) return nullptr;
  flow.backlog -= bytes_of(*skb);
  memory_ -= skb->control<qdisc_control>().memory;
  return skb;
}

void fq_codel::drop_one(skb_ptr skb) {
  drop_queued(std::move(skb));
}

// fq_codel_drop: from the head of the flow that waits most, up to half of it.  The flow's CoDel hears of it.
std::size_t fq_codel::drop_from_fattest() {
  const auto fattest = std::max_element(flows_.begin(), flows_.end(),
                                        [](const flow_queue& a, const flow_queue& b) { return a.backlog < b.backlog; });
  const std::uint64_t half = fattest->backlog / 2;
  std::uint64_t bytes = 0;
  unsigned count = 0;
  do {
    skb_ptr skb = pop(*fattest);
    bytes += bytes_of(*skb);
    drop_one(std::move(skb));
  } while (++count < drop_batch && bytes < half);
  fattest->control.count += count;
  return static_cast<std::size_t>(fattest - flows_.begin());
}

// What has left the flow no longer counts as waiting, in the whole discipline's backlog neither.
skb_ptr fq_codel::codel_dequeue(flow_queue& flow) {
  const codel::time now = codel::at(kernel_.machine().now());
  codel& c = flow.control;
  skb_ptr skb = pop(flow);
  if (skb == nullptr) {
    c.nothing_waits();
    return nullptr;
  }
  const auto too_late = [&](const skb_ptr& which) {
    if (which != nullptr)
      return c.should_drop(which->control<qdisc_control>().enqueue_time, now, counters().backlog - bytes_of(*which),
                           mtu_);
    c.not_above();
    return false;
  };
  const auto mark = [this](sk_buff& which) {
    if (!set_ce(which)) return false;
    ++ecn_mark_;
    return true;
  };
  const bool late = too_late(skb);
  if (c.dropping && !late) {
    c.dropping = false;
  } else if (c.dropping) {
    while (c.dropping && c.due(now)) {
      c.one_more();
      if (mark(*skb)) {
        c.schedule_after(c.drop_next);
        return skb;
      }
      drop_one(std::move(skb));
      skb = pop(flow);
      if (too_late(skb))
        c.schedule_after(c.drop_next);
      else
        c.dropping = false;
    }
  } else if (late) {
    if (!mark(*skb)) {
      drop_one(std::move(skb));
      skb = pop(flow);
      too_late(skb);
    }
    c.begin_dropping(now);
  }
  return skb;
}

// __fq_codel_dequeue.
skb_ptr fq_codel::take() {
  for (;;) {
    const bool from_new = !new_flows_.empty();
    flow_list& head = from_new ? new_flows_ : old_flows_;
    if (head.empty()) return nullptr;
    flow_queue& flow = flows_[head.front()];
    if (flow.deficit <= 0) {
      flow.deficit += quantum_;
      old_flows_.splice(old_flows_.end(), head, head.begin());
      continue;
    }
    skb_ptr skb = codel_dequeue(flow);
    if (skb != nullptr) {
      flow.deficit -= static_cast<std::int64_t>(bytes_of(*skb));
      return skb;
    }
    // One pass through the old ones, so that nobody stays new by sending little.
    if (from_new && !old_flows_.empty()) {
      old_flows_.splice(old_flows_.end(), head, head.begin());
    } else {
      flow.listed = false;
      head.pop_front();
    }
  }
}

// fq_codel_reset.
skb_ptr fq_codel::take_any() {
  for (flow_list* const list : {&new_flows_, &old_flows_})
    while (!list->empty()) {
      flow_queue& flow = flows_[list->front()];
      if (skb_ptr skb = pop(flow); skb != nullptr) return skb;
      flow = {};
      list->pop_front();
    }
  return nullptr;
}

}  // namespace ringside::stack

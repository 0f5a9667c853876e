#include "sw/stack/ip.h"

#include <algorithm>

#include "sw/stack/checksum.h"

namespace ringside::stack {
namespace {

constexpr std::size_t minimum_header = 20;
constexpr std::uint16_t more_fragments = 0x2000;
constexpr std::uint16_t offset_mask = 0x1FFF;
constexpr ipv4_address all_hosts = 0xE0000001;
constexpr ipv4_address limited_broadcast = 0xFFFFFFFF;

constexpr bool is_multicast_group(ipv4_address a) {
  return (a >> 28) == 0xE;
}
constexpr bool is_local_multicast(ipv4_address a) {  // 224.0.0.0/24: never forwarded
  return (a >> 8) == 0xE00000;
}
constexpr bool is_loopback(ipv4_address a) {
  return (a >> 24) == 127;
}
constexpr bool is_zeronet(ipv4_address a) {
  return (a >> 24) == 0;
}

// RFC 1112 6.4: 01:00:5E and the lower 23 bits of the group.
mac_address group_address(ipv4_address group) {
  return {0x01,
          0x00,
          0x5E,
          static_cast<std::uint8_t>(group >> 16 & 0x7F),
          static_cast<std::uint8_t>(group >> 8),
          static_cast<std::uint8_t>(group)};
}

/// Packets of one destination whose route is kept (nh_rth_input): limited broadcast and multicast make a new one each.
bool same_route(const sk_buff& x, const sk_buff& y) {
  return x.ip.route != sk_buff::ipv4_route::multicast && x.ip.destination == y.ip.destination &&
         x.ip.destination != limited_broadcast;
}

// Option kinds, RFC 791 3.1.
constexpr std::uint8_t end_of_list = 0;
constexpr std::uint8_t no_operation = 1;
constexpr std::uint8_t loose_source_route = 131;
constexpr std::uint8_t strict_source_route = 137;

}  // namespace

void ipv4_layer::inet_add_protocol(std::uint8_t number, handler receive) {
  host_.emit(stage::boot_proto_register, 0, number);
  protocols_.emplace_back(number, std::move(receive));
}

void ipv4_layer::reject(skb_ptr skb, drop_reason reason, std::uint64_t& counter) {
  ++counter;
  skbs_.drop(std::move(skb), reason);
}

void ipv4_layer::ip_mc_up(net_device& dev) const {
  std::vector<mac_address> list{group_address(all_hosts)};
  const auto add = [&list](const mac_address& address) {
    if (std::find(list.begin(), list.end(), address) == list.end()) list.push_back(address);
  };
  for (const ipv4_address group : groups_) add(group_address(group));
  for (const mac_address& address : dev.multicast) add(address);
  dev.multicast = std::move(list);
}

void ipv4_layer::ip_rcv(skb_ptr skb) {
  if (rcv_core(skb) && rcv_finish_core(skb)) local_deliver(std::move(skb));
}

void ipv4_layer::ip_list_rcv(std::vector<skb_ptr>& list) {
  for (skb_ptr& skb : list) rcv_core(skb);
  std::size_t first = 0;  // those from here to `end` wait for each other, at the list's front, where places are free
  std::size_t end = 0;
  const auto deliver_together = [&] {
    while (first < end) local_deliver(std::move(list[first++]));
  };
  for (skb_ptr& skb : list) {
    if (skb == nullptr || !rcv_finish_core(skb)) continue;
    if (first < end && !same_route(*list[first], *skb)) deliver_together();
    if (&list[end] != &skb) list[end] = std::move(skb);
    ++end;
  }
  deliver_together();
}

// The header by itself.  False, and the packet is gone with its fate, when it is wrong.
bool ipv4_layer::rcv_core(skb_ptr& skb) {
  host_.consume(kernel::cost::ip_rcv);
  host_.emit(stage::ip_rcv, skb->frame);
  ++counters_.in_receives;
  const auto refuse = [&](drop_reason reason, std::uint64_t& counter) {
    reject(std::move(skb), reason, counter);
    return false;
  };
  if (!skb->may_pull(minimum_header)) return refuse(drop_reason::ip_header, counters_.in_header_errors);
  skb->reset_network_header();
  const std::uint8_t version_ihl = load8(skb->data());
  const std::size_t header_bytes = (version_ihl & 0x0FU) * 4U;
  if ((version_ihl >> 4) != 4 || header_bytes < minimum_header || !skb->may_pull(header_bytes))
    return refuse(drop_reason::ip_header, counters_.in_header_errors);
  skb->reset_network_header();  // may_pull() may have moved the bytes

  host_.consume(kernel::cost::checksum_per_byte, header_bytes);
  const std::byte* header = skb->data();
  if (!checksum_valid({header, header_bytes})) return refuse(drop_reason::ip_checksum, counters_.in_checksum_errors);

  const std::size_t total = load_be16(header + 2);
  if (total > skb->len()) return refuse(drop_reason::ip_length, counters_.in_truncated);
  if (total < header_bytes) return refuse(drop_reason::ip_length, counters_.in_header_errors);
  skb->ip = {load_be32(header + 12), load_be32(header + 16), static_cast<std::uint8_t>(header_bytes),
             load8(header + 9)};
  skb->trim(total);  // Ethernet padding
  return true;
}

// Where it goes, then its options.
bool ipv4_layer::rcv_finish_core(skb_ptr& skb) {
  const auto refuse = [&](drop_reason reason, std::uint64_t& counter) {
    reject(std::move(skb), reason, counter);
    return false;
  };
  switch (route_input(*skb)) {
    case verdict::martian_source:
      return refuse(drop_reason::ip_address, counters_.in_martian_source);
    case verdict::martian_destination:
      return refuse(drop_reason::ip_address, counters_.in_martian_destination);
    case verdict::foreign:  // no forwarding: ip_error
      return refuse(drop_reason::ip_address, counters_.in_address_errors);
    case verdict::taken:
      break;
  }
  const std::size_t header_bytes = skb->ip.header_bytes;
  if (header_bytes > minimum_header && !options_valid({skb->data() + minimum_header, header_bytes - minimum_header}))
    return refuse(drop_reason::ip_option, counters_.in_option_errors);
  return true;
}

void ipv4_layer::local_deliver(skb_ptr&& skb) {
  if ((load_be16(skb->data() + 6) & (more_fragments | offset_mask)) != 0) {
    skb = fragments_.ip_defrag(std::move(skb));
    if (skb == nullptr) return;
  }
  deliver(std::move(skb));
}

void ipv4_layer::deliver(skb_ptr skb) {
  const std::uint8_t protocol = skb->ip.protocol;
  skb->pull(skb->ip.header_bytes);
  skb->reset_transport_header();
  for (const auto& [number, receive] : protocols_) {
    if (number != protocol) continue;
    ++counters_.in_delivers;
    receive(std::move(skb));
    return;
  }
  reject(std::move(skb), drop_reason::ip_no_protocol, counters_.in_unknown_protocols);
}

// RT-10.  An own address as source is a martian wherever the packet goes (fib_validate_source); "this network" may be
// the source of a limited broadcast, as a DHCP client sends it, and of what stays on the link (ip_mc_validate_source).
ipv4_layer::verdict ipv4_layer::route_input(sk_buff& skb) const {
  const ipv4_address source = skb.ip.source;
  const ipv4_address destination = skb.ip.destination;
  if (is_multicast_group(source) || source == limited_broadcast) return verdict::martian_source;
  if (is_multicast_group(destination)) {
    skb.ip.route = sk_buff::ipv4_route::multicast;
    if (destination != all_hosts && !groups_.contains(destination)) return verdict::foreign;
    const bool no_source =
        is_zeronet(source) && !is_local_multicast(destination) && skb.ip.protocol != ip_protocol::igmp;
    return no_source || is_loopback(source) || is_own(source) ? verdict::martian_source : verdict::taken;
  }
  skb.ip.route = sk_buff::ipv4_route::broadcast;
  if (destination == limited_broadcast || (source == 0 && destination == 0))
    return is_own(source) ? verdict::martian_source : verdict::taken;
  if (is_zeronet(source)) return verdict::martian_source;
  if (is_zeronet(destination) || is_loopback(destination)) return verdict::martian_destination;
  if (is_loopback(source)) return verdict::martian_source;
  const bool own = is_own(destination);
  if (own) skb.ip.route = sk_buff::ipv4_route::local;
  if (!own && !is_directed_broadcast(destination)) return verdict::foreign;
  return is_own(source) ? verdict::martian_source : verdict::taken;
}

bool ipv4_layer::is_own(ipv4_address address) const {
  for (const ipv4_interface_address& own : addresses_)  // one, nearly always: less than std::any_of prepares for
    if (own.address == address) return true;
  return false;
}

bool ipv4_layer::is_directed_broadcast(ipv4_address address) const {
  return std::any_of(addresses_.begin(), addresses_.end(), [address](const ipv4_interface_address& own) {
    return own.prefix_bits < 31 && address == (own.address | 0xFFFFFFFFU >> own.prefix_bits);  // RFC 3021
  });
}

// ip_options_compile: every option lies inside the header; source routes are refused (the default of
// net.ipv4.conf.*.accept_source_route).
bool ipv4_layer::options_valid(std::span<const std::byte> options) {
  std::size_t at = 0;
  while (at < options.size()) {
    host_.consume(kernel::cost::ip_option);
    const std::uint8_t kind = load8(&options[at]);
    if (kind == end_of_list) return true;
    if (kind == no_operation) {
      ++at;
      continue;
    }
    if (kind == loose_source_route || kind == strict_source_route) return false;
    if (at + 1 >= options.size()) return false;
    const std::size_t length = load8(&options[at + 1]);
    if (length < 2 || at + length > options.size()) return false;
    at += length;
  }
  return true;
}

}  // namespace ringside::stack

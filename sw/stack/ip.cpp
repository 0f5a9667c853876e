// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/ip.h"

#include <algorithm>
#include <cerrno>

#include "common/inet.h"
#include "sw/stack/checksum.h"
#include "sw/stack/eth.h"
#include "sw/stack/headers.h"
#include "sw/stack/icmp.h"
#include "sw/stack/ip_output.h"
#include "sw/stack/raw.h"

namespace ringside::stack {
namespace {

constexpr ipv4_address all_hosts = 0xE0000001;
using ipv4::is_loopback;
using ipv4::is_zeronet;

std::uint8_t type_of_service(const sk_buff& skb) {
  return ipv4_view(skb.data()).type_of_service();
}

/// Whether `y` takes over the route of `x`, which the packets before it have (ip_extract_route_hint, ip_can_use_hint).
/// What a local one would save by it, it pays for with the same checks.
bool hints(const sk_buff& x, const sk_buff& y) {
  return x.dst->type > route_type::broadcast && x.ip().destination == y.ip().destination &&
         type_of_service(x) == type_of_service(y);
}

// Option kinds: RFC 791 3.1, RFC 2113 (router alert), FIPS 188 (CIPSO).
constexpr std::uint8_t end_of_list = 0;
constexpr std::uint8_t no_operation = 1;
constexpr std::uint8_t record_route = 7;
constexpr std::uint8_t timestamp = 68;
constexpr std::uint8_t loose_source_route = 131;
constexpr std::uint8_t commercial_security = 134;
constexpr std::uint8_t strict_source_route = 137;
constexpr std::uint8_t router_alert = 148;

// The checks of one option, behind its kind and a length that lies in the header; pointers count from 1.
bool addresses_valid(std::span<const std::byte> option) {  // record route
  if (option.size() < 3) return false;
  const std::size_t pointer = load8(&option[2]);
  return pointer >= 4 && (pointer > option.size() || pointer + 3 <= option.size());
}
bool timestamp_valid(std::span<const std::byte> option) {
  constexpr std::uint8_t with_address = 1;
  constexpr std::uint8_t prespecified = 3;
  if (option.size() < 4) return false;
  const std::size_t pointer = load8(&option[2]);
  const std::uint8_t flag = load8(&option[3]) & 0xF;
  if (pointer < 5) return false;
  if (pointer > option.size()) return flag == prespecified || load8(&option[3]) >> 4 != 15;  // full: it is counted
  const bool both = flag == with_address || flag == prespecified;
  return pointer + (both ? 7 : 3) <= option.size();
}

}  // namespace

void ipv4_layer::connect(icmp_layer& icmp) {
  icmp_ = &icmp;
  fragments_.on_timeout([this](const sk_buff& first) {
    icmp_->icmp_send(first, icmp_type::time_exceeded, icmp_code::reassembly_time, 0);
  });
}

void ipv4_layer::inet_add_protocol(std::uint8_t number, net_protocol& protocol) {
  host_.emit(stage::boot_proto_register, 0, number);
  protocols_.emplace_back(number, &protocol);
}

void ipv4_layer::reject(skb_ptr skb, drop_reason reason, std::uint64_t& counter) {
  ++counter;
  skbs_.drop(std::move(skb), reason);
}

void ipv4_layer::device_up(net_device& dev) {
  routes_.device_up(dev);
  std::vector<mac_address> list{ip_eth_mc_map(all_hosts)};
  const auto add = [&list](const mac_address& address) {
    if (std::find(list.begin(), list.end(), address) == list.end()) list.push_back(address);
  };
  for (const ipv4_address group : routes_.groups()) add(ip_eth_mc_map(group));
  for (const mac_address& address : dev.multicast) add(address);
  dev.multicast = std::move(list);
}

void ipv4_layer::ip_rcv(skb_ptr skb) {
  if (rcv_core(skb) && rcv_finish_core(skb, nullptr)) dst_input(std::move(skb));
}

void ipv4_layer::ip_list_rcv(sk_buff_queue& list) {
  const net_device* device = nullptr;
  sk_buff_queue sound;
  while (skb_ptr skb = list.pop_front()) {
    const net_device* const came_to = skb->dev;
    if (!rcv_core(skb)) continue;
    if (came_to != device) sublist_rcv(sound);
    device = came_to;
    sound.push_back(std::move(skb));
  }
  sublist_rcv(sound);
}

void ipv4_layer::sublist_rcv(sk_buff_queue& sound) {
  sk_buff_queue together;  // of one route, the same entry: they wait for each other
  while (skb_ptr skb = sound.pop_front()) {
    const sk_buff* const first = together.front();
    const sk_buff* const hint = first != nullptr && hints(*first, *skb) ? first : nullptr;
    if (!rcv_finish_core(skb, hint)) continue;
    if (first != nullptr && hint == nullptr && first->dst != skb->dst) dst_input(together);
    together.push_back(std::move(skb));
  }
  dst_input(together);
}

void ipv4_layer::dst_input(sk_buff_queue& list) {
  while (skb_ptr skb = list.pop_front()) dst_input(std::move(skb));
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
  if (!skb->may_pull(inet::ipv4_header_bytes)) return refuse(drop_reason::ip_header, counters_.in_header_errors);
  skb->reset_network_header();
  const unsigned version = ipv4_view(skb->data()).version();
  const std::size_t header_bytes = ipv4_view(skb->data()).header_bytes();
  if (version != 4 || header_bytes < inet::ipv4_header_bytes || !skb->may_pull(header_bytes))
    return refuse(drop_reason::ip_header, counters_.in_header_errors);
  skb->reset_network_header();  // may_pull() may have moved the bytes

  host_.consume(kernel::cost::checksum_per_byte, header_bytes);
  const ipv4_view header(skb->data());
  if (!checksum_valid({skb->data(), header_bytes}))
    return refuse(drop_reason::ip_checksum, counters_.in_checksum_errors);

  const std::size_t total = header.total_length();
  if (total > skb->len()) return refuse(drop_reason::ip_length, counters_.in_truncated);
  if (total < header_bytes) return refuse(drop_reason::ip_length, counters_.in_header_errors);
  skb->claim_control<sk_buff::ipv4_control>() = {header.source(), header.destination(),
                                                 static_cast<std::uint8_t>(header_bytes), header.protocol()};
  if (!skb->trim(total)) return refuse(drop_reason::ip_length, counters_.in_discards);  // Ethernet padding
  skb->orphan();  // who has sent it here is not who gets it
  return true;
}

// Where it goes, then its options.  With a hint it goes where that goes.
bool ipv4_layer::rcv_finish_core(skb_ptr& skb, const sk_buff* hint) {
  if (skb->dst) return skb->ip().header_bytes == inet::ipv4_header_bytes || rcv_options(skb);  // it was sent here
  const verdict way = hint == nullptr ? route_input(*skb) : route_by_hint(*skb, *hint);
  if (way != verdict::taken) {
    turn_away(std::move(skb), way);
    return false;
  }
  return skb->ip().header_bytes == inet::ipv4_header_bytes || rcv_options(skb);
}

void ipv4_layer::turn_away(skb_ptr skb, verdict way) {
  if (way == verdict::martian_source) ++counters_.in_martian_source;
  if (way == verdict::martian_destination) ++counters_.in_martian_destination;
  skbs_.drop(std::move(skb), drop_reason::ip_address);
}

// ip_rcv_options; a source route is dropped without a word.
bool ipv4_layer::rcv_options(skb_ptr& skb) {
  const std::span<const std::byte> header(skb->data(), skb->ip().header_bytes);
  const option_verdict found = compile_options(header.subspan(inet::ipv4_header_bytes));
  if (found == option_verdict::valid) return true;
  if (found == option_verdict::malformed) ++counters_.in_option_errors;
  skbs_.drop(std::move(skb), drop_reason::ip_option);
  return false;
}

void ipv4_layer::ip_local_deliver(ipv4_layer& layer, skb_ptr skb) {
  if ((ipv4_view(skb->data()).fragment() & (inet::more_fragments | inet::fragment_offset)) != 0) {
    skb = layer.fragments_.ip_defrag(std::move(skb));
    if (skb == nullptr) return;
  }
  layer.deliver(std::move(skb));
}

// No way leads on, as there is no forwarding.
void ipv4_layer::ip_error(ipv4_layer& layer, skb_ptr skb) {
  layer.reject(std::move(skb), drop_reason::ip_address, layer.counters_.in_address_errors);
}

// What came in does not go out by the same route.
int ipv4_layer::ip_rt_bug(ip_output& out, skb_ptr skb) {
  out.skbs().drop(std::move(skb), drop_reason::ip_address);
  return -EINVAL;
}

// rt_dst_alloc.
dst_ref ipv4_layer::input_dst(route_type type) {
  return dst_ref(new dst_entry{type, type == route_type::unreachable ? &ip_error : &ip_local_deliver, &ip_rt_bug});
}

void ipv4_layer::deliver(skb_ptr skb) {
  const std::uint8_t protocol = skb->ip().protocol;
  skb->pull(skb->ip().header_bytes);
  skb->reset_transport_header();
  const bool raw = raw_ != nullptr && raw_->local_deliver(*skb, protocol);
  skb->ip().seen_raw = raw;
  net_protocol* const to = find_protocol(protocol);
  if (to == nullptr && raw) {
    ++counters_.in_delivers;
    return skbs_.consume(std::move(skb));
  }
  if (to == nullptr) {
    if (icmp_ != nullptr) icmp_->icmp_send(*skb, icmp_type::unreachable, icmp_code::protocol_unreachable, 0);
    return reject(std::move(skb), drop_reason::ip_no_protocol, counters_.in_unknown_protocols);
  }
  ++counters_.in_delivers;
  to->handler(std::move(skb));
}

net_protocol* ipv4_layer::find_protocol(std::uint8_t number) const {
  for (const auto& [known, protocol] : protocols_)
    if (known == number) return protocol;
  return nullptr;
}

// RT-10.  An own address as source is a martian wherever the packet goes (fib_validate_source), that of the loopback
// device among them.  "This network" may be the source of a limited broadcast, as a DHCP client sends it.
ipv4_layer::verdict ipv4_layer::route_input(sk_buff& skb) {
  const ipv4_address source = skb.ip().source;
  const ipv4_address destination = skb.ip().destination;
  if (ipv4::is_multicast(destination)) return route_multicast(skb);
  if (ipv4::is_multicast(source) || source == inet::limited_broadcast) return verdict::martian_source;
  if (destination == inet::limited_broadcast || (source == 0 && destination == 0)) {
    if (routes_.addresses().owns(source)) return verdict::martian_source;
    skb.dst = input_dst(route_type::broadcast);
    return verdict::taken;
  }
  if (is_zeronet(source)) return verdict::martian_source;
  if (is_zeronet(destination) || is_loopback(destination)) return verdict::martian_destination;
  if (is_loopback(source)) return verdict::martian_source;
  fib_table::route* const found = routes_.fib().lookup(destination);
  if (found == nullptr || (found->type != route_type::local && found->type != route_type::broadcast)) {
    skb.dst = input_dst(route_type::unreachable);
    return verdict::taken;
  }
  if (routes_.addresses().owns(source)) return verdict::martian_source;
  if (!found->input) found->input = input_dst(found->type);
  skb.dst = found->input;
  return verdict::taken;
}

// ip_route_input_rcu: membership first; what it or ip_mc_validate_source refuses is counted nowhere.
ipv4_layer::verdict ipv4_layer::route_multicast(sk_buff& skb) {
  const ipv4_address source = skb.ip().source;
  const ipv4_address destination = skb.ip().destination;
  if (!routes_.joined(destination)) return verdict::refused;
  if (ipv4::is_multicast(source) || source == inet::limited_broadcast || is_loopback(source)) return verdict::refused;
  if (is_zeronet(source)) {
    const bool stays_here = ipv4::is_local_multicast(destination) || skb.ip().protocol == ip_protocol::igmp;
    if (!stays_here) return verdict::refused;
  } else if (routes_.addresses().owns(source)) {
    return verdict::refused;
  }
  skb.dst = input_dst(route_type::multicast);
  return verdict::taken;
}

// ip_route_use_hint: the source is looked at, but not looked up.
ipv4_layer::verdict ipv4_layer::route_by_hint(sk_buff& skb, const sk_buff& hint) {
  const ipv4_address source = skb.ip().source;
  if (ipv4::is_multicast(source) || source == inet::limited_broadcast || is_zeronet(source) || is_loopback(source))
    return verdict::martian_source;
  skb.dst = hint.dst;
  return verdict::taken;
}

// ip_options_compile, for a packet received; then the default of net.ipv4.conf.all.accept_source_route, which is to
// refuse.  What Linux would write into options is not written: nobody reads it.
ipv4_layer::option_verdict ipv4_layer::compile_options(std::span<const std::byte> options) {
  bool source_routed = false;
  bool recorded = false;
  bool stamped = false;
  const auto once = [](bool& seen) { return !std::exchange(seen, true); };
  while (!options.empty()) {
    host_.consume(kernel::cost::ip_option);
    const std::uint8_t kind = load8(&options[0]);
    if (kind == end_of_list) break;
    if (kind == no_operation) {
      options = options.subspan(1);
      continue;
    }
    if (options.size() < 2) return option_verdict::malformed;
    const std::size_t length = load8(&options[1]);
    if (length < 2 || length > options.size()) return option_verdict::malformed;
    const std::span<const std::byte> option = options.first(length);
    options = options.subspan(length);
    bool sound = true;
    switch (kind) {
      case loose_source_route:
      case strict_source_route:
        sound = length >= 3 && load8(&option[2]) >= 4 && once(source_routed);
        break;
      case record_route:
        sound = once(recorded) && addresses_valid(option);
        break;
      case timestamp:
        sound = once(stamped) && timestamp_valid(option);
        break;
      case router_alert:
        sound = length >= 4;
        break;
      case commercial_security:  // cipso_v4_validate: nobody has defined a domain of interpretation
        sound = false;
        break;
      default:
        break;
    }
    if (!sound) return option_verdict::malformed;
  }
  return source_routed ? option_verdict::source_route : option_verdict::valid;
}

}  // namespace ringside::stack

#include "sw/stack/ip.h"

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
constexpr bool is_loopback(ipv4_address a) {
  return (a >> 24) == 127;
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

void ipv4_layer::ip_rcv(skb_ptr skb) {
  host_.consume(kernel::cost::ip_rcv);
  host_.emit(stage::ip_rcv, skb->frame);
  ++counters_.in_receives;
  if (!skb->may_pull(minimum_header)) return reject(std::move(skb), drop_reason::ip_header, counters_.in_header_errors);
  skb->reset_network_header();
  const std::uint8_t version_ihl = load8(skb->data());
  const std::size_t header_bytes = (version_ihl & 0x0FU) * 4U;
  if ((version_ihl >> 4) != 4 || header_bytes < minimum_header || !skb->may_pull(header_bytes))
    return reject(std::move(skb), drop_reason::ip_header, counters_.in_header_errors);
  skb->reset_network_header();  // may_pull() may have moved the bytes

  host_.consume(kernel::cost::checksum_per_byte, header_bytes);
  const std::byte* header = skb->data();
  if (!checksum_valid({header, header_bytes}))
    return reject(std::move(skb), drop_reason::ip_checksum, counters_.in_checksum_errors);

  const std::size_t total = load_be16(header + 2);
  if (total > skb->len()) return reject(std::move(skb), drop_reason::ip_length, counters_.in_truncated);
  if (total < header_bytes) return reject(std::move(skb), drop_reason::ip_length, counters_.in_header_errors);
  skb->trim(total);  // Ethernet padding

  if (header_bytes > minimum_header && !options_valid({header + minimum_header, header_bytes - minimum_header}))
    return reject(std::move(skb), drop_reason::ip_option, counters_.in_option_errors);

  const ipv4_address source = load_be32(header + 12);
  const ipv4_address destination = load_be32(header + 16);
  if (martian(source)) return reject(std::move(skb), drop_reason::ip_address, counters_.in_martian_source);
  if (!for_this_host(destination)) return reject(std::move(skb), drop_reason::ip_address, counters_.in_address_errors);

  skb->ip = {source, destination, static_cast<std::uint8_t>(header_bytes), load8(header + 9)};
  if ((load_be16(header + 6) & (more_fragments | offset_mask)) != 0) {
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

bool ipv4_layer::martian(ipv4_address source) {
  // RFC 1122 3.2.1.3: never a source.
  return is_multicast_group(source) || source == limited_broadcast || is_loopback(source);
}

bool ipv4_layer::for_this_host(ipv4_address destination) const {
  if (destination == limited_broadcast) return true;
  if (is_multicast_group(destination)) return destination == all_hosts || groups_.contains(destination);
  for (const ipv4_interface_address& own : addresses_) {
    if (destination == own.address) return true;
    if (own.prefix_bits >= 31) continue;  // RFC 3021: no broadcast address
    const ipv4_address host_bits = 0xFFFFFFFFU >> own.prefix_bits;
    if (destination == (own.address | host_bits)) return true;
  }
  return false;
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

// SPDX-License-Identifier: Apache-2.0
#include "platform/source/odd_packets.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "common/ethernet.h"
#include "common/inet.h"
#include "common/network_order.h"
#include "platform/source/udp_frame.h"

namespace ringside::platform {
namespace {

using bytes_t = std::vector<std::uint8_t>;

constexpr std::size_t ip_at = ethernet::header_bytes;
constexpr std::size_t udp_at = ip_at + inet::ipv4_header_bytes;
constexpr std::uint16_t free_port = 9;  // discard: nobody listens

void put_ip_checksum(bytes_t& bytes) {
  const std::size_t header = (bytes[ip_at] & 0x0FU) * 4U;
  store_be16(bytes, ip_at + 10, 0);
  store_be16(bytes, ip_at + 10, internet_checksum(ones_sum(std::span(bytes).subspan(ip_at, header))));
}

const fate_set to_socket = fates({drop_reason::none, drop_reason::socket_rcvbuf});

oddity unbound_port(bytes_t& b, rng&) {
  store_be16(b, udp_at + 2, free_port);
  store_be16(b, udp_at + 6, 0);  // RFC 768: no checksum, which the new port would have changed
  return {"no_socket", fates({drop_reason::no_socket})};
}
oddity unknown_type(bytes_t& b, rng&) {
  store_be16(b, ethernet::type_offset, ethernet::type_experiment);
  return {"no_protocol", fates({drop_reason::no_protocol})};
}
oddity bad_udp_checksum(bytes_t& b, rng&) {
  b[udp_at + 6] ^= 0x5A;
  if (load_be16(b, udp_at + 6) == 0) b[udp_at + 7] = 1;  // 0 would mean none
  // Linux CHECKSUM_BREAK: above 76 bytes it is for the reader to find, so there must be room in the socket first.
  fate_set meant = fates({drop_reason::udp_checksum});
  if (load_be16(b, udp_at + 4) > 76) meant |= fates({drop_reason::socket_rcvbuf});
  return {"udp_checksum", meant};
}
oddity no_udp_checksum(bytes_t& b, rng&) {
  store_be16(b, udp_at + 6, 0);  // RFC 768: the sender computed none
  return {"udp_no_checksum", to_socket};
}
oddity short_udp(bytes_t& b, rng& random) {
  store_be16(b, udp_at + 4, random.below(8));  // RFC 768: at least 8
  return {"udp_header", fates({drop_reason::udp_header})};
}
oddity long_udp(bytes_t& b, rng& random) {
  store_be16(b, udp_at + 4, load_be16(b, udp_at + 4) + random.between(1, 100));  // beyond IP's total length
  return {"udp_header", fates({drop_reason::udp_header})};
}
oddity bad_ip_checksum(bytes_t& b, rng& random) {
  b[ip_at + 10 + random.below(2)] ^= static_cast<std::uint8_t>(1U << random.below(8));
  return {"ip_checksum", fates({drop_reason::ip_checksum})};
}
oddity bad_version(bytes_t& b, rng&) {
  b[ip_at] = 0x55;
  put_ip_checksum(b);
  return {"ip_header", fates({drop_reason::ip_header})};
}
oddity long_ip(bytes_t& b, rng& random) {
  store_be16(b, ip_at + 2, load_be16(b, ip_at + 2) + random.between(60, 200));  // more than padding may hide
  put_ip_checksum(b);
  return {"ip_length", fates({drop_reason::ip_length})};
}
oddity other_address(bytes_t& b, rng&) {
  b[ip_at + 19] ^= 0x40;  // another host of the same net
  put_ip_checksum(b);
  return {"ip_address", fates({drop_reason::ip_address})};
}
oddity unknown_protocol(bytes_t& b, rng&) {
  b[ip_at + 9] = inet::protocol_experiment;
  put_ip_checksum(b);
  return {"ip_no_protocol", fates({drop_reason::ip_no_protocol})};
}

void insert_options(bytes_t& b, const bytes_t& options) {
  b.insert(b.begin() + udp_at, options.begin(), options.end());
  b[ip_at] = static_cast<std::uint8_t>(0x45 + options.size() / 4);
  store_be16(b, ip_at + 2, load_be16(b, ip_at + 2) + static_cast<std::uint32_t>(options.size()));
  put_ip_checksum(b);
}

// RFC 791 3.1: no-operations, a record route (7) and the end of the list.
oddity sound_options(bytes_t& b, rng& random) {
  const std::uint32_t words = random.between(1, 10);
  bytes_t options(words * 4, 1);
  if (words >= 3) {
    options[0] = 7;
    options[1] = 11;  // three octets and two addresses
    options[2] = 4;
    std::fill(options.begin() + 3, options.begin() + 11, std::uint8_t{0});
  }
  if (random.below(2) == 0) options.back() = 0;
  insert_options(b, options);
  return {"ip_options", to_socket};
}
oddity bad_options(bytes_t& b, rng& random) {
  bytes_t options(4, 1);
  switch (random.below(3)) {
    case 0:
      options = {131, 7, 4, 0, 0, 0, 0, 0};  // loose source route: refused (Linux accept_source_route = 0)
      break;
    case 1:
      options = {7, 1, 4, 0};  // shorter than its own two octets
      break;
    default:
      options = {1, 1, 7, 9};  // beyond the header
  }
  insert_options(b, options);
  return {"ip_option", fates({drop_reason::ip_option})};
}

// RFC 792: an echo request (8), which ends here as far as the receiver goes, or a reply nobody waits for (0).
oddity icmp(bytes_t& b, rng& random) {
  b[ip_at + 9] = inet::protocol_icmp;
  put_ip_checksum(b);
  const auto message = std::span(b).subspan(udp_at);
  const bool request = random.below(2) == 0;
  message[0] = request ? 8 : 0;
  message[1] = 0;
  store_be16(b, udp_at + 2, 0);
  store_be16(b, udp_at + 2, internet_checksum(ones_sum(message)));
  if (random.below(3) == 0) {
    b[udp_at + 3] ^= 0x10;
    return {"icmp_checksum", fates({drop_reason::icmp_checksum})};
  }
  return {"icmp", request ? fate_set{}.set(consumed_fate) : fates({drop_reason::no_socket})};
}

// RFC 826: who has our address?
oddity arp(bytes_t& b, rng& random) {
  const bytes_t addresses(b.begin() + ip_at + 12, b.begin() + ip_at + 20);  // sender's and ours
  const bytes_t sender(b.begin() + 6, b.begin() + 12);
  b.resize(ip_at + inet::arp_bytes);
  store_be16(b, ethernet::type_offset, ethernet::type_arp);
  constexpr std::array<std::uint8_t, 8> head{0, 1, 0x08, 0x00, 6, 4, 0, 1};
  std::copy(head.begin(), head.end(), b.begin() + ip_at);
  std::copy(sender.begin(), sender.end(), b.begin() + ip_at + 8);
  std::copy_n(addresses.begin(), 4, b.begin() + ip_at + 14);
  std::fill_n(b.begin() + ip_at + 18, 6, std::uint8_t{0});
  std::copy_n(addresses.begin() + 4, 4, b.begin() + ip_at + 24);
  if (random.below(4) == 0) {
    store_be16(b, ip_at + 6, 9);  // no operation of RFC 826
    return {"arp_header", fates({drop_reason::arp_header})};
  }
  if (random.below(3) == 0) store_be16(b, ip_at + 6, 2);
  return {"arp", fate_set{}.set(consumed_fate)};
}

// 802.1Q.
oddity tagged(bytes_t& b, rng& random) {
  const std::uint32_t vid = random.below(drawn_vids);
  const std::array<std::uint8_t, 4> tag{0x81, 0x00, static_cast<std::uint8_t>(random.below(16) << 4),
                                        static_cast<std::uint8_t>(vid)};
  b.insert(b.begin() + ethernet::type_offset, tag.begin(), tag.end());
  return {vid == 0 ? "priority_tag" : "vlan", to_socket, static_cast<std::int32_t>(vid)};
}

}  // namespace

oddity make_odd(bytes_t& bytes, rng& random) {
  using maker = oddity (*)(bytes_t&, rng&);
  constexpr maker makers[] = {unbound_port,
                              unknown_type,
                              bad_udp_checksum,
                              no_udp_checksum,
                              short_udp,
                              long_udp,
                              bad_version,
                              bad_ip_checksum,
                              long_ip,
                              other_address,
                              icmp,
                              sound_options,
                              bad_options,
                              unknown_protocol,
                              arp,
                              tagged,
                              tagged,
                              tagged};
  return makers[random.below(static_cast<std::uint32_t>(std::size(makers)))](bytes, random);
}

std::size_t needed_bytes(const bytes_t& frame) {
  const std::size_t tag = load_be16(frame, ethernet::type_offset) == ethernet::type_vlan ? 4 : 0;
  const std::size_t behind = ethernet::type_offset + 2 + tag;
  if (frame.size() < behind) return behind;
  const std::uint32_t type = load_be16(frame, ethernet::type_offset + tag);
  if (type == ethernet::type_arp) return behind + inet::arp_bytes;
  if (type != ethernet::type_ipv4) return behind;
  return frame.size() < behind + inet::ipv4_header_bytes ? behind + inet::ipv4_header_bytes
                                                         : behind + load_be16(frame, behind + 2);
}

std::vector<ip_piece> fragment(const bytes_t& whole, std::uint32_t step) {
  const auto length = static_cast<std::uint32_t>(whole.size() - udp_at);
  std::vector<ip_piece> pieces;
  for (std::uint32_t begin = 0; begin < length; begin += step) {
    ip_piece piece;
    piece.begin = begin;
    piece.end = std::min(length, begin + step);
    piece.bytes.assign(whole.begin(), whole.begin() + udp_at);
    piece.bytes.insert(piece.bytes.end(), whole.begin() + udp_at + piece.begin, whole.begin() + udp_at + piece.end);
    store_be16(piece.bytes, ip_at + 2, static_cast<std::uint32_t>(inet::ipv4_header_bytes) + piece.end - piece.begin);
    store_be16(piece.bytes, ip_at + 6, piece.begin / 8 | (piece.end < length ? inet::more_fragments : 0U));
    put_ip_checksum(piece.bytes);
    pieces.push_back(std::move(piece));
  }
  return pieces;
}

}  // namespace ringside::platform

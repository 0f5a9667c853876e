// SPDX-License-Identifier: Apache-2.0
#include "platform/source/frame_rewriter.h"

#include <algorithm>
#include <span>

#include "common/ethernet.h"
#include "common/inet.h"
#include "common/network_order.h"
#include "platform/source/udp_frame.h"

namespace ringside::platform {
namespace {

using view = std::span<std::uint8_t>;

constexpr std::uint32_t tag_types[] = {ethernet::type_vlan, ethernet::type_8021ad, ethernet::type_qinq};

bool is_group(view mac) {
  return (mac[0] & 1) != 0;
}
bool is_broadcast(view mac) {
  return std::all_of(mac.begin(), mac.begin() + ethernet::address_bytes, [](std::uint8_t b) { return b == 0xFF; });
}
bool is_multicast(std::uint32_t address) {
  return address >> 28 == 0xE;
}

class rewriter {
 public:
  rewriter(view frame, const rewrite_target& target) : frame_(frame), target_(target) {}

  void run() {
    if (frame_.size() < ethernet::address_bytes) return;
    const bool broadcast = is_broadcast(frame_);
    if (!is_group(frame_)) std::copy(target_.mac.begin(), target_.mac.end(), frame_.begin());
    std::size_t at = ethernet::type_offset;
    while (at + 2 <= frame_.size() && is_tag(load_be16(frame_, at))) at += ethernet::tag_bytes;
    if (at + 2 > frame_.size()) return;
    const std::uint32_t type = load_be16(frame_, at);
    if (type == ethernet::type_ipv4) rewrite_ipv4(frame_.subspan(at + 2), broadcast);
    if (type == ethernet::type_arp) rewrite_arp(frame_.subspan(at + 2));
  }

 private:
  static bool is_tag(std::uint32_t type) {
    return std::find(std::begin(tag_types), std::end(tag_types), type) != std::end(tag_types);
  }

  std::uint32_t destination(std::uint32_t was, bool broadcast) const {
    if (is_multicast(was) || was == inet::limited_broadcast) return was;
    return broadcast ? network_broadcast() : target_.address;
  }
  /// A link of two has no broadcast address of its own (RFC 3021 2.2), nor has a single address.
  std::uint32_t network_broadcast() const {
    return target_.prefix_bits < 31 ? target_.address | host_bits() : inet::limited_broadcast;
  }
  std::uint32_t host_bits() const { return target_.prefix_bits < 32 ? 0xFFFFFFFFU >> target_.prefix_bits : 0; }
  std::uint32_t source(std::uint32_t was) const {
    if (was != target_.address) return was;
    if (target_.prefix_bits >= 31) return was ^ 1U;  // both ends of a link of two are hosts
    return (was & host_bits()) > 1 ? was - 1 : was + 1;
  }

  void rewrite_ipv4(view ip, bool broadcast) const {
    if (ip.size() < inet::ipv4_header_bytes || ip[0] >> 4 != 4) return;
    const std::size_t header = (ip[0] & 0xFU) * 4U;
    if (header < inet::ipv4_header_bytes || header > ip.size()) return;
    const std::uint32_t from = load_be32(ip, 12);
    const std::uint32_t to = load_be32(ip, 16);
    store_be32(ip, 12, source(from));
    store_be32(ip, 16, destination(to, broadcast));
    store_be16(ip, 10, 0);
    store_be16(ip, 10, internet_checksum(ones_sum(ip.first(header))));
    mend_payload(ip, header, halves(from) + halves(to));
  }

  // `before`: what the addresses added to the sum of the pseudo header.
  static void mend_payload(view ip, std::size_t header, std::uint32_t before) {
    const std::uint32_t fragment = load_be16(ip, 6);
    if ((fragment & inet::fragment_offset) != 0) return;  // the checksum is in the first one
    const std::size_t total = load_be16(ip, 2);
    const bool whole = (fragment & inet::more_fragments) == 0 && total >= header && total <= ip.size();
    view payload = ip.subspan(header, whole ? total - header : ip.size() - header);
    const std::uint32_t protocol = ip[9];
    const std::size_t at = checksum_at(protocol);
    if (at == 0 || at + 2 > payload.size()) return;
    const bool udp = protocol == inet::protocol_udp;
    if (udp && load_be16(payload, at) == 0) return;  // RFC 768: the sender computed none
    const std::uint32_t now = halves(load_be32(ip, 12)) + halves(load_be32(ip, 16));
    bool anew = whole && protocol == inet::protocol_tcp;
    if (udp && whole) {  // its length counts, not IP's
      const std::size_t length = load_be16(payload, 4);
      anew = length >= inet::udp_header_bytes && length <= payload.size();
      if (anew) payload = payload.first(length);
    }
    std::uint32_t sum = 0;
    if (anew) {
      store_be16(payload, at, 0);
      sum = internet_checksum(ones_sum(payload, now + protocol + static_cast<std::uint32_t>(payload.size())));
    } else {  // RFC 1624 equation 3: ~(~HC + ~m + m')
      const std::uint32_t not_before = static_cast<std::uint16_t>(internet_checksum(before));
      sum = internet_checksum((~load_be16(payload, at) & 0xFFFF) + not_before + now);
    }
    store_be16(payload, at, udp && sum == 0 ? 0xFFFF : sum);
  }

  /// Where a protocol with IPv4's pseudo header has its checksum; 0: not one of them.
  static std::size_t checksum_at(std::uint32_t protocol) {
    switch (protocol) {
      case inet::protocol_tcp:
        return 16;
      case inet::protocol_udp:
      case inet::protocol_dccp:     // RFC 4340 5.1
      case inet::protocol_udplite:  // RFC 3828 3.1
        return 6;
      default:
        return 0;
    }
  }

  // RFC 826, for IPv4 over Ethernet.
  void rewrite_arp(view arp) const {
    if (arp.size() < inet::arp_bytes || load_be16(arp, 0) != 1 || load_be16(arp, 2) != ethernet::type_ipv4 ||
        arp[4] != 6 || arp[5] != 4)
      return;
    store_be32(arp, 14, source(load_be32(arp, 14)));
    store_be32(arp, 24, target_.address);
    const view hardware = arp.subspan(18, ethernet::address_bytes);
    if (std::any_of(hardware.begin(), hardware.end(), [](std::uint8_t b) { return b != 0; }) && !is_group(hardware))
      std::copy(target_.mac.begin(), target_.mac.end(), hardware.begin());
  }

  view frame_;
  const rewrite_target& target_;
};

}  // namespace

bool rewrite_frame(std::vector<std::uint8_t>& frame, const rewrite_target& target) {
  const std::vector<std::uint8_t> before = frame;
  rewriter(frame, target).run();
  return frame != before;
}

}  // namespace ringside::platform

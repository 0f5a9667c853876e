#include "platform/source/frame_rewriter.h"

#include <algorithm>
#include <span>

#include "platform/source/udp_frame.h"

namespace ringside::platform {
namespace {

using bytes_t = std::span<std::uint8_t>;

constexpr std::size_t address_bytes = 6;
constexpr std::size_t type_at = 12;
constexpr std::size_t tag_bytes = 4;
constexpr std::uint32_t type_ipv4 = 0x0800;
constexpr std::uint32_t type_arp = 0x0806;
constexpr std::uint32_t tag_types[] = {0x8100, 0x88A8, 0x9100};  // IEEE 802.1Q, 802.1ad, and what came before it
constexpr std::uint32_t limited_broadcast = 0xFFFF'FFFF;
constexpr std::uint32_t host_bits = 0xFF;  // the machine's network is a /24

std::uint32_t get16(bytes_t bytes, std::size_t at) {
  return static_cast<std::uint32_t>(bytes[at] << 8 | bytes[at + 1]);
}
std::uint32_t get32(bytes_t bytes, std::size_t at) {
  return get16(bytes, at) << 16 | get16(bytes, at + 2);
}
void put16(bytes_t bytes, std::size_t at, std::uint32_t value) {
  bytes[at] = static_cast<std::uint8_t>(value >> 8);
  bytes[at + 1] = static_cast<std::uint8_t>(value);
}
void put32(bytes_t bytes, std::size_t at, std::uint32_t value) {
  put16(bytes, at, value >> 16);
  put16(bytes, at + 2, value);
}
std::uint32_t halves(std::uint32_t word) {
  return (word >> 16) + (word & 0xFFFF);
}

bool is_group(bytes_t mac) {
  return (mac[0] & 1) != 0;
}
bool is_broadcast(bytes_t mac) {
  return std::all_of(mac.begin(), mac.begin() + address_bytes, [](std::uint8_t b) { return b == 0xFF; });
}
bool is_multicast(std::uint32_t address) {
  return address >> 28 == 0xE;
}

class rewriter {
 public:
  rewriter(bytes_t frame, const rewrite_target& target) : frame_(frame), target_(target) {}

  void run() {
    if (frame_.size() < address_bytes) return;
    const bool broadcast = is_broadcast(frame_);
    if (!is_group(frame_)) std::copy(target_.mac.begin(), target_.mac.end(), frame_.begin());
    std::size_t at = type_at;
    while (at + 2 <= frame_.size() && is_tag(get16(frame_, at))) at += tag_bytes;
    if (at + 2 > frame_.size()) return;
    const std::uint32_t type = get16(frame_, at);
    if (type == type_ipv4) rewrite_ipv4(frame_.subspan(at + 2), broadcast);
    if (type == type_arp) rewrite_arp(frame_.subspan(at + 2));
  }

 private:
  static bool is_tag(std::uint32_t type) {
    return std::find(std::begin(tag_types), std::end(tag_types), type) != std::end(tag_types);
  }

  std::uint32_t destination(std::uint32_t was, bool broadcast) const {
    if (is_multicast(was) || was == limited_broadcast) return was;
    return broadcast ? target_.address | host_bits : target_.address;
  }
  std::uint32_t source(std::uint32_t was) const {
    if (was != target_.address) return was;
    return (was & host_bits) > 1 ? was - 1 : was + 1;
  }

  void rewrite_ipv4(bytes_t ip, bool broadcast) const {
    if (ip.size() < ip_header_bytes || ip[0] >> 4 != 4) return;
    const std::size_t header = (ip[0] & 0xFU) * 4U;
    if (header < ip_header_bytes || header > ip.size()) return;
    const std::uint32_t from = get32(ip, 12);
    const std::uint32_t to = get32(ip, 16);
    put32(ip, 12, source(from));
    put32(ip, 16, destination(to, broadcast));
    put16(ip, 10, 0);
    put16(ip, 10, internet_checksum(ones_sum(ip.first(header))));
    mend_payload(ip, header, halves(from) + halves(to));
  }

  // `before`: what the addresses added to the sum of the pseudo header.
  static void mend_payload(bytes_t ip, std::size_t header, std::uint32_t before) {
    constexpr std::uint32_t offset_mask = 0x1FFF;
    constexpr std::uint32_t more_fragments = 0x2000;
    const std::uint32_t fragment = get16(ip, 6);
    if ((fragment & offset_mask) != 0) return;  // the checksum is in the first one
    const std::size_t total = get16(ip, 2);
    const bool whole = (fragment & more_fragments) == 0 && total >= header && total <= ip.size();
    bytes_t payload = ip.subspan(header, whole ? total - header : ip.size() - header);
    const std::uint32_t protocol = ip[9];
    const std::size_t at = checksum_at(protocol);
    if (at == 0 || at + 2 > payload.size()) return;
    const bool udp = protocol == 17;
    if (udp && get16(payload, at) == 0) return;  // RFC 768: the sender computed none
    const std::uint32_t now = halves(get32(ip, 12)) + halves(get32(ip, 16));
    bool anew = whole && protocol == 6;
    if (udp && whole) {  // its length counts, not IP's
      const std::size_t length = get16(payload, 4);
      anew = length >= udp_header_bytes && length <= payload.size();
      if (anew) payload = payload.first(length);
    }
    std::uint32_t sum = 0;
    if (anew) {
      put16(payload, at, 0);
      sum = internet_checksum(ones_sum(payload, now + protocol + static_cast<std::uint32_t>(payload.size())));
    } else {  // RFC 1624 equation 3: ~(~HC + ~m + m')
      const std::uint32_t not_before = static_cast<std::uint16_t>(internet_checksum(before));
      sum = internet_checksum((~get16(payload, at) & 0xFFFF) + not_before + now);
    }
    put16(payload, at, udp && sum == 0 ? 0xFFFF : sum);
  }

  /// Where a protocol with IPv4's pseudo header has its checksum; 0: not one of them.
  static std::size_t checksum_at(std::uint32_t protocol) {
    switch (protocol) {
      case 6:  // TCP
        return 16;
      case 17:   // UDP
      case 33:   // DCCP, RFC 4340 5.1
      case 136:  // UDP-Lite, RFC 3828 3.1
        return 6;
      default:
        return 0;
    }
  }

  // RFC 826, for IPv4 over Ethernet.
  void rewrite_arp(bytes_t arp) const {
    constexpr std::size_t bytes = 28;
    if (arp.size() < bytes || get16(arp, 0) != 1 || get16(arp, 2) != type_ipv4 || arp[4] != 6 || arp[5] != 4) return;
    put32(arp, 14, source(get32(arp, 14)));
    put32(arp, 24, target_.address);
    const bytes_t hardware = arp.subspan(18, address_bytes);
    if (std::any_of(hardware.begin(), hardware.end(), [](std::uint8_t b) { return b != 0; }) && !is_group(hardware))
      std::copy(target_.mac.begin(), target_.mac.end(), hardware.begin());
  }

  bytes_t frame_;
  const rewrite_target& target_;
};

}  // namespace

bool rewrite_frame(std::vector<std::uint8_t>& frame, const rewrite_target& target) {
  const std::vector<std::uint8_t> before = frame;
  rewriter(frame, target).run();
  return frame != before;
}

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/checksum.h"

#include <bit>
#include <cstring>

#include "sw/stack/header_writers.h"

namespace ringside::stack {
namespace {

std::uint16_t fold(std::uint64_t sum) {
  while ((sum >> 16) != 0) sum = (sum & 0xFFFF) + (sum >> 16);
  return static_cast<std::uint16_t>(sum);
}

std::uint16_t swap16(std::uint16_t value) {
  return static_cast<std::uint16_t>((value << 8) | (value >> 8));
}

/// Sum of words in the machine's own byte order, not folded.  RFC 1071 2(B): the folded sum has to be swapped.
std::uint64_t native_sum(std::span<const std::byte> bytes) {
  static_assert(std::endian::native == std::endian::little);
  std::uint64_t sum = 0;
  const std::byte* p = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 4; left -= 4, p += 4) {
    std::uint32_t word = 0;
    std::memcpy(&word, p, 4);
    sum += word;
  }
  if (left >= 2) {
    std::uint16_t word = 0;
    std::memcpy(&word, p, 2);
    sum += word;
    p += 2;
    left -= 2;
  }
  if (left != 0) sum += load8(p);  // padded with a zero byte behind
  return sum;
}

}  // namespace

void inet_sum::add(std::span<const std::byte> bytes) {
  if (bytes.empty()) return;
  const std::uint16_t piece = swap16(fold(native_sum(bytes)));
  sum_ += odd_ ? swap16(piece) : piece;
  odd_ ^= (bytes.size() & 1) != 0;
}

std::uint16_t inet_sum::folded() const {
  return fold(sum_);
}

bool checksum_valid(std::span<const std::byte> bytes) {
  return fold(native_sum(bytes)) == 0xFFFF;  // reads the same when it is swapped
}

void add_packet(inet_sum& sum, const sk_buff& skb, std::size_t offset, std::size_t bytes) {
  skb.for_each_piece(offset, bytes, [&sum](std::span<const std::byte> piece) { sum.add(piece); });
}

void write_ip_checksum(std::byte* at) {
  ipv4_writer header(at);
  header.set_checksum(0);
  inet_sum sum;
  sum.add({at, ipv4_view(at).header_bytes()});
  header.set_checksum(static_cast<std::uint16_t>(~sum.folded()));
}

bool complete_checksum(kernel::host& machine, sk_buff& skb) {
  const std::size_t begin = skb.csum_start - skb.headroom();
  const std::size_t place = begin + skb.csum_offset;
  if (place + 2 > skb.headlen() || !skb.unclone()) return false;
  machine.consume(kernel::cost::checksum_per_byte, skb.len() - begin);
  inet_sum sum;
  add_packet(sum, skb, begin, skb.len() - begin);
  const auto result = static_cast<std::uint16_t>(~sum.folded());
  store_be16(skb.data() + place, result == 0 ? 0xFFFF : result);
  skb.ip_summed = checksum_state::none;
  return true;
}

void add_pseudo_header(inet_sum& sum, std::uint32_t source, std::uint32_t destination, std::uint8_t protocol,
                       std::size_t length) {
  sum.add32(source);
  sum.add32(destination);
  sum.add16(protocol);
  sum.add32(static_cast<std::uint32_t>(length));
}

void add_pseudo_header(inet_sum& sum, const sk_buff& skb, std::uint8_t protocol, std::size_t length) {
  sum.add32(skb.ip().source);
  sum.add32(skb.ip().destination);
  sum.add16(protocol);
  sum.add32(static_cast<std::uint32_t>(length));
}

}  // namespace ringside::stack

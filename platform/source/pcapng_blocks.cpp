// SPDX-License-Identifier: Apache-2.0
#include "platform/source/pcapng_blocks.h"

#include <algorithm>
#include <utility>

namespace ringside::platform {
namespace {

// Block types (section 4) and options (section 3.5).
constexpr std::uint32_t section_header = 0x0A0D0D0A;  // the same in both byte orders
constexpr std::uint32_t interface_description = 1;
constexpr std::uint32_t old_packet = 2;
constexpr std::uint32_t simple_packet_block = 3;
constexpr std::uint32_t enhanced_packet = 6;
constexpr std::uint32_t byte_order_magic = 0x1A2B3C4D;
constexpr std::uint32_t if_fcslen = 13;
constexpr std::uint32_t packet_flags = 2;    // epb_flags, pack_flags
constexpr std::uint32_t direction_mask = 3;  // of those
constexpr std::uint32_t outbound = 2;
constexpr std::size_t longest_block = 16 * 1024 * 1024;  // libpcap's limit

constexpr std::size_t padded(std::size_t bytes) {
  return (bytes + 3) / 4 * 4;
}

std::uint32_t number_in(std::span<const std::uint8_t> bytes, bool big_endian) {
  std::uint32_t out = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) out = out << 8 | bytes[big_endian ? i : bytes.size() - 1 - i];
  return out;
}

std::array<std::uint8_t, 4> word(std::uint32_t value, bool big_endian) {
  std::array<std::uint8_t, 4> out{};
  for (std::size_t i = 0; i < 4; ++i) out[big_endian ? 3 - i : i] = static_cast<std::uint8_t>(value >> (8 * i));
  return out;
}

}  // namespace

bool pcapng_blocks::is_pcapng(const capture_file& file) {
  std::array<std::uint8_t, 4> first{};
  const auto in = file.read();
  constexpr std::array<std::uint8_t, 4> magic{0x0A, 0x0D, 0x0D, 0x0A};
  return std::fread(first.data(), 1, first.size(), in.get()) == first.size() && first == magic;
}

std::uint32_t pcapng_blocks::number(std::size_t at, std::size_t bytes) const {
  return number_in(std::span(body_).subspan(at, bytes), big_endian_);
}

bool pcapng_blocks::read_block(block& out) {
  std::array<std::uint8_t, 12> head{};
  if (std::fread(head.data(), 1, 8, from_.get()) != 8) return false;
  std::size_t have = 8;
  if (number_in(std::span(head).first(4), false) == section_header) {
    if (std::fread(head.data() + 8, 1, 4, from_.get()) != 4) return false;
    have = 12;
    big_endian_ = head[8] == byte_order_magic >> 24;
    if (number_in(std::span(head).subspan(8, 4), big_endian_) != byte_order_magic) return false;
  }
  const std::size_t length = number_in(std::span(head).subspan(4, 4), big_endian_);
  if (length < have + 4 || length > longest_block || length % 4 != 0) return false;
  body_.resize(length - have);
  if (std::fread(body_.data(), 1, body_.size(), from_.get()) != body_.size()) return false;
  body_.resize(body_.size() - 4);  // the length, once more
  out = {number_in(std::span(head).first(4), big_endian_), at_ + 8};
  at_ += static_cast<std::int64_t>(length);
  return true;
}

std::optional<pcapng_blocks::packet> pcapng_blocks::next() {
  block b;
  while (read_block(b)) {
    switch (b.type) {
      case section_header:
        section_ = interfaces_.size();
        break;
      case interface_description:
        add_interface(b);
        break;
      case simple_packet_block:
        return simple_packet(b);
      case old_packet:
      case enhanced_packet:
        return packet_of(b);
      default:
        break;
    }
  }
  return std::nullopt;
}

// Options are code, length and value, padded to 32 bits, up to code 0 or the end of the block.
template <typename F>
void pcapng_blocks::for_each_option(std::size_t from, F f) const {
  while (from + 4 <= body_.size()) {
    const std::uint32_t code = number(from, 2);
    const std::uint32_t length = number(from + 2, 2);
    from += 4;
    if (code == 0 || from + length > body_.size()) return;
    f(code, from, length);
    from += padded(length);
  }
}

void pcapng_blocks::add_interface(const block& b) {
  if (body_.size() < 8) return;
  interface found {
    .link_type = static_cast<std::uint16_t>(number(0, 2)), .snap_length = number(4, 4), .at = b.at,
    .big_endian = big_endian_
  };
  for_each_option(8, [&](std::uint32_t code, std::size_t at, std::uint32_t length) {
    if (code == if_fcslen && length == 1) found.fcs_bytes = body_[at];
  });
  interfaces_.push_back(found);
}

std::optional<pcapng_blocks::packet> pcapng_blocks::packet_of(const block& b) {
  if (body_.size() < 20) return std::nullopt;
  const std::size_t from = number(0, b.type == enhanced_packet ? 4 : 2);
  std::uint32_t flags = 0;
  for_each_option(20 + padded(number(12, 4)), [&](std::uint32_t code, std::size_t at, std::uint32_t length) {
    if (code == packet_flags && length == 4) flags = number(at, 4);
  });
  return packet_on(from, flags, number(16, 4));
}

// The captured length is not said: the wire's, unless the interface's snapshot length cut it.  libpcap, which no longer
// sees that one, is told the captured length instead.
std::optional<pcapng_blocks::packet> pcapng_blocks::simple_packet(const block& b) {
  if (body_.size() < 4) return std::nullopt;
  const std::uint32_t wire_length = number(0, 4);
  const auto out = packet_on(0, 0, wire_length);
  if (!out) return out;
  const std::uint32_t snap_length = interfaces_[out->interface].snap_length;
  if (snap_length != 0 && snap_length < wire_length) simple_packets_[b.at] = word(snap_length, big_endian_);
  return out;
}

std::optional<pcapng_blocks::packet> pcapng_blocks::packet_on(std::size_t number_in_section, std::uint32_t flags,
                                                              std::uint32_t wire_length) {
  if (number_in_section >= interfaces_.size() - section_) return std::nullopt;
  const std::size_t number = section_ + number_in_section;
  interface& from = interfaces_[number];
  ++from.packets;
  const std::uint32_t own = flags >> 5 & 0xF;  // epb_flags, bits 5-8; "overrides the if_fcslen option"
  return packet{number, own != 0 ? own : from.fcs_bytes, wire_length, (flags & direction_mask) == outbound};
}

std::shared_ptr<const capture_file::edits> pcapng_blocks::edits() const {
  auto out = std::make_shared<capture_file::edits>(simple_packets_);
  for (const interface& i : interfaces_) {
    std::array<std::uint8_t, 4> type = word(linktype_ethernet, i.big_endian);
    if (i.big_endian) std::rotate(type.begin(), type.begin() + 2, type.end());  // two bytes, and two reserved ones
    (*out)[i.at] = type;
    (*out)[i.at + 4] = {0, 0, 0, 0};  // snapshot length: no limit
  }
  return out;
}

}  // namespace ringside::platform

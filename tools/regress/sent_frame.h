// SPDX-License-Identifier: Apache-2.0
// One frame that a card has sent, judged by itself: FCS, length, addresses, lengths and checksums of its headers.
//
// From IEEE 802.3, RFC 791, 768, 792, 826, 1071 and 9293 alone; the CRC is zlib's.  Called by send_board.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace ringside::platform {

struct sent_tag {
  std::uint16_t tpid = 0;
  std::uint16_t tci = 0;
};

/// What a frame says of itself; fields of what it is not are 0.
struct seen_frame {
  std::string fault;  // what is wrong with it; "" nothing
  std::array<std::uint8_t, 6> to{};
  std::array<std::uint8_t, 6> from{};
  std::vector<sent_tag> tags;  // from the outside
  std::uint16_t type = 0;      // behind the tags
  // IPv4
  std::uint32_t source = 0;
  std::uint32_t destination = 0;
  std::uint16_t id = 0;
  std::uint8_t protocol = 0;
  std::uint8_t time_to_live = 0;
  std::uint32_t offset = 0;  // of a fragment, in bytes
  bool more = false;
  bool dont_fragment = false;
  std::uint32_t ip_bytes = 0;                  // header and all
  std::span<const std::uint8_t> ip_payload{};  // of the frame's bytes
  // TCP
  std::uint32_t sequence = 0;
  std::uint8_t flags = 0;
  std::span<const std::uint8_t> payload{};  // of a whole UDP datagram or a TCP packet
  std::uint16_t to_port = 0;
  // PAUSE
  bool pause = false;
  std::uint16_t pause_time = 0;

  bool fragment() const { return offset != 0 || more; }
};

/// `frame`: DA to FCS.
seen_frame look_at(std::span<const std::uint8_t> frame);

/// RFC 1071: the sum of a checksummed region with its pseudo-header (RFC 768) is all ones.
bool transport_sum_right(const seen_frame& f, std::span<const std::uint8_t> bytes);

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
// What libpcap does not tell of a pcapng capture: which interface a packet came in by, and whether its FCS is there.
//
// libpcap decodes blocks, packets and times, but refuses interfaces that differ in link type or snapshot length and
// knows no if_fcslen.  This walks over the same blocks (IETF draft-ietf-opsawg-pcapng), in step with libpcap, and says
// which bytes to change so that all interfaces look alike to it.  Owned by pcap_source.h.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "platform/source/capture_file.h"

namespace ringside::platform {

inline constexpr std::uint16_t linktype_ethernet = 1;  // LINKTYPE_ETHERNET and DLT_EN10MB alike

class pcapng_blocks {
 public:
  struct interface {
    std::uint16_t link_type = 0;  // LINKTYPE_ number
    std::uint32_t snap_length = 0;
    std::int64_t at = 0;         // of the block's link type in the file
    std::uint8_t fcs_bytes = 0;  // if_fcslen; 0: none or unknown
    std::uint64_t packets = 0;   // so far
    bool big_endian = false;
  };
  struct packet {
    std::size_t interface = 0;    // of interfaces()
    std::uint32_t fcs_bytes = 0;  // epb_flags, else if_fcslen
    std::uint32_t wire_length = 0;
    bool outbound = false;  // by epb_flags
  };

  explicit pcapng_blocks(capture_file::stream from) : from_(std::move(from)) {}

  static bool is_pcapng(const capture_file& file);

  /// The next packet; nothing at the end, or where the file is broken: libpcap says why.
  std::optional<packet> next();
  /// Of all sections met so far.
  const std::vector<interface>& interfaces() const { return interfaces_; }
  /// Makes every interface met so far Ethernet of any snapshot length, and every simple packet as long as its data.
  std::shared_ptr<const capture_file::edits> edits() const;

 private:
  struct block {
    std::uint32_t type = 0;
    std::int64_t at = 0;  // of its body
  };

  bool read_block(block& out);
  void add_interface(const block& b);
  std::optional<packet> packet_of(const block& b);
  std::optional<packet> simple_packet(const block& b);
  std::optional<packet> packet_on(std::size_t number, std::uint32_t flags, std::uint32_t wire_length);
  template <typename F>
  void for_each_option(std::size_t from, F f) const;
  std::uint32_t number(std::size_t at, std::size_t bytes) const;

  capture_file::stream from_;
  std::int64_t at_ = 0;
  bool big_endian_ = false;
  std::vector<std::uint8_t> body_;  // of the block read last
  std::size_t section_ = 0;         // its first interface
  std::vector<interface> interfaces_;
  capture_file::edits simple_packets_;
};

}  // namespace ringside::platform

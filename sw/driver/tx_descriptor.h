// SPDX-License-Identifier: Apache-2.0
// Transmit descriptors as the driver writes them: legacy, context and data (FS 9.1).
//
// Callers: transmitter, the loopback test.  Each is two words of 64 bits, little-endian in memory; the names are Linux'
// (struct e1000_tx_desc, e1000_context_desc, e1000_data_desc).
#pragma once

#include <array>
#include <cstdint>

#include "sw/kernel/host.h"

namespace ringside::driver {

struct tx_descriptor {
  std::uint64_t low = 0;   // bytes 0..7: the buffer's address; of a context, offsets
  std::uint64_t high = 0;  // bytes 8..15: command and length, status, options
};

namespace txd {
inline constexpr std::uint32_t bytes = 16;
// Command byte, in the lower dword of `high`: with the length.
inline constexpr std::uint32_t EOP = 1U << 24;
inline constexpr std::uint32_t IFCS = 1U << 25;
inline constexpr std::uint32_t IC = 1U << 26;   // legacy
inline constexpr std::uint32_t TSE = 1U << 26;  // context, data
inline constexpr std::uint32_t RS = 1U << 27;
inline constexpr std::uint32_t RPS = 1U << 28;
inline constexpr std::uint32_t DEXT = 1U << 29;
inline constexpr std::uint32_t VLE = 1U << 30;
inline constexpr std::uint32_t IDE = 1U << 31;
inline constexpr std::uint32_t TCP = 1U << 24;  // context: TUCMD
inline constexpr std::uint32_t IP = 1U << 25;
inline constexpr std::uint32_t DTYP_DATA = 1U << 20;
// Upper dword of `high`.
inline constexpr std::uint32_t DD = 1U << 0;
inline constexpr std::uint32_t IXSM = 1U << 8;  // POPTS
inline constexpr std::uint32_t TXSM = 2U << 8;
inline constexpr unsigned special_shift = 16;

inline constexpr std::uint32_t max_bytes = 4096;  // of one descriptor: E1000_MAX_DATA_PER_TXD
}  // namespace txd

/// Offsets in the packet, and what to do at them, for a context descriptor.  An end of 0 is the end of the packet.
struct tx_context {
  std::uint8_t ip_start = 0;
  std::uint8_t ip_sum_at = 0;
  std::uint16_t ip_end = 0;
  std::uint8_t transport_start = 0;
  std::uint8_t transport_sum_at = 0;
  std::uint16_t transport_end = 0;
  std::uint32_t payload_bytes = 0;  // TSO: behind the header
  std::uint8_t header_bytes = 0;
  std::uint16_t mss = 0;
  std::uint32_t command = 0;  // DEXT and what else of TCP, IP, TSE
};

constexpr tx_descriptor make_context(const tx_context& c) {
  const std::uint64_t ip = c.ip_start | std::uint64_t{c.ip_sum_at} << 8 | std::uint64_t{c.ip_end} << 16;
  const std::uint64_t transport =
      c.transport_start | std::uint64_t{c.transport_sum_at} << 8 | std::uint64_t{c.transport_end} << 16;
  const std::uint64_t segmentation = std::uint64_t{c.header_bytes} << 8 | std::uint64_t{c.mss} << 16;
  return {ip | transport << 32, (c.command | c.payload_bytes) | segmentation << 32};
}

/// Legacy or data, by the command.
constexpr tx_descriptor make_data(kernel::bus_address buffer, std::uint32_t command_and_bytes, std::uint32_t options) {
  return {buffer, command_and_bytes | std::uint64_t{options} << 32};
}

}  // namespace ringside::driver

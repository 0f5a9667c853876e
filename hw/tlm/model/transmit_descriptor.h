// SPDX-License-Identifier: Apache-2.0
// A transmit descriptor as software lays it out: legacy, context or data (FS 9.1), and what it asks for.
//
// Owned by the transmit ring; read by the packet reader and the write-back.
#pragma once

#include <array>
#include <cstdint>

#include "common/event.h"

namespace ringside::tlm::model {

/// Offsets of a checksum or segmentation context (T-15), in bytes of the frame without an inserted tag.
struct transmit_context {
  std::uint32_t ip_start = 0, ip_place = 0, ip_end = 0;  // IPCSS, IPCSO, IPCSE
  std::uint32_t l4_start = 0, l4_place = 0, l4_end = 0;  // TUCSS, TUCSO, TUCSE
  std::uint32_t payload = 0;                             // PAYLEN
  std::uint32_t header = 0;                              // HDRLEN
  std::uint32_t segment = 0;                             // MSS
  bool tcp = false;
  bool ipv4 = false;
};

struct transmit_descriptor {
  static constexpr std::uint32_t size = 16;
  static constexpr std::uint32_t status_at = 12;  // what is written back: bytes 12 to 15
  enum class type : std::uint8_t { legacy, context, data, reserved };
  enum class state : std::uint8_t { unused, used, complete, written };  // T-41, T-42

  std::array<std::uint8_t, size> raw{};
  state now = state::unused;
  frame_id frame = 0;  // of its packet, as far as it is known

  type kind() const;
  std::uint64_t address() const { return dword(0) | std::uint64_t{dword(1)} << 32; }
  /// Bytes of its buffer; 0 as well without an address (T-10).
  std::uint32_t length() const;
  bool end_of_packet() const { return command(0) && (kind() == type::legacy || kind() == type::data); }
  bool insert_fcs() const { return command(1); }
  bool insert_checksum() const { return kind() == type::legacy && command(2); }
  bool segmentation() const { return kind() != type::legacy && command(2); }
  bool report() const { return command(3); }
  bool tag() const { return command(6); }
  bool delay_interrupt() const { return command(7); }
  std::uint32_t checksum_place() const { return dword(2) >> 16 & 0xFF; }                              // CSO
  std::uint32_t checksum_start() const { return kind() == type::legacy ? dword(3) >> 8 & 0xFF : 0; }  // CSS
  std::uint32_t packet_options() const { return kind() == type::data ? dword(3) >> 8 & 0xFF : 0; }    // POPTS
  std::uint16_t special() const { return static_cast<std::uint16_t>(dword(3) >> 16); }
  transmit_context context() const;

 private:
  std::uint32_t dword(unsigned i) const {
    return raw[4 * i] | std::uint32_t{raw[4 * i + 1]} << 8 | std::uint32_t{raw[4 * i + 2]} << 16 |
           std::uint32_t{raw[4 * i + 3]} << 24;
  }
  /// Bit `i` of CMD, TUCMD or DCMD.
  bool command(unsigned i) const { return (dword(2) >> (24 + i) & 1) != 0; }
};

/// POPTS.
namespace packet_option {
inline constexpr std::uint32_t ip_checksum = 1, l4_checksum = 2;
}

}  // namespace ringside::tlm::model

// SPDX-License-Identifier: Apache-2.0
// A frame inside the behavioural card: as it came from the wire, what the filter said, what is stored of it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "common/drop_reason.h"
#include "common/event.h"

namespace ringside::tlm::model {

/// Network byte order.
inline std::uint16_t big_endian_16(std::span<const std::uint8_t> bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

/// What the receiver decides about a frame (FS 6.7 to FS 6.9).
struct verdict {
  bool keep = false;                       // goes to the packet buffer if that has room
  drop_reason reason = drop_reason::none;  // why not
  bool passed_filter = false;              // address and VLAN filter, R-56
  bool good = false;                       // length, FCS and RX_ER in order
  bool fcs_good = false;
  bool rx_error = false;
  bool too_long = false;
  bool inexact = false;       // PIF, R-81
  bool pause = false;         // a valid PAUSE frame, F-1
  bool pause_obeyed = false;  // ... with RFCE: out of the good counters, F-2
  std::uint16_t pause_time = 0;
  bool unsupported_control = false;  // FCRUC, F-5
};

/// A frame in the packet buffer.
struct stored_frame {
  frame_id id = 0;
  std::vector<std::uint8_t> bytes;    // what the host gets
  std::uint16_t packet_checksum = 0;  // FS 5.3
  std::uint8_t status = 0;            // of its last descriptor, without DD and EOP
  std::uint8_t errors = 0;
  std::uint16_t special = 0;
};

}  // namespace ringside::tlm::model

// SPDX-License-Identifier: Apache-2.0
// Bytes 8..15 of a written-back descriptor: field access, and the rules about their contents (R-23, R-24, R-43, R-82,
//
#pragma once

#include <cstdint>
#include <string>

#include "contract/nic_registers.h"
#include "contract/rule.h"
#include "hw/regs/e1000_regs.h"

namespace ringside::contract {

/// View of bytes 8..15 as one little-endian number.
struct write_back {
  std::uint64_t bits = 0;
  std::uint32_t length() const { return static_cast<std::uint32_t>(bits & 0xFFFF); }
  std::uint32_t checksum() const { return static_cast<std::uint32_t>(bits >> 16 & 0xFFFF); }
  std::uint32_t status() const { return static_cast<std::uint32_t>(bits >> 32 & 0xFF); }
  std::uint32_t errors() const { return static_cast<std::uint32_t>(bits >> 40 & 0xFF); }
  std::uint32_t special() const { return static_cast<std::uint32_t>(bits >> 48 & 0xFFFF); }
  bool done() const { return (status() & rxd_status::DD) != 0; }
  bool end_of_packet() const { return (status() & rxd_status::EOP) != 0; }
};

struct format_verdict {
  rule broken = rule::count;  // count: nothing wrong
  const char* what = "";
};

/// Judges a descriptor that held a buffer.
format_verdict judge_format(write_back d, const nic_registers& registers);

}  // namespace ringside::contract

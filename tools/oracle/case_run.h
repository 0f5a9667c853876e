// SPDX-License-Identifier: Apache-2.0
// Carries a case out on one card and writes down all that software and the wire can see of it.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tools/oracle/oracle_card.h"
#include "tools/oracle/oracle_case.h"

namespace ringside::oracle {

/// What a buffer is filled with before the card may write to it.
inline constexpr std::uint8_t untouched = 0xA5;
/// Bytes looked at before each buffer and behind what the descriptor says is in it.
inline constexpr std::uint32_t guard_bytes = 16;

/// A receive descriptor the card has done.
struct done_descriptor {
  std::uint32_t index = 0;  // in the ring
  std::uint64_t address = 0;
  std::uint32_t length = 0;
  std::uint32_t checksum = 0;
  std::uint32_t status = 0;
  std::uint32_t errors = 0;
  std::uint32_t special = 0;
  byte_vector window;  // guard, what is in the buffer, guard; empty of a null descriptor

  std::span<const std::uint8_t> data() const;
  bool guards_untouched() const;
};

/// Descriptors of one frame up to its EOP.
using frame_chain = std::vector<done_descriptor>;
byte_vector bytes_of(const frame_chain& chain);

struct round_result {
  std::vector<frame_chain> received;
  std::uint32_t receive_head = 0;  // RDH
  std::uint32_t transmit_head = 0;
  std::vector<std::array<std::uint32_t, 4>> descriptors;  // transmit, as they stand afterwards
  std::vector<byte_vector> sent;
  std::uint32_t causes = 0;  // ICR: all since the round before
  bool receive_ended = false;
  bool transmit_ended = false;
};

struct register_value {
  std::uint32_t offset = 0;
  std::uint32_t value = 0;
};

struct case_result {
  std::vector<register_value> at_reset;
  std::vector<round_result> rounds;
  std::vector<register_value> settings;        // what reads back of the case's registers
  std::vector<register_value> counters;        // each statistics register once
  std::vector<register_value> counters_again;  // and once more
  std::vector<std::uint32_t> steps;            // what each read of oracle_case::steps gave
  std::uint64_t accesses = 0;
};

case_result run_case(oracle_card& card, const oracle_case& c);

}  // namespace ringside::oracle

// SPDX-License-Identifier: Apache-2.0
// What one seed does with a card: drawn once, carried out on each card alike.
//
// Drawn by draw_case.cpp and draw_transmit.cpp, carried out by case_run.cpp.  Everything follows from the seed.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "common/rng.h"
#include "common/wire_frame.h"

namespace ringside::oracle {

using byte_vector = std::vector<std::uint8_t>;

inline constexpr std::uint64_t own_mac = 0x5634'1200'5452;  // 52:54:00:12:34:56, byte 0 lowest

// Where things lie in memory, above the first MB, which is not all memory on a PC.
inline constexpr std::uint64_t receive_ring_at = 0x10'0000;
inline constexpr std::uint64_t transmit_ring_at = 0x11'0000;
inline constexpr std::uint64_t buffers_at = 0x20'0000;
inline constexpr std::uint32_t buffer_stride = 0x4800;  // the largest buffer, its offset and what guards it
inline constexpr std::uint64_t payload_at = 0x80'0000;
inline constexpr std::uint32_t payload_bytes = 0x1'0000;
inline constexpr std::uint32_t ones_bytes = 256;  // of the payload, FF: their sum is FFFF, its complement 0 (T-16)
inline constexpr std::uint64_t markers_at = payload_at + payload_bytes;
inline constexpr std::uint32_t descriptor_bytes = 16;

/// A transmit descriptor as it stands in memory (FS 9.1).
struct raw_descriptor {
  std::uint64_t address = 0;
  std::uint32_t lower = 0;
  std::uint32_t upper = 0;
};

/// A frame to receive or to send that ends a round: by its number the two sides know when all is done.
byte_vector marker_frame(bool received, std::uint32_t round);

struct oracle_round {
  std::vector<offered_frame> received;      // the last one is the marker
  std::vector<raw_descriptor> descriptors;  // the last one sends the marker
  bool fcs = true;                          // IFCS in all descriptors of the round
};

/// One access of those that follow the traffic.
struct register_step {
  bool write = false;
  std::uint32_t offset = 0;
  std::uint32_t value = 0;
};

struct oracle_case {
  std::uint64_t seed = 0;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> registers;  // offset, value; before the rings
  std::uint32_t rctl = 0;
  std::uint32_t tctl = 0;
  std::uint32_t rdtr = 0;
  bool dry_start = false;              // the first frames come before the first descriptors
  std::vector<std::uint64_t> buffers;  // one for each descriptor of the receive ring, 0: a null descriptor
  std::uint32_t transmit_ring = 0;     // descriptors
  byte_vector payload;
  std::vector<oracle_round> rounds;
  std::vector<register_step> steps;

  std::uint32_t written(std::uint32_t offset) const;  // the last value in `registers`, else 0
  bool vme() const;
  std::uint32_t buffer_bytes() const;
  std::string description() const;
};

/// With `frames` and more of them, in and out; 0: what the seed says.
oracle_case draw_case(std::uint64_t seed, std::uint32_t frames = 0);

// ---- parts of it
/// Packets of all kinds for one round of a ring of `ring` descriptors; how many.
std::uint32_t draw_transmit(rng& random, oracle_round& round, std::uint32_t ring, std::uint32_t number);
/// Accesses to every register that is no statistics counter.
std::vector<register_step> draw_steps(rng& random);

}  // namespace ringside::oracle

// SPDX-License-Identifier: Apache-2.0
// Random set-ups of the card and random frames that its filter, checksum and length rules tell apart.
//
// Used by agreement_test: everything follows from the generator's seed.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "common/rng.h"
#include "common/wire_frame.h"

namespace ringside::tlm {

struct random_setup {
  std::uint32_t rctl = 0;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> registers;  // offset, value; written before RCTL
  std::vector<std::uint64_t> buffers;                              // address of each descriptor, some 0
  std::string description() const;
};

/// A ring of `ring_size` descriptors whose buffers stand `stride` bytes apart from `first_buffer` on.
random_setup make_setup(rng& random, std::uint32_t ring_size, std::uint64_t first_buffer, std::uint32_t stride);
/// Frames spaced so that neither packet buffer nor ring runs out.
std::vector<offered_frame> make_frames(rng& random, unsigned count);

}  // namespace ringside::tlm

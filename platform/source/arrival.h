// SPDX-License-Identifier: Apache-2.0
// When the generator's next frame is due: exact for any rate, integers only.
//
// Owned by generator.h; one call per frame.
#pragma once

#include <cstdint>

#include "common/rng.h"
#include "common/time.h"
#include "platform/scenario/scenario.h"

namespace ringside::platform {

/// -ln(u) in 1/2^32 for u = (draw + 1) / 2^64: an exponential variate of mean 1 from one uniform draw, within 2^-24.
std::uint64_t exponential_q32(std::uint64_t draw);

class arrival {
 public:
  explicit arrival(const scenario& s);

  /// Time of the next frame relative to the first, `frame_bytes` DA..FCS.  0 when the rate is "line": the wire spaces
  /// the frames.
  sim_time next(std::uint32_t frame_bytes, rng& random);

 private:
  rate_kind kind_;
  arrival_kind spacing_;
  rational rate_;
  std::int64_t ps_per_byte_;
  std::uint64_t gap_bytes_;
  std::uint64_t frames_ = 0;
  std::uint64_t frame_bytes_ = 0;  // DA..FCS of all frames so far
  std::uint64_t wire_bytes_ = 0;   // preamble, frame and gap of all frames so far
  sim_time previous_nominal_ = 0;
  sim_time random_time_ = 0;
};

}  // namespace ringside::platform

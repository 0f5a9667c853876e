// SPDX-License-Identifier: Apache-2.0
// The progress line of a long run: on a terminal only, a few times a second, wiped at the end.
#pragma once

#include <chrono>
#include <cstdint>
#include <ostream>

#include "common/time.h"

namespace ringside::platform {

class progress {
 public:
  /// `total` frames are expected, 0 when unknown; nothing is ever printed unless `on`.
  progress(std::ostream& out, bool on, std::uint64_t total);
  ~progress();
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;

  void show(sim_time now, std::uint64_t frames);

 private:
  std::ostream& out_;
  bool on_;
  bool shown_ = false;
  std::uint64_t total_;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace ringside::platform

// Unused descriptors on the chip, followed from the bus alone: shows that PTHRESH fetched ahead (sheet 6.3).
//
// Part of the coverage of a regression.
#pragma once

#include <cstdint>
#include <deque>

#include "common/event.h"

namespace ringside::platform {

class descriptor_watch {
 public:
  void on_event(const event& e);
  /// Fetches that ended with descriptors of an earlier one still unused: none happens without PTHRESH.
  std::uint64_t prefetches() const { return prefetches_; }

 private:
  std::deque<std::uint64_t> unused_;  // buffer addresses of the descriptors on the chip no payload went to, as fetched
  std::uint64_t prefetches_ = 0;
};

}  // namespace ringside::platform

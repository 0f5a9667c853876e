// SPDX-License-Identifier: Apache-2.0
// Descriptors on the chip and their buffers, followed from the bus alone: shows that PTHRESH fetched ahead (FS 6.3)
// and that buffers lay across pages.
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
  /// Payload bursts that begin a page in the middle of a buffer.
  std::uint64_t page_crossings() const { return page_crossings_; }

 private:
  std::deque<std::uint64_t> unused_;  // buffer addresses of the descriptors on the chip no payload went to, as fetched
  std::uint64_t prefetches_ = 0;
  std::uint64_t page_crossings_ = 0;
};

}  // namespace ringside::platform

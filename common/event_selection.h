// SPDX-License-Identifier: Apache-2.0
// Picks what concerns a consumer out of a stretch of the event stream.
//
// Owned by consumers that care for some stages only.  Stages follow each other in no order a processor could foresee:
// to jump over each event of no concern costs more than this list, which is made without jumps.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "common/event_stream.h"
#include "common/stage_set.h"

namespace ringside {

class event_selection {
 public:
  explicit event_selection(stage_set wanted) {
    for (std::size_t what = 0; what < wanted_.size(); ++what)
      wanted_[what] = wanted.has(static_cast<stage>(what)) ? 1 : 0;
  }

  /// The places in `stretch` of the stages wanted, rising; valid up to the next call.
  std::span<const std::uint32_t> of(event_stretch stretch) {
    return of(stretch, [](const event&) {});
  }
  /// The same, and `also` is called with every event: one pass for a consumer that needs both.
  template <typename F>
  std::span<const std::uint32_t> of(event_stretch stretch, F also) {
    const auto size = static_cast<std::uint32_t>(stretch.size());
    if (places_.size() < size) places_.resize(2 * std::size_t{size});
    std::uint32_t* out = places_.data();
#pragma GCC unroll 4
    for (std::uint32_t i = 0; i < size; ++i) {
      const event& e = stretch[i];
      *out = i;  // stays when the next one is written behind it
      out += wanted_[static_cast<std::size_t>(e.what)];
      also(e);
    }
    return {places_.data(), out};
  }

 private:
  // By stage, 1 or 0: one load, where a set would be shifted and masked.
  std::array<std::uint8_t, static_cast<std::size_t>(stage::count)> wanted_;
  std::vector<std::uint32_t> places_;
};

}  // namespace ringside

// SPDX-License-Identifier: Apache-2.0
// Given frames as a source, in their order.  Owned by the tests.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "common/wire_frame.h"

namespace ringside::test {

class list_source final : public frame_source {
 public:
  list_source() = default;
  explicit list_source(std::vector<offered_frame> frames) : frames_(std::move(frames)) {}
  /// One more frame at the end, also while the wire takes from the front.
  void add(offered_frame frame) { frames_.push_back(std::move(frame)); }
  /// The frame added last, for what a test wants different; valid until the next `add`.
  offered_frame& last() { return frames_.back(); }
  std::optional<offered_frame> next() override {
    if (next_ == frames_.size()) return std::nullopt;
    return frames_[next_++];
  }
  std::optional<std::uint64_t> planned() const override { return frames_.size(); }

 private:
  std::vector<offered_frame> frames_;
  std::size_t next_ = 0;
};

}  // namespace ringside::test

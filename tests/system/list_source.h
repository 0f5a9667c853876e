// Given frames as a source, in their order.  Owned by the system tests.
#pragma once

#include <optional>
#include <vector>

#include "common/wire_frame.h"

namespace ringside::test {

class list_source final : public frame_source {
 public:
  /// `frames` is not owned.
  explicit list_source(const std::vector<offered_frame>& frames) : frames_(frames) {}
  std::optional<offered_frame> next() override {
    if (next_ == frames_.size()) return std::nullopt;
    return frames_[next_++];
  }

 private:
  const std::vector<offered_frame>& frames_;
  std::size_t next_ = 0;
};

}  // namespace ringside::test

// SPDX-License-Identifier: Apache-2.0
// A packet tap that hands whole frames to a function.
#pragma once

#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "sw/stack/tap.h"

namespace ringside::platform {

class tap_adapter final : public stack::tap {
 public:
  using call = std::function<void(sim_time, frame_id, std::span<const std::byte>)>;

  explicit tap_adapter(call on_packet) : on_packet_(std::move(on_packet)) {}

  void on_packet(sim_time time, frame_id frame, std::span<const std::span<const std::byte>> pieces,
                 std::size_t bytes) override {
    if (pieces.size() == 1) {
      on_packet_(time, frame, pieces.front());
      return;
    }
    joined_.clear();
    joined_.reserve(bytes);
    for (const auto piece : pieces) joined_.insert(joined_.end(), piece.begin(), piece.end());
    on_packet_(time, frame, joined_);
  }

 private:
  call on_packet_;
  std::vector<std::byte> joined_;
};

}  // namespace ringside::platform

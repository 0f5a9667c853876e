// SPDX-License-Identifier: Apache-2.0
// Exact percentiles of signed integers in memory that follows the number of different values, not of samples.
//
// Owned by latency_report.h; nearest rank: the p-th percentile of n samples is the ceil(p * n / 100)-th smallest.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace ringside::platform {

class percentiles {
 public:
  /// Values are counted a batch at a time: one by one, each would be a cache miss of its own.
  void add(std::int64_t value) {
    recent_[waiting_++] = value;
    if (waiting_ == recent_.size()) count_recent();
  }

  std::uint64_t samples() const { return counted_ + waiting_; }
  /// 0 without samples.
  std::int64_t min() const;
  std::int64_t max() const;
  /// The nearest-rank percentile, `percent` in 1..100; 0 without samples.
  std::int64_t percentile(unsigned percent) const;

 private:
  // Counting does not change what is answered.
  void count_recent() const;
  void count_slow(std::int64_t value) const;
  void fold() const;
  std::int64_t smallest(std::uint64_t rank) const;

  mutable std::array<std::int64_t, 256> recent_{};
  mutable std::size_t waiting_ = 0;  // of recent_
  mutable std::uint64_t counted_ = 0;
  mutable std::vector<std::uint32_t> dense_;  // counts of 0 .. size-1
  mutable std::uint64_t dense_size_ = 0;
  mutable std::vector<std::int64_t> loose_;                             // other values, not yet folded
  mutable std::vector<std::pair<std::int64_t, std::uint64_t>> sparse_;  // value, count; rising
};

}  // namespace ringside::platform

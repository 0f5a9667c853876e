// Exact percentiles of signed integers in memory that follows the number of different values, not of samples.
//
// Owned by latency_report.h; nearest rank: the p-th percentile of n samples is the ceil(p * n / 100)-th smallest.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace ringside::platform {

class percentiles {
 public:
  void add(std::int64_t value) {
    ++samples_;
    if (value < min_) min_ = value;
    if (value > max_) max_ = value;
    if (value >= 0 && static_cast<std::uint64_t>(value) < dense_.size()) {
      ++dense_[static_cast<std::size_t>(value)];
      return;
    }
    add_slow(value);
  }

  std::uint64_t samples() const { return samples_; }
  /// 0 without samples.
  std::int64_t min() const { return samples_ == 0 ? 0 : min_; }
  std::int64_t max() const { return samples_ == 0 ? 0 : max_; }
  /// The nearest-rank percentile, `percent` in 1..100; 0 without samples.
  std::int64_t percentile(unsigned percent) const;

 private:
  void add_slow(std::int64_t value);
  void fold() const;

  std::uint64_t samples_ = 0;
  std::int64_t min_ = INT64_MAX;
  std::int64_t max_ = INT64_MIN;
  std::vector<std::uint32_t> dense_;                                    // counts of 0 .. size-1
  mutable std::vector<std::int64_t> loose_;                             // other values, not yet folded
  mutable std::vector<std::pair<std::int64_t, std::uint64_t>> sparse_;  // value, count; rising
};

}  // namespace ringside::platform

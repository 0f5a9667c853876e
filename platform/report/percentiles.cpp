// SPDX-License-Identifier: Apache-2.0
#include "platform/report/percentiles.h"

#include <algorithm>
#include <span>

namespace ringside::platform {
namespace {

constexpr std::int64_t dense_limit = std::int64_t{1} << 18;  // 262 us in ns: 1 MB at most
constexpr std::size_t fold_at = std::size_t{1} << 16;

}  // namespace

void percentiles::count_recent() const {
  for (const std::int64_t value : std::span(recent_).first(waiting_)) {
    if (static_cast<std::uint64_t>(value) < dense_size_) [[likely]]  // nor below zero
      ++dense_[static_cast<std::size_t>(value)];
    else
      count_slow(value);
  }
  counted_ += waiting_;
  waiting_ = 0;
}

void percentiles::count_slow(std::int64_t value) const {
  if (value >= 0 && value < dense_limit) {
    std::size_t size = std::max<std::size_t>(dense_.size(), 1024);
    while (size <= static_cast<std::size_t>(value)) size *= 2;
    dense_.resize(size);
    dense_size_ = size;
    ++dense_[static_cast<std::size_t>(value)];
    return;
  }
  loose_.push_back(value);
  if (loose_.size() >= fold_at) fold();
}

std::int64_t percentiles::min() const {
  return samples() == 0 ? 0 : smallest(1);
}

std::int64_t percentiles::max() const {
  return samples() == 0 ? 0 : smallest(samples());
}

void percentiles::fold() const {
  std::sort(loose_.begin(), loose_.end());
  std::vector<std::pair<std::int64_t, std::uint64_t>> merged;
  merged.reserve(sparse_.size() + loose_.size());
  auto old = sparse_.begin();
  for (std::size_t i = 0; i < loose_.size();) {
    std::size_t same = i;
    while (same < loose_.size() && loose_[same] == loose_[i]) ++same;
    while (old != sparse_.end() && old->first < loose_[i]) merged.push_back(*old++);
    std::uint64_t count = same - i;
    if (old != sparse_.end() && old->first == loose_[i]) count += (old++)->second;
    merged.emplace_back(loose_[i], count);
    i = same;
  }
  merged.insert(merged.end(), old, sparse_.end());
  sparse_ = std::move(merged);
  loose_.clear();
}

std::int64_t percentiles::percentile(unsigned percent) const {
  return samples() == 0 ? 0 : smallest((samples() * percent + 99) / 100);
}

// The rank-th smallest, 1 .. samples().
std::int64_t percentiles::smallest(std::uint64_t rank) const {
  count_recent();
  fold();
  std::uint64_t seen = 0;
  auto sparse = sparse_.begin();
  for (; sparse != sparse_.end() && sparse->first < 0; ++sparse)
    if ((seen += sparse->second) >= rank) return sparse->first;
  for (std::size_t v = 0; v < dense_.size(); ++v)
    if ((seen += dense_[v]) >= rank) return static_cast<std::int64_t>(v);
  for (; sparse != sparse_.end(); ++sparse)
    if ((seen += sparse->second) >= rank) return sparse->first;
  return 0;
}

}  // namespace ringside::platform

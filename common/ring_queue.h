// SPDX-License-Identifier: Apache-2.0
// A first-in, first-out queue in a ring that grows: its elements stay where they are made and keep what they hold for
// the next one in their place, so a steady flow allocates nothing.
//
// std::deque does the same with several times the code, which counts where code is not in the cache
// (docs/performance.md).
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace ringside {

template <typename T>
class ring_queue {
 public:
  bool empty() const { return first_ == end_; }
  std::size_t size() const { return end_ - first_; }
  T& front() { return at(first_); }
  const T& front() const { return at(first_); }
  T& back() { return at(end_ - 1); }
  const T& back() const { return at(end_ - 1); }

  /// Adds an element, to be filled in; it holds what an older one held.
  T& add() {
    if (size() > mask_) [[unlikely]]
      grow();
    return at(end_++);
  }
  void push(const T& value) { add() = value; }

  /// Takes the oldest off; it stays valid until the next add().
  T& take() { return at(first_++); }

 private:
  T& at(std::size_t i) { return ring_[i & mask_]; }
  const T& at(std::size_t i) const { return ring_[i & mask_]; }

  [[gnu::cold, gnu::noinline]] void grow() {
    std::vector<T> larger(ring_.size() * 2);
    for (std::size_t i = 0; i < ring_.size(); ++i) larger[i] = std::move(at(first_ + i));
    end_ = ring_.size();
    first_ = 0;
    ring_ = std::move(larger);
    mask_ = ring_.size() - 1;
  }

  std::vector<T> ring_ = std::vector<T>(16);  // a power of two of elements
  std::size_t mask_ = ring_.size() - 1;       // kept, since a vector divides to tell its size
  std::size_t first_ = 0;                     // these count up and are taken modulo the ring
  std::size_t end_ = 0;
};

}  // namespace ringside

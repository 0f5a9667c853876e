// SPDX-License-Identifier: Apache-2.0
// A vector whose elements lie in itself, for trivial elements and a known greatest number of them.
//
// Where a burst's bytes and frames are handed on: copying one is a memcpy and allocates nothing.
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <span>
#include <stdexcept>
#include <type_traits>

namespace ringside {

template <typename T, std::size_t Most>
class bounded_vector {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  /// Throws std::length_error when it is full, and so does assign().
  void push_back(const T& value) {
    if (size_ >= Most) full();
    items_[size_++] = value;
  }
  void assign(std::span<const T> values) {
    if (values.size() > Most) full();
    size_ = values.size();
    if (size_ == 1)
      items_[0] = values.front();  // mostly: no call for one frame of a burst
    else if (size_ != 0)
      std::memcpy(items_.data(), values.data(), values.size_bytes());
  }
  void clear() { size_ = 0; }

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  const T& front() const { return items_[0]; }
  /// Throws std::out_of_range.
  const T& at(std::size_t i) const {
    if (i >= size_) throw std::out_of_range("bounded_vector");
    return items_[i];
  }
  T* data() { return items_.data(); }
  const T* data() const { return items_.data(); }
  const T* begin() const { return items_.data(); }
  const T* end() const { return items_.data() + size_; }

 private:
  [[noreturn]] static void full() { throw std::length_error("bounded_vector"); }

  std::size_t size_ = 0;
  std::array<T, Most> items_{};
};

}  // namespace ringside

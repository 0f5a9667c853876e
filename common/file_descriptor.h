// SPDX-License-Identifier: Apache-2.0
// A file descriptor of the host with one owner, who closes it.
#pragma once

#include <unistd.h>

#include <utility>

namespace ringside {

class file_descriptor {
 public:
  explicit file_descriptor(int number = -1) : number_(number) {}
  ~file_descriptor() { reset(); }
  file_descriptor(file_descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  file_descriptor& operator=(file_descriptor&& other) noexcept {
    if (this != &other) {
      reset();
      number_ = std::exchange(other.number_, -1);
    }
    return *this;
  }
  int get() const { return number_; }
  bool open() const { return number_ >= 0; }
  void reset() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }

 private:
  int number_;
};

}  // namespace ringside

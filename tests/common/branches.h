// SPDX-License-Identifier: Apache-2.0
// Forks a running test at one instant: each child goes on from there with a different choice, the parent collects.
//
// Owned by tests that try many continuations of one machine, which costs one boot instead of many.  A child runs until
// it calls end(); what it says there comes back in the parent's result().
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace ringside::test {

class branches {
 public:
  /// Forks `count` children, at most `parallel` at a time.  Returns its number in each child, and nothing in the parent
  /// once all have ended.  Throws std::runtime_error in the parent when a child crashed or was killed.
  std::optional<std::size_t> split(std::size_t count, std::size_t parallel = 2);
  /// Whether this process is a child of split().
  bool in_child() const { return to_ >= 0; }
  /// Ends a child.
  [[noreturn]] void end(const std::string& text);
  /// In the parent: what the children of the last split() said, in order.
  const std::vector<std::string>& results() const { return results_; }

 private:
  struct child;
  int to_ = -1;
  std::vector<std::string> results_;
};

}  // namespace ringside::test

// SPDX-License-Identifier: Apache-2.0
// Collects what the comparison of one case with QEMU finds: differences nobody explains, and uses of those that
// section 13 of the fact sheet names.
//
// Owned by compare.cpp, handed to each part of the comparison.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ringside::oracle {

class judge {
 public:
  template <typename... Args>
  void differ(fmt::format_string<Args...> text, Args&&... args) {
    differences_.push_back(where_ + fmt::format(text, std::forward<Args>(args)...));
  }
  /// `id` of FS 13.
  void forgive(std::string_view id, std::uint64_t uses = 1) {
    if (uses != 0) forgiven_[std::string(id)] += uses;
  }
  /// QEMU's statistics register `offset` counts `by` more than ours because of `id`.
  void expect_more(std::uint32_t offset, std::int64_t by, std::string_view id) {
    if (by == 0) return;
    more_[offset] += by;
    forgive(id);
  }
  std::int64_t expected_more(std::uint32_t offset) const {
    const auto found = more_.find(offset);
    return found == more_.end() ? 0 : found->second;
  }

  /// A frame of good FCS that is too long; does QEMU count it?
  void oversize(bool qemu_counts) {
    ++oversize_;
    qemus_oversize_ += qemu_counts ? 1 : 0;
  }
  std::uint64_t oversize() const { return oversize_; }
  std::uint64_t qemus_oversize() const { return qemus_oversize_; }

  /// Goes before each difference from now on.
  void at(std::string where) { where_ = std::move(where); }

  const std::vector<std::string>& differences() const { return differences_; }
  const std::map<std::string, std::uint64_t>& forgiven() const { return forgiven_; }

 private:
  std::string where_;
  std::vector<std::string> differences_;
  std::map<std::string, std::uint64_t> forgiven_;
  std::map<std::uint32_t, std::int64_t> more_;
  std::uint64_t oversize_ = 0, qemus_oversize_ = 0;
};

}  // namespace ringside::oracle

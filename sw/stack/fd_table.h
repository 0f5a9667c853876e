// SPDX-License-Identifier: Apache-2.0
// The descriptors of a task, or of several that share them (struct files_struct), and the files they name.
//
// Owner: process.  Callers: system calls.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "sw/stack/file.h"

namespace ringside::stack {

class fd_table {
 public:
  static constexpr std::size_t default_limit = 1024;  // RLIMIT_NOFILE, the soft one

  /// A reference for as long as a call takes (fdget): a file that is closed meanwhile ends with the call.
  class reference {
   public:
    reference(fd_table& table, file* what) : table_(table), file_(what) {
      if (file_ != nullptr) ++file_->references_;
    }
    ~reference() {
      if (file_ != nullptr) table_.put(*file_);
    }
    reference(const reference&) = delete;
    reference& operator=(const reference&) = delete;
    explicit operator bool() const { return file_ != nullptr; }
    file* get() const { return file_; }
    file& operator*() const { return *file_; }
    file* operator->() const { return file_; }

   private:
    fd_table& table_;
    file* file_;
  };

  fd_table() = default;
  /// Ends what is still there, in the order it was made, whatever calls are under way.
  ~fd_table();
  fd_table(const fd_table&) = delete;
  fd_table& operator=(const fd_table&) = delete;

  void set_limit(std::size_t descriptors) { limit_ = descriptors; }

  /// The lowest free number for a new file, from `least` on; -EMFILE, and the file is gone.
  long install(std::unique_ptr<file> made);
  /// Empty when nothing is open there (EBADF).
  reference get(int fd) { return {*this, at(fd)}; }
  /// The same by hand, to be put(); null when nothing is open there.
  file* hold(int fd) {
    file* const what = at(fd);
    if (what != nullptr) ++what->references_;
    return what;
  }
  void put(file& what);
  /// Another number, not below `least`, for what `fd` names; -EBADF, -EINVAL, -EMFILE.
  long dup(int fd, int least = 0);
  /// 0 or -EBADF.
  long close(int fd);

  std::size_t limit() const { return limit_; }
  std::size_t files() const { return files_.size(); }

 private:
  file* at(int fd) const;
  /// -EMFILE when there is none below the limit.
  long free_from(std::size_t least) const;
  void place(long fd, file& what);
  static void end(file& what);

  std::vector<file*> open_;  // by number; null: free
  std::vector<std::unique_ptr<file>> files_;
  std::size_t limit_ = default_limit;
};

}  // namespace ringside::stack

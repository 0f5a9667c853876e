// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/fd_table.h"

#include <algorithm>

namespace ringside::stack {

void file::remove_watcher(file_watcher& who) {
  const auto found = std::find(watchers_.begin(), watchers_.end(), &who);
  if (found != watchers_.end()) watchers_.erase(found);
}

// All are released before the first is gone, since one may wake who watches it.  A set of epoll has nothing to give up
// but what ends with it, and must not wait for a CPU that may never run again.
fd_table::~fd_table() {
  for (const auto& f : files_)
    if (f->as_eventpoll() == nullptr) f->release();
}

file* fd_table::at(int fd) const {
  const auto index = static_cast<std::size_t>(fd);
  return fd < 0 || index >= open_.size() ? nullptr : open_[index];
}

// alloc_fd.
long fd_table::free_from(std::size_t least) const {
  std::size_t fd = least;
  while (fd < open_.size() && open_[fd] != nullptr) ++fd;
  return fd < limit_ ? static_cast<long>(fd) : -EMFILE;
}

void fd_table::place(long fd, file& what) {
  const auto index = static_cast<std::size_t>(fd);
  if (index >= open_.size()) open_.resize(index + 1);
  open_[index] = &what;
  ++what.references_;
}

long fd_table::install(std::unique_ptr<file> made) {
  const long fd = free_from(0);
  if (fd < 0) {
    end(*made);
    return fd;
  }
  place(fd, *made);
  files_.push_back(std::move(made));
  return fd;
}

// f_dupfd.
long fd_table::dup(int fd, int least) {
  file* const what = at(fd);
  if (what == nullptr) return -EBADF;
  if (least < 0 || static_cast<std::size_t>(least) >= limit_) return -EINVAL;
  const long other = free_from(static_cast<std::size_t>(least));
  if (other >= 0) place(other, *what);
  return other;
}

long fd_table::close(int fd) {
  file* const what = at(fd);
  if (what == nullptr) return -EBADF;
  open_[static_cast<std::size_t>(fd)] = nullptr;
  put(*what);
  return 0;
}

// __fput: epoll first (eventpoll_release).
void fd_table::end(file& what) {
  while (!what.watchers_.empty()) what.watchers_.front()->let_go(what);
  what.release();
}

void fd_table::put(file& what) {
  if (--what.references_ != 0) return;
  end(what);
  std::erase_if(files_, [&what](const std::unique_ptr<file>& f) { return f.get() == &what; });
}

}  // namespace ringside::stack

// SPDX-License-Identifier: Apache-2.0
// System calls of files and of waiting for them (fs/select.c, fs/eventpoll.c, fs/fcntl.c and others).
#include "sw/stack/syscalls.h"

#include <algorithm>

#include "sw/stack/eventfd.h"
#include "sw/stack/eventpoll.h"

namespace ringside::stack {

namespace {

// What select's three sets ask for (fs/select.c).
constexpr poll_mask in_set =
    abi::epollrdnorm | abi::epollrdband | abi::epollin | abi::epollhup | abi::epollerr | abi::epollnval;
constexpr poll_mask out_set = abi::epollwrband | abi::epollwrnorm | abi::epollout | abi::epollerr | abi::epollnval;
constexpr poll_mask except_set = abi::epollpri | abi::epollnval;

bool has(const abi::fd_set* set, std::size_t fd) {
  return set != nullptr && set->test(fd);
}

// Keeps of a set what is so; returns how many that are.
long keep(abi::fd_set* set, poll_mask wanted, std::span<const poll_entry> entries) {
  long count = 0;
  for (const poll_entry& e : entries) {
    const auto fd = static_cast<std::size_t>(e.fd);
    if (!has(set, fd)) continue;
    const bool so = (e.revents & wanted) != 0;
    set->set(fd, so);
    count += so ? 1 : 0;
  }
  return count;
}

}  // namespace

void syscalls::forget(std::vector<poll_entry>& entries) {
  for (const poll_entry& e : entries)
    if (e.what != nullptr) files_.put(*e.what);
  entries.clear();
  entries.swap(spare_entries_);
}

long syscalls::poll(std::span<abi::pollfd> fds, sim_time timeout) {
  const call entered(*this);
  if (fds.size() > files_.limit()) return -EINVAL;
  std::vector<poll_entry> entries;
  entries.swap(spare_entries_);
  for (const abi::pollfd& p : fds) {
    poll_entry e;
    e.events = static_cast<std::uint16_t>(p.events) | abi::epollerr | abi::epollhup;
    e.what = files_.hold(p.fd);
    if (e.what == nullptr && p.fd >= 0) e.revents = abi::epollnval;
    entries.push_back(e);
  }
  const long ready = do_poll(host_, entries, limit_of(timeout));
  for (std::size_t i = 0; i < fds.size(); ++i) fds[i].revents = static_cast<std::int16_t>(entries[i].revents);
  forget(entries);
  return ready;
}

long syscalls::select(int nfds, abi::fd_set* readable, abi::fd_set* writable, abi::fd_set* exceptional,
                      sim_time timeout) {
  const call entered(*this);
  if (nfds < 0) return -EINVAL;
  std::vector<poll_entry> entries;
  entries.swap(spare_entries_);
  long result = 0;
  for (std::size_t fd = 0; fd < std::min<std::size_t>(static_cast<std::size_t>(nfds), abi::fd_set().size()); ++fd) {
    poll_entry e;
    e.events =
        (has(readable, fd) ? in_set : 0) | (has(writable, fd) ? out_set : 0) | (has(exceptional, fd) ? except_set : 0);
    if (e.events == 0) continue;
    e.fd = static_cast<int>(fd);
    e.what = files_.hold(e.fd);
    if (e.what == nullptr) result = -EBADF;
    entries.push_back(e);
  }
  if (result == 0) {
    do_poll(host_, entries, limit_of(timeout));
    result =
        keep(readable, in_set, entries) + keep(writable, out_set, entries) + keep(exceptional, except_set, entries);
  }
  forget(entries);
  return result;
}

long syscalls::epoll_create1(int flags) {
  const call entered(*this);
  spend(kernel::cost::file_call);
  if ((flags & ~abi::o_cloexec) != 0) return -EINVAL;
  return files_.install(std::make_unique<eventpoll>(host_));
}

long syscalls::epoll_ctl(int epfd, int operation, int fd, const abi::epoll_event& event) {
  const call entered(*this);
  spend(kernel::cost::poll_call);
  const fd_table::reference set = files_.get(epfd);
  const fd_table::reference what = files_.get(fd);
  if (!set || !what) return -EBADF;
  if (!what->can_poll()) return -EPERM;
  eventpoll* const epoll = set->as_eventpoll();
  return epoll == nullptr ? -EINVAL : epoll->control(operation, *what, fd, event);
}

long syscalls::epoll_wait(int epfd, std::span<abi::epoll_event> events, sim_time timeout) {
  const call entered(*this);
  if (events.empty()) return -EINVAL;
  const fd_table::reference set = files_.get(epfd);
  if (!set) return -EBADF;
  eventpoll* const epoll = set->as_eventpoll();
  return epoll == nullptr ? -EINVAL : epoll->wait(events, limit_of(timeout));
}

long syscalls::eventfd(std::uint32_t count, int flags) {
  const call entered(*this);
  spend(kernel::cost::file_call);
  if ((flags & ~(abi::efd_semaphore | abi::o_nonblock | abi::o_cloexec)) != 0) return -EINVAL;
  return files_.install(std::make_unique<stack::eventfd>(host_, count, flags));
}

long syscalls::read(int fd, std::span<std::byte> to) {
  if (sock_of(fd) != nullptr) return to.empty() ? 0 : recv(fd, to, 0);  // sock_read_iter
  const call entered(*this);
  spend(kernel::cost::file_call);
  const fd_table::reference named = files_.get(fd);
  return named ? named->read(to) : -EBADF;
}

long syscalls::write(int fd, std::span<const std::byte> from) {
  if (sock_of(fd) != nullptr) return send(fd, from, 0);  // sock_write_iter
  const call entered(*this);
  spend(kernel::cost::file_call);
  const fd_table::reference named = files_.get(fd);
  return named ? named->write(from) : -EBADF;
}

long syscalls::close(int fd) {
  const call entered(*this);
  spend(kernel::cost::file_call);
  host_.sync_software();
  return files_.close(fd);
}

long syscalls::dup(int fd) {
  const call entered(*this);
  spend(kernel::cost::file_call);
  return files_.dup(fd);
}

long syscalls::fcntl(int fd, int command, int argument) {
  const call entered(*this);
  spend(kernel::cost::file_call);
  const fd_table::reference named = files_.get(fd);
  if (!named) return -EBADF;
  switch (command) {
    case abi::f_dupfd:
      return files_.dup(fd, argument);
    case abi::f_getfl:
      return abi::o_rdwr | named->flags();
    case abi::f_setfl:
      named->set_nonblocking((argument & abi::o_nonblock) != 0);
      return 0;
    default:
      return -EINVAL;
  }
}

long syscalls::ioctl(int fd, int command, int& argument) {
  const call entered(*this);
  spend(kernel::cost::file_call);
  const fd_table::reference named = files_.get(fd);
  if (!named) return -EBADF;
  if (command != abi::fionbio) return named->ioctl(command, argument);
  named->set_nonblocking(argument != 0);
  return 0;
}

}  // namespace ringside::stack

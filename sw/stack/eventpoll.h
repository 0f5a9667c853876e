// SPDX-License-Identifier: Apache-2.0
// A set of watched files with a list of ready ones that wake-ups fill (fs/eventpoll.c): epoll with level and edge
// triggering, one-shot and exclusive items.  It is a file itself, so that one set can be in another.
//
// Owner: fd_table.  Callers: system calls, tasks; wake-ups of the files watched, in any context.
#pragma once

#include <cstdint>
#include <list>
#include <span>
#include <vector>

#include "sw/stack/file.h"
#include "sw/stack/wait_limit.h"

namespace ringside::stack {

class eventpoll final : public file, private file_watcher {
 public:
  static constexpr int max_nests = 4;  // EP_MAX_NESTS

  explicit eventpoll(kernel::host& machine)
      : file(0), host_(machine), wait_(machine), poll_wait_(machine), mutex_(machine) {}

  /// EPOLL_CTL_ADD, MOD and DEL of `fd`, which names `what`: 0, or -EPERM, -EINVAL, -ELOOP, -EEXIST, -ENOENT.
  long control(int operation, file& what, int fd, const abi::epoll_event& event);
  /// Sleeps until something is ready; how many events, at most as many as there is room for, in the order they became
  /// ready.  A file that is ready no more is none.  0 when the time is over.
  long wait(std::span<abi::epoll_event> events, const wait_limit& limit);

  eventpoll* as_eventpoll() override { return this; }
  bool can_poll() const override { return true; }
  poll_mask poll(poll_table* table) override;
  void release() override;

 private:
  struct item {
    file* what;
    int fd;
    abi::epoll_event event;
    kernel::wait_queue* queue = nullptr;
    bool linked = false;    // in `ready_`, or among those being looked at
    bool overflow = false;  // rang while they were
  };
  /// Linux' mutex of the set: asking a file may spend time.
  class scan_lock {
   public:
    explicit scan_lock(eventpoll& set);
    ~scan_lock();
    scan_lock(const scan_lock&) = delete;
    scan_lock& operator=(const scan_lock&) = delete;

   private:
    eventpoll& set_;
  };

  item* find(const file& what, int fd);
  void insert(file& what, int fd, const abi::epoll_event& event);
  void modify(item& it, const abi::epoll_event& event);
  void remove(item& it);
  void let_go(file& of) override;
  bool ring(item& it, frame_id frame, kernel::wake_key what);
  void look(item& it, poll_table* table);
  void begin_scan();
  void end_scan(std::size_t asked);
  long send_events(std::span<abi::epoll_event> events);
  int depth_below(const eventpoll& added_to, int depth) const;
  int depth_above(int depth) const;
  bool would_loop(const eventpoll& inner) const;

  kernel::host& host_;
  kernel::wait_queue wait_;       // tasks in wait()
  kernel::wait_queue poll_wait_;  // who waits for this file
  kernel::wait_queue mutex_;
  bool locked_ = false;
  bool scanning_ = false;
  std::list<item> items_;  // in the order they were added
  std::vector<item*> ready_;
  std::vector<item*> scanned_;   // taken from there to be asked; empty unless `scanning_`
  std::vector<item*> overflow_;  // what rang meanwhile
};

}  // namespace ringside::stack

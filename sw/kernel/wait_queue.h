// SPDX-License-Identifier: Apache-2.0
// Tasks, and callbacks, that wait for a condition.
//
// Owner: whatever can become ready, such as a file.  Callers: tasks (wait), whoever makes it ready (wake_up).  As in
// kernel/sched/wait.c of Linux 6.1: who waits with others is asked first, the last one that came before the others;
// who waits alone (exclusive) is asked after them, in the order they came, until as many as asked for have been woken.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <utility>
#include <vector>

#include "sw/kernel/host.h"

namespace ringside::kernel {

/// What a wake-up is about: bits of EPOLL* (stack/abi.h), 0: it does not say.
using wake_key = std::uint32_t;

class wait_queue {
 public:
  static constexpr wake_key anything = ~wake_key{0};
  static constexpr unsigned everybody = 0;

  explicit wait_queue(host& machine) : host_(machine) {}
  wait_queue(const wait_queue&) = delete;
  wait_queue& operator=(const wait_queue&) = delete;

  /// Sleeps the current task until condition() holds.  It is called after host::sync_software() and must not spend
  /// time.
  template <class condition_type>
  void wait(condition_type condition) {
    for (;;) {
      prepare_to_wait();
      if (condition()) break;
      host_.schedule();
    }
    finish_wait();
  }

  /// Registers the current task, then publishes its time: a wake-up from here on is not lost.  Only one about
  /// `interest`, or about nothing in particular, wakes it.
  void prepare_to_wait(wake_key interest = anything) { enter(interest, false); }
  /// The same for a task that needs what it waits for alone.
  void prepare_to_wait_exclusive(wake_key interest = anything) { enter(interest, true); }
  /// Leaves the queue; no time may have passed since the condition was seen.
  void finish_wait();
  /// `task` is woken by something else, a timer: no wake-up of this queue is spent on it (try_to_wake_up, which fails
  /// for a task that is awake).
  void forget(task_id task);

  /// Called on every wake-up with its frame and key (epoll's ep_poll_callback); returns whether it had a use for it,
  /// which counts where it is exclusive.  `owner` identifies it.
  using callback = std::function<bool(frame_id, wake_key)>;
  void add_callback(const void* owner, callback call, bool exclusive = false);
  /// It is not called again, and when this returns, but to a callback, no CPU runs it.
  void remove_callback(const void* owner);

  /// Wakes each waiting task that `what` is of interest to once (autoremove_wake_function) and tells the callbacks, but
  /// of the exclusive ones only as many as `exclusive` says.
  void wake_up(frame_id frame = 0, wake_key what = 0, unsigned exclusive = 1);
  void wake_up_all(frame_id frame = 0, wake_key what = 0) { wake_up(frame, what, everybody); }
  /// waitqueue_active().
  bool has_waiters() const { return waiters_ != 0; }

 private:
  struct entry {
    const void* owner;  // of a callback
    task_id task;       // else
    wake_key interest;
    bool exclusive;
    bool gone;  // removed while the list is walked
    callback call;
  };
  using entries = std::list<entry>;

  void enter(wake_key interest, bool exclusive);
  entries::iterator find(task_id task);
  void remove(entries::iterator which);
  void sweep();
  bool wake(entry& waiter, frame_id frame);

  host& host_;
  entries entries_;  // callbacks and other CPUs add and remove while it is walked
  entries spare_;    // of tasks that have left
  std::size_t waiters_ = 0;
  std::vector<std::pair<unsigned, task_id>> walkers_;  // who walk it: CPU and, there, the task or what interrupts it
  std::vector<task_id> removers_;                      // wait for the walkers
};

}  // namespace ringside::kernel

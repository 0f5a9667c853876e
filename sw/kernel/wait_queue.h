// SPDX-License-Identifier: Apache-2.0
// Tasks (and readiness callbacks) that wait for a condition.
//
// Owner: whatever can become ready, such as a socket.  Callers: tasks (wait), softirqs (wake_up).
#pragma once

#include <functional>
#include <list>
#include <utility>
#include <vector>

#include "sw/kernel/host.h"

namespace ringside::kernel {

class wait_queue {
 public:
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

  /// Registers the current task, then publishes its time: a wake-up from here on is not lost.
  void prepare_to_wait();
  /// Leaves the queue; no time may have passed since the condition was seen.
  void finish_wait();

  /// Callback on every wake-up (epoll's ep_poll_callback); `owner` identifies it.
  void add_callback(const void* owner, std::function<void(frame_id)> callback);
  /// It is not called again, and when this returns, but to a callback, no CPU runs it.
  void remove_callback(const void* owner);

  /// Wakes every waiting task once (autoremove_wake_function) and tells every callback.
  void wake_up(frame_id frame = 0);
  bool has_waiters() const { return !tasks_.empty(); }

 private:
  struct entry {
    const void* owner;
    std::function<void(frame_id)> callback;
    bool gone = false;  // removed while they are called
  };
  void call_back(frame_id frame);

  host& host_;
  std::vector<task_id> tasks_;
  std::list<entry> callbacks_;                         // callbacks and other CPUs add and remove while it is walked
  std::vector<std::pair<unsigned, task_id>> walkers_;  // who walk it: CPU and, there, the task or what interrupts it
  std::vector<task_id> removers_;                      // wait for the walkers
};

}  // namespace ringside::kernel

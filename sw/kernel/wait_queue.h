// Tasks (and readiness callbacks) that wait for a condition.
//
// Owner: whatever can become ready, such as a socket.  Callers: tasks (wait), softirqs (wake_up).
#pragma once

#include <functional>
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
  void remove_callback(const void* owner);

  /// Wakes every waiting task once (autoremove_wake_function) and tells every callback.
  void wake_up(frame_id frame = 0);
  bool has_waiters() const { return !tasks_.empty(); }

 private:
  host& host_;
  std::vector<task_id> tasks_;
  std::vector<std::pair<const void*, std::function<void(frame_id)>>> callbacks_;
};

}  // namespace ringside::kernel

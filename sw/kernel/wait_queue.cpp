// SPDX-License-Identifier: Apache-2.0
#include "sw/kernel/wait_queue.h"

#include <algorithm>
#include <utility>

namespace ringside::kernel {

// prepare_to_wait, prepare_to_wait_exclusive: one that is in the queue stays where it is.
void wait_queue::enter(wake_key interest, bool exclusive) {
  host_.prepare_to_sleep();
  const task_id self = host_.current_task();
  host_.sync_software();
  if (find(self) != entries_.end()) return;
  if (spare_.empty()) spare_.emplace_back();
  spare_.front() = {nullptr, self, interest, exclusive, false, nullptr};
  entries_.splice(exclusive ? entries_.end() : entries_.begin(), spare_, spare_.begin());
  ++waiters_;
}

wait_queue::entries::iterator wait_queue::find(task_id task) {
  return std::find_if(entries_.begin(), entries_.end(),
                      [task](const entry& e) { return !e.gone && e.owner == nullptr && e.task == task; });
}

void wait_queue::finish_wait() {
  forget(host_.current_task());
  host_.finish_sleep();
}

void wait_queue::forget(task_id task) {
  const entries::iterator found = find(task);
  if (found != entries_.end()) remove(found);
}

void wait_queue::remove(entries::iterator which) {
  --waiters_;
  if (!walkers_.empty()) {
    which->gone = true;
  } else if (which->owner == nullptr) {
    spare_.splice(spare_.begin(), entries_, which);
  } else {
    entries_.erase(which);
  }
}

void wait_queue::sweep() {
  for (entries::iterator at = entries_.begin(); at != entries_.end();) {
    const entries::iterator which = at++;
    if (!which->gone) continue;
    if (which->owner == nullptr)
      spare_.splice(spare_.begin(), entries_, which);
    else
      entries_.erase(which);
  }
}

void wait_queue::add_callback(const void* owner, callback call, bool exclusive) {
  entries_.insert(exclusive ? entries_.end() : entries_.begin(),
                  entry{owner, 0, anything, exclusive, false, std::move(call)});
  ++waiters_;
}

void wait_queue::remove_callback(const void* owner) {
  const entries::iterator found =
      std::find_if(entries_.begin(), entries_.end(), [owner](const entry& e) { return !e.gone && e.owner == owner; });
  if (found != entries_.end()) remove(found);
  if (walkers_.empty()) return;
  // Linux's remover waits for the queue's lock, which a callback holds itself.
  const task_id self = host_.current_task();
  if (std::count(walkers_.begin(), walkers_.end(), std::pair{host_.this_cpu(), self}) != 0) return;
  for (;;) {
    host_.prepare_to_sleep();
    host_.sync_software();
    if (walkers_.empty()) break;
    removers_.push_back(self);
    host_.schedule();
  }
  host_.finish_sleep();
}

bool wait_queue::wake(entry& waiter, frame_id frame) {
  const task_id task = waiter.task;
  waiter.gone = true;
  --waiters_;
  host_.consume(cost::wakeup);
  host_.sync_software();
  host_.emit(stage::task_wake, frame, task);
  host_.wake(task);
  return true;
}

// __wake_up_common.
void wait_queue::wake_up(frame_id frame, wake_key what, unsigned exclusive) {
  if (entries_.empty()) return;
  const std::pair self{host_.this_cpu(), host_.current_task()};
  walkers_.push_back(self);
  for (entry& e : entries_) {
    if (e.gone || (what != 0 && (what & e.interest) == 0)) continue;
    const bool alone = e.exclusive;
    const bool woken = e.owner == nullptr ? wake(e, frame) : e.call(frame, what);
    if (woken && alone && exclusive != 0 && --exclusive == 0) break;
  }
  walkers_.erase(std::find(walkers_.begin(), walkers_.end(), self));
  if (!walkers_.empty()) return;
  sweep();
  for (const task_id task : std::exchange(removers_, {})) host_.wake(task);
}

}  // namespace ringside::kernel

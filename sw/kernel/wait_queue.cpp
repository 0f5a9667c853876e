// SPDX-License-Identifier: Apache-2.0
#include "sw/kernel/wait_queue.h"

#include <algorithm>
#include <utility>

namespace ringside::kernel {

void wait_queue::prepare_to_wait() {
  host_.prepare_to_sleep();
  const task_id self = host_.current_task();
  host_.sync_software();
  if (std::find(tasks_.begin(), tasks_.end(), self) == tasks_.end()) tasks_.push_back(self);
}

void wait_queue::finish_wait() {
  std::erase(tasks_, host_.current_task());
  host_.finish_sleep();
}

void wait_queue::add_callback(const void* owner, std::function<void(frame_id)> callback) {
  callbacks_.push_back({owner, std::move(callback)});
}

void wait_queue::remove_callback(const void* owner) {
  for (entry& e : callbacks_) e.gone |= e.owner == owner;
  if (walkers_.empty()) {
    std::erase_if(callbacks_, [](const entry& e) { return e.gone; });
    return;
  }
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

void wait_queue::call_back(frame_id frame) {
  const std::pair self{host_.this_cpu(), host_.current_task()};
  walkers_.push_back(self);
  for (entry& e : callbacks_)
    if (!e.gone) e.callback(frame);
  walkers_.erase(std::find(walkers_.begin(), walkers_.end(), self));
  if (!walkers_.empty()) return;
  std::erase_if(callbacks_, [](const entry& e) { return e.gone; });
  for (const task_id task : std::exchange(removers_, {})) host_.wake(task);
}

void wait_queue::wake_up(frame_id frame) {
  if (!callbacks_.empty()) call_back(frame);
  const std::vector<task_id> woken = std::exchange(tasks_, {});
  for (const task_id task : woken) {
    host_.consume(cost::wakeup);
    host_.sync_software();
    host_.emit(stage::task_wake, frame, task);
    host_.wake(task);
  }
}

}  // namespace ringside::kernel

#include "sw/kernel/wait_queue.h"

#include <algorithm>

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
  callbacks_.emplace_back(owner, std::move(callback));
}

void wait_queue::remove_callback(const void* owner) {
  std::erase_if(callbacks_, [owner](const auto& entry) { return entry.first == owner; });
}

void wait_queue::wake_up(frame_id frame) {
  for (const auto& [owner, callback] : callbacks_) callback(frame);
  const std::vector<task_id> woken = std::exchange(tasks_, {});
  for (const task_id task : woken) {
    host_.consume(cost::wakeup);
    host_.sync_software();
    host_.emit(stage::task_wake, frame, task);
    host_.wake(task);
  }
}

}  // namespace ringside::kernel

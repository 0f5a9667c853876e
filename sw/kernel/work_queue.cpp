// SPDX-License-Identifier: Apache-2.0
#include "sw/kernel/work_queue.h"

#include <algorithm>

namespace ringside::kernel {

void work_queue::start() {
  host_.spawn(0, "kworker/0", [this] { loop(); });
}

void work_queue::schedule_delayed_work(delayed_work& work, sim_time delay) {
  host_.sync();
  if (work.queued || work.delay.pending()) return;
  mod_delayed_work(work, delay);
}

void work_queue::mod_delayed_work(delayed_work& work, sim_time delay) {
  host_.sync();
  if (work.queued) return;
  if (delay == 0) {
    timers_.del_timer(work.delay);
    enqueue(work);
    return;
  }
  work.delay.callback = [this, &work] { enqueue(work); };
  timers_.mod_timer(work.delay, delay);
}

void work_queue::enqueue(delayed_work& work) {
  if (work.queued) return;
  work.queued = true;
  queue_.push_back(&work);
  ready_.wake_up();
}

void work_queue::cancel_delayed_work_sync(delayed_work& work) {
  timers_.del_timer(work.delay);
  std::erase(queue_, &work);
  work.queued = false;
  idle_.wait([&work] { return !work.running; });
  // A work that was running may have armed or queued itself again.
  timers_.del_timer(work.delay);
  std::erase(queue_, &work);
  work.queued = false;
}

void work_queue::loop() {
  for (;;) {
    ready_.wait([this] { return !queue_.empty(); });
    delayed_work& work = *queue_.front();
    queue_.pop_front();
    work.queued = false;
    work.running = true;
    work.function();
    host_.sync();
    work.running = false;
    idle_.wake_up();
  }
}

}  // namespace ringside::kernel

// SPDX-License-Identifier: Apache-2.0
#include "platform/cpu/cfs_rq.h"

#include <algorithm>
#include <bit>

namespace ringside::platform {

sched_params sched_params::scaled(unsigned cpus) const {
  // get_update_sysctl_factor
  const auto factor = static_cast<sim_time>(std::bit_width(std::min(cpus, 8U)));
  return {latency * factor, min_granularity * factor, wakeup_granularity * factor, tick};
}

cfs_rq::cfs_rq(const sched_params& params, const clock_domain& clock)
    : latency_(clock.edge_at_or_after(params.latency)),
      min_granularity_(clock.edge_at_or_after(params.min_granularity)),
      wakeup_granularity_(clock.edge_at_or_after(params.wakeup_granularity)) {}

// __sched_period, sched_slice: the period is stretched when slices would be too short.
std::int64_t cfs_rq::slice(std::size_t nr_running) const {
  return std::max(latency_ / static_cast<std::int64_t>(nr_running), min_granularity_);
}

void cfs_rq::update_curr(std::int64_t now) {
  if (curr_ == nullptr || now <= exec_start_) return;
  const std::int64_t ran = now - exec_start_;
  exec_start_ = now;
  curr_->sum_exec += ran;
  curr_->vruntime += ran;
  update_min_vruntime();
}

// Of the running task and the first in the queue the lesser; never back.
void cfs_rq::update_min_vruntime() {
  const bool running = curr_ != nullptr && curr_->on_rq;
  std::int64_t least = running ? curr_->vruntime : min_vruntime_;
  if (!queue_.empty()) least = running ? std::min(least, queue_.front()->vruntime) : queue_.front()->vruntime;
  min_vruntime_ = std::max(min_vruntime_, least);
}

void cfs_rq::insert(sched_entity& se) {
  const auto behind =
      std::upper_bound(queue_.begin(), queue_.end(), se.vruntime,
                       [](std::int64_t vruntime, const sched_entity* other) { return vruntime < other->vruntime; });
  queue_.insert(behind, &se);
}

bool cfs_rq::wake_up(sched_entity& se, std::int64_t now, bool resched) {
  update_curr(now);
  // place_entity: a sleeper's credit is half the latency at most (GENTLE_FAIR_SLEEPERS), also on an idle CPU.
  se.vruntime = std::max(se.vruntime, min_vruntime_ - latency_ / 2);
  se.on_rq = true;
  insert(se);
  if (curr_ == nullptr || resched) return true;
  if (curr_->vruntime - se.vruntime <= wakeup_granularity_) return false;
  next_ = &se;
  return true;
}

void cfs_rq::start(sched_entity& se, std::int64_t now, bool debit) {
  update_curr(now);
  // task_fork_fair: not before its parent.
  se.vruntime = min_vruntime_ + (debit ? slice(nr_running() + 1) : 0);
  if (curr_ != nullptr) se.vruntime = std::max(se.vruntime, curr_->vruntime);
  se.on_rq = true;
  insert(se);
}

void cfs_rq::sleep(std::int64_t now) {
  update_curr(now);
  curr_->on_rq = false;
  update_min_vruntime();
}

bool cfs_rq::tick(std::int64_t now) {
  update_curr(now);
  if (curr_ == nullptr || queue_.empty()) return false;
  const std::int64_t ideal = slice(nr_running());
  const std::int64_t ran = curr_->sum_exec - curr_->prev_sum_exec;
  if (ran > ideal) return true;
  // Who missed a preemption at its wake-up by little does not wait for a whole slice.
  return ran >= min_granularity_ && curr_->vruntime - queue_.front()->vruntime > ideal;
}

sched_entity* cfs_rq::pick_next(std::int64_t now) {
  update_curr(now);
  sched_entity* const prev = curr_ != nullptr && curr_->on_rq ? curr_ : nullptr;
  sched_entity* chosen = queue_.empty() ? nullptr : queue_.front();
  if (prev != nullptr && (chosen == nullptr || prev->vruntime < chosen->vruntime)) chosen = prev;
  if (next_ != nullptr && chosen != nullptr && next_->vruntime - chosen->vruntime <= wakeup_granularity_)
    chosen = next_;
  if (chosen == prev && prev != nullptr) return prev;
  if (prev != nullptr) insert(*prev);
  curr_ = chosen;
  if (chosen == nullptr) return nullptr;
  std::erase(queue_, chosen);
  if (next_ == chosen) next_ = nullptr;
  chosen->prev_sum_exec = chosen->sum_exec;
  exec_start_ = now;
  return chosen;
}

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/dynamic_queue_limits.h"

#include <stdexcept>

namespace ringside::stack {
namespace {

bool at_or_after(std::uint32_t a, std::uint32_t b) {
  return static_cast<std::int32_t>(a - b) >= 0;
}
/// By how much a is ahead of b; 0 when it is not.
std::uint32_t ahead(std::uint32_t a, std::uint32_t b) {
  return static_cast<std::int32_t>(a - b) > 0 ? a - b : 0;
}

}  // namespace

void dynamic_queue_limits::reset(std::uint64_t jiffies) {
  num_queued_ = last_object_ = 0;
  num_completed_ = previous_overlimit_ = previous_queued_ = previous_last_object_ = 0;
  limit_ = bounds_.min;
  lowest_slack_ = UINT32_MAX;
  slack_start_ = jiffies;
}

// dql_completed.
void dynamic_queue_limits::completed(std::uint32_t bytes, std::uint64_t jiffies) {
  if (bytes > in_flight()) throw std::logic_error("more bytes completed than were queued for transmission");
  const std::uint32_t done = num_completed_ + bytes;
  const std::uint32_t in_progress = num_queued_ - done;
  const std::uint32_t in_progress_before = previous_queued_ - num_completed_;
  const bool all_of_before = at_or_after(done, previous_queued_);
  std::uint32_t overlimit = ahead(in_flight(), limit_);
  std::uint32_t limit = limit_;

  const bool starved = (overlimit != 0 && in_progress == 0) || (previous_overlimit_ != 0 && all_of_before);
  if (starved) {
    limit += ahead(done, previous_queued_) + previous_overlimit_;
    slack_start_ = jiffies;
    lowest_slack_ = UINT32_MAX;
  } else if (in_progress != 0 && in_progress_before != 0 && !all_of_before) {
    // Busy all the while: what it could have done without is the smallest excess seen in a second.
    const std::uint32_t excess = ahead(limit + previous_overlimit_, 2 * (done - num_completed_));
    const std::uint32_t of_last = previous_overlimit_ != 0 ? ahead(previous_last_object_, previous_overlimit_) : 0;
    lowest_slack_ = std::min(lowest_slack_, std::max(excess, of_last));
    if (jiffies > slack_start_ + bounds_.hold_jiffies) {
      limit = ahead(limit, lowest_slack_);
      slack_start_ = jiffies;
      lowest_slack_ = UINT32_MAX;
    }
  }
  limit = std::min(std::max(limit, bounds_.min), bounds_.max);
  if (limit != limit_) {
    limit_ = limit;
    overlimit = 0;
  }
  adjusted_limit_ = limit + done;
  previous_overlimit_ = overlimit;
  previous_last_object_ = last_object_;
  num_completed_ = done;
  previous_queued_ = num_queued_;
}

}  // namespace ringside::stack

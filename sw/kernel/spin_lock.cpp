// SPDX-License-Identifier: Apache-2.0
#include "sw/kernel/spin_lock.h"

#include <stdexcept>

namespace ringside::kernel {

void spin_lock::lock() {
  host_.preempt_disable();
  host_.sync_smp();
  if (host_.running()) wait_for_turn();
  held_ = true;
  owner_ = host_.this_cpu();
}

void spin_lock::wait_for_turn() {
  if (held_ && owner_ == host_.this_cpu()) throw std::logic_error("a CPU takes a spin lock that it holds");
  const std::uint64_t ticket = next_ticket_++;
  if (ticket == serving_) return;
  ++contentions_;
  do {
    host_.consume(cost::spin_wait);
    host_.sync_smp();
  } while (ticket != serving_);
}

bool spin_lock::try_lock() {
  host_.preempt_disable();
  host_.sync_smp();
  if (locked()) {
    host_.preempt_enable();
    return false;
  }
  ++next_ticket_;
  held_ = true;
  owner_ = host_.this_cpu();
  return true;
}

void spin_lock::unlock() {
  host_.sync_smp();
  held_ = false;
  ++serving_;
  host_.preempt_enable();
}

}  // namespace ringside::kernel

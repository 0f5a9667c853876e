// SPDX-License-Identifier: Apache-2.0
// Spin locks between CPUs: taking one publishes the CPU's time, and who finds it taken spends the time of the wait.
//
// Owner: whoever owns the data.  Callers: any context; which of the three guards is Linux's rule (spin_lock,
// spin_lock_bh, spin_lock_irqsave).  Waiters are served in the order they came, as qspinlock does.
//
// A lock stands for data that several CPUs' software changes, with costs spent while it is held.  These places order
// themselves by host::sync...() instead, and stay so:
// - NAPI's state bits, a tasklet's and a work's pending bits: atomic operations in Linux, too (cmpxchg,
// test_and_set_bit);
// - memory_allocator, skb_allocator: per-CPU caches without a lock; what counts is the order of calls, and an
//   interrupt may allocate in the middle of any stretch;
// - timers: base->lock is held for no time, and the host's timer, which is programmed under it, publishes by itself;
// - wait_queue: the wait's one synchronisation has to cover the caller's condition, which no lock of the queue guards;
// - the socket's receive queue: its reader looks at it and at its own waiting in one instant, as above;
// - what is read from a device or from the clock (MMIO, descriptors, jiffies): no software is on the other side.
#pragma once

#include <cstdint>

#include "sw/kernel/host.h"
#include "sw/kernel/softirq.h"

namespace ringside::kernel {

class spin_lock {
 public:
  explicit spin_lock(host& machine) : host_(machine) {}
  spin_lock(const spin_lock&) = delete;
  spin_lock& operator=(const spin_lock&) = delete;

  /// Waits for it with preemption off.  Throws std::logic_error when this CPU holds it: Linux would hang there.
  void lock();
  /// The time of what was done under it is published first.
  void unlock();
  /// False when it is taken or waited for (spin_trylock).
  bool try_lock();

  bool locked() const { return serving_ != next_ticket_; }
  /// How often lock() found it taken.
  std::uint64_t contentions() const { return contentions_; }

 private:
  void wait_for_turn();

  host& host_;
  std::uint64_t next_ticket_ = 0;
  std::uint64_t serving_ = 0;
  unsigned owner_ = 0;  // CPU, while held
  bool held_ = false;
  std::uint64_t contentions_ = 0;
};

/// spin_lock() to spin_unlock(): against other CPUs alone.
class spin_guard {
 public:
  explicit spin_guard(spin_lock& which) : lock_(which) { lock_.lock(); }
  ~spin_guard() { lock_.unlock(); }
  spin_guard(const spin_guard&) = delete;
  spin_guard& operator=(const spin_guard&) = delete;

 private:
  spin_lock& lock_;
};

/// spin_lock_bh() to spin_unlock_bh(): against the softirqs of this CPU as well.
class spin_guard_bh {
 public:
  spin_guard_bh(softirqs& softirq, spin_lock& which) : softirq_(softirq), lock_(which) {
    softirq_.local_bh_disable();
    lock_.lock();
  }
  ~spin_guard_bh() {
    lock_.unlock();
    softirq_.local_bh_enable();
  }
  spin_guard_bh(const spin_guard_bh&) = delete;
  spin_guard_bh& operator=(const spin_guard_bh&) = delete;

 private:
  softirqs& softirq_;
  spin_lock& lock_;
};

/// spin_lock_irqsave() to spin_unlock_irqrestore(): against the interrupts of this CPU as well.
class spin_guard_irq {
 public:
  spin_guard_irq(host& machine, spin_lock& which) : host_(machine), lock_(which) {
    host_.sync_irq();  // interrupts up to here come first
    enabled_ = host_.local_irq_save();
    lock_.lock();
  }
  ~spin_guard_irq() {
    lock_.unlock();
    host_.local_irq_restore(enabled_);
  }
  spin_guard_irq(const spin_guard_irq&) = delete;
  spin_guard_irq& operator=(const spin_guard_irq&) = delete;

 private:
  host& host_;
  spin_lock& lock_;
  bool enabled_ = true;
};

}  // namespace ringside::kernel

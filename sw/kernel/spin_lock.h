// SPDX-License-Identifier: Apache-2.0
// Spin locks between CPUs: taking one publishes the CPU's time, and who finds it taken spends the time of the wait.
//
// Owner: whoever owns the data.  Callers: any context; which of the three guards is Linux's rule (spin_lock,
// spin_lock_bh, spin_lock_irqsave).  Waiters are served in the order they came, as qspinlock does.
//
// A lock stands for data that several CPUs' software changes, with costs spent while it is held.  These places order
// themselves by host::sync...() instead, and stay so.
// What Linux does without a lock:
// - bits and counts that are atomic there: NAPI's state (net_rx), a tasklet's, a work's and a discipline's (net_tx,
//   qdisc), the transmit queue's (netdev_queue), the device's carrier (device_transmit), the bytes a socket has under
//   way (sock_write), the calls that wait for a CPU (smp);
// - the transmit ring: who fills it publishes its end, who cleans it its begin, each looks at the other's behind a
//   barrier (transmitter, clean_tx); the packets at a discipline without a lock alike (qdisc);
// - memory_allocator, skb_allocator and who asks them at the end of a stretch of time (gso, ip_append): per-CPU caches;
//   what counts is the order of calls, and an interrupt may allocate in the middle of any stretch;
// - routes, neighbours found and the device's state: read under RCU, changed in one instant (routing, neighbour,
//   tx_watchdog, device_transmit, which stands for what the RTNL keeps apart).
// Where Linux's lock is held for no time, and whoever comes next needs to see what was done before him, no more:
// - timers: base->lock, and the host's timer, which is programmed under it, publishes by itself; hrtimer alike;
// - wait_queue, eventfd, eventpoll, poll: the one synchronisation of a wait has to cover the caller's condition, which
//   no lock of the queue guards;
// - the socket's receive and error queues: their reader looks at them and at its own waiting in one instant, as above
//   (datagram_sock, udp_sock, packet_sock, raw_sock, sock_error, sock_options);
// - limits and tables of a few words: ICMP's credit (icmp_send), a neighbour's state (neighbour, neighbour_timer), the
//   fragments of a datagram (ip_fragment), who is closed (syscalls).
// What is no part of Linux:
// - frame_numbers: the order in which frames come to be is the order of their ids, across CPUs;
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

// SPDX-License-Identifier: Apache-2.0
// A socket's lock: a spin lock for softirqs and the mark of the task that owns the socket; packets that come meanwhile
// wait in a backlog, which the owner handles when it lets go (lock_sock and release_sock of Linux 6.1's
// net/core/sock.c).
//
// Owner: a socket.  Where its softirqs do more than queue, as TCP's, they take bh_lock_sock(), ask owned_by_user(), and
// either go on or add to the backlog.
#pragma once

#include <functional>
#include <utility>

#include "sw/kernel/host.h"
#include "sw/kernel/packet_queue.h"
#include "sw/kernel/softirq.h"
#include "sw/kernel/spin_lock.h"
#include "sw/kernel/wait_queue.h"

namespace ringside::kernel {

class sock_lock {
 public:
  sock_lock(host& machine, softirqs& softirq);

  /// Who handles packets of the backlog, the socket owned (sk_backlog_rcv), and what release_sock() does last, with the
  /// spin lock held (release_cb).
  void set_backlog_receiver(std::function<void(packet_ptr)> receiver) { backlog_receiver_ = std::move(receiver); }
  void set_release_callback(std::function<void()> callback) { release_callback_ = std::move(callback); }

  /// Makes the current task the socket's owner; sleeps while another task is.
  void lock_sock();
  /// Handles the backlog, what comes in meanwhile included, and lets the next one in.
  void release_sock();

  /// Around what a softirq does with the socket.
  void bh_lock_sock() { slock_.lock(); }
  void bh_unlock_sock() { slock_.unlock(); }
  /// A task owns it: what needs its state has to wait.  Asked with the spin lock held (sock_owned_by_user).
  bool owned_by_user() const { return owned_; }
  /// Leaves a packet to the owner; with the spin lock held (__sk_add_backlog).
  void add_backlog(packet_ptr packet) { backlog_.push_back(std::move(packet)); }
  /// Destroys what waits: the socket is closed.
  void discard_backlog() { backlog_.clear(); }
  std::size_t backlog_length() const { return backlog_.size(); }

  const spin_lock& slock() const { return slock_; }

 private:
  void lock_bh();
  void unlock_bh();
  void handle_backlog();

  host& host_;
  softirqs& softirq_;
  spin_lock slock_;
  bool owned_ = false;
  packet_list backlog_;
  wait_queue waiters_;
  std::function<void(packet_ptr)> backlog_receiver_;
  std::function<void()> release_callback_;
};

}  // namespace ringside::kernel

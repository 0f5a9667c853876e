// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/sock.h"

#include <utility>

namespace ringside::stack {

namespace {

// sock_def_wakeup, sock_def_readable, sock_def_write_space, sock_def_error_report.
void def_wakeup(sock& sk, frame_id frame) {
  if (sk.readiness().has_waiters()) sk.readiness().wake_up_all(frame);
}
void def_readable(sock& sk, frame_id frame) {
  if (!sk.readiness().has_waiters()) return;
  sk.readiness().wake_up(frame, abi::epollin | abi::epollpri | abi::epollrdnorm | abi::epollrdband);
}
void def_write_space(sock& sk, frame_id frame) {
  if (!sk.writeable() || !sk.readiness().has_waiters()) return;
  sk.readiness().wake_up(frame, abi::epollout | abi::epollwrnorm | abi::epollwrband);
}
void def_error_report(sock& sk, frame_id frame) {
  if (sk.readiness().has_waiters()) sk.readiness().wake_up(frame, abi::epollerr);
}

}  // namespace

sock::sock(const environment& around, const kind& what)
    : state_change(def_wakeup),
      data_ready(def_readable),
      write_space(def_write_space),
      error_report(def_error_report),
      machine(around.machine),
      clock(around.clock),
      limits(around.limits),
      sk_kind(what),
      sk_lock(around.machine, around.softirq),
      sk_wait(around.machine),
      sk_rcvbuf(around.limits.rmem_default),
      sk_sndbuf(around.limits.wmem_default) {
  sk_lock.set_backlog_receiver(
      [this](kernel::packet_ptr packet) { backlog_rcv(skb_ptr(static_cast<sk_buff*>(packet.release()))); });
  sk_lock.set_release_callback([this] {
    sk_backlog_bytes = 0;  // not before: who floods the socket must not keep its owner for ever
    release_cb();
  });
}

// inet_shutdown: of one that is not connected the bits are set and sleepers woken all the same.
long sock::shutdown(int how) {
  if (how < abi::shut_rd || how > abi::shut_rdwr) return -EINVAL;
  lock_sock();
  const long result = sk_state == sock_state::close ? -ENOTCONN : 0;
  sk_shutdown |= static_cast<std::uint8_t>(how + 1);
  state_change(*this, 0);
  release_sock();
  return result;
}

skb_ptr sock::add_backlog(skb_ptr skb, std::size_t limit) {
  if (sk_backlog_bytes + sk_rmem_alloc > limit) {  // sk_rcvqueues_full
    ++sk_drops;
    return skb;
  }
  sk_backlog_bytes += skb->truesize();
  sk_lock.add_backlog(std::move(skb));
  return nullptr;
}

void sock::backlog_rcv(skb_ptr skb) {
  ++sk_drops;
  skb.reset();
}

void sock::report_error(int error) {
  sk_err = error;
  error_report(*this, 0);
}

long sock::take_error() {
  return sk_err == 0 ? 0 : -std::exchange(sk_err, 0);
}

void sock::charge(std::size_t bytes) {
  if (bytes >= sk_forward_alloc) sk_forward_alloc += (bytes + page_bytes - 1) / page_bytes * page_bytes;
  sk_forward_alloc -= bytes;
}

// udp_rmem_release, sk_mem_reclaim: whole pages, of which all but `keep` bytes are given back.
void sock::uncharge(std::size_t bytes, std::size_t keep) {
  sk_forward_alloc += bytes;
  sk_forward_alloc -= (sk_forward_alloc - keep) / page_bytes * page_bytes;
}

}  // namespace ringside::stack

// SPDX-License-Identifier: Apache-2.0
// The send buffer: what a socket pays for is counted until the last layer, the driver's ring, lets go of it (SB-1,
// SB-2, TX-3; sock_alloc_send_pskb, sock_wait_for_wmem, sock_wfree).
#include <algorithm>
#include <utility>

#include "sw/kernel/jiffies.h"
#include "sw/stack/sock.h"

namespace ringside::stack {

void sock::set_owner_w(sk_buff& skb) {
  skb.orphan();
  skb.sk = this;
  skb.destructor = &sock::wfree;
  machine.sync_software();  // completions of other CPUs and interrupts take from it
  charge_w(skb.truesize());
}

void sock::wfree(sk_buff& skb) {
  sock& sk = *skb.sk;
  const bool running = sk.machine.running();
  if (running) sk.machine.sync_software();
  sk.sk_wmem_alloc -= skb.truesize();
  if (sk.dead_) {
    if (sk.sk_wmem_alloc == 0) delete &sk;
    return;
  }
  if (running && !sk.sk_use_write_queue) sk.write_space(sk, skb.frame);
}

void sock_free::operator()(sock* sk) const {
  sk->close();
  if (sk->sk_wmem_alloc == 0) {
    delete sk;
    return;
  }
  sk->dead_ = true;
}

// Any wake-up of the socket's queue has it look again.
void sock::wait_for_wmem(std::uint64_t& timeout) {
  const std::uint64_t end = clock.jiffies() + timeout;  // of no meaning when there is no limit
  sk_no_space = true;
  sk_wait.prepare_to_wait();
  const bool stays = sk_wmem_alloc >= sk_sndbuf && (sk_shutdown & send_shutdown) == 0 && sk_err == 0;
  if (stays && timeout == no_limit) {
    machine.schedule();
  } else if (stays) {  // schedule_timeout
    kernel::timer over;
    over.callback = [this, self = machine.current_task()] {
      sk_wait.forget(self);
      machine.wake(self);
    };
    clock.mod_timer(over, static_cast<sim_time>(timeout) * kernel::jiffy);
    machine.schedule();
    clock.del_timer(over);
    timeout = end - std::min(end, clock.jiffies());
  }
  sk_wait.finish_wait();
}

skb_ptr sock::alloc_send_skb(skb_allocator& skbs, std::size_t bytes, bool nonblocking, long& error) {
  std::uint64_t timeout = nonblocking ? 0 : sk_sndtimeo;
  for (;;) {
    machine.sync_software();
    error = take_error();
    if (error != 0) return nullptr;
    error = -EPIPE;
    if ((sk_shutdown & send_shutdown) != 0) return nullptr;
    if (sk_wmem_alloc < sk_sndbuf) break;
    sk_no_space = true;
    error = -EAGAIN;
    if (timeout == 0) return nullptr;
    wait_for_wmem(timeout);
  }
  skb_ptr skb = skbs.alloc_to_send(bytes);
  error = skb == nullptr ? -ENOBUFS : 0;
  if (skb != nullptr) set_owner_w(*skb);
  return skb;
}

}  // namespace ringside::stack

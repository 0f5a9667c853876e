// SPDX-License-Identifier: Apache-2.0
// The error queue of a socket with IP_RECVERR: each error with the packet it is about, until it is read with
// MSG_ERRQUEUE (ip_icmp_error, ip_local_error, ip_recv_error, sock_queue_err_skb of Linux 6.1; UE-7).
#include <algorithm>
#include <cerrno>

#include "sw/stack/header_writers.h"
#include "sw/stack/inet_sock.h"

namespace ringside::stack {

namespace {

// SKB_EXT_ERR: in the packet's control block.
struct extended_error {
  abi::sock_extended_err error;
  ipv4_address destination;  // of the packet that went wrong
  ipv4_address offender;     // who says so; 0: this host
  std::uint16_t port;        // ... and its port
};

bool of_icmp(sk_buff* skb) {
  return skb != nullptr && skb->control<extended_error>().error.origin == abi::so_ee_origin_icmp;
}

}  // namespace

// sock_rmem_free.
void inet_sock::error_free(sk_buff& skb) {
  static_cast<inet_sock*>(skb.sk)->sk_rmem_alloc -= skb.truesize();
}

void inet_sock::queue_error(skb_ptr skb) {
  machine.sync_smp();  // a reader on another CPU takes from the queue
  if (sk_rmem_alloc + skb->truesize() >= sk_rcvbuf) return;
  skb->orphan();
  skb->sk = this;
  skb->destructor = &inet_sock::error_free;
  sk_rmem_alloc += skb->truesize();
  sk_error_queue.push_back(std::move(skb));
  error_report(*this, 0);
}

void inet_sock::icmp_error(skb_allocator& skbs, sk_buff& message, int number, std::uint16_t port, std::uint32_t info,
                           std::size_t payload) {
  skb_ptr skb = skbs.clone(message);
  if (skb == nullptr) return;
  const icmp_view icmp(skb->transport_header());
  const abi::sock_extended_err what{
      static_cast<std::uint32_t>(number), abi::so_ee_origin_icmp, icmp.type(), icmp.code(), 0, info, 0};
  const ipv4_address offender = ipv4_view(skb->network_header()).source();
  const ipv4_address destination = ipv4_view(skb->transport_header() + icmp_view::bytes).destination();
  skb->claim_control<extended_error>() = {what, destination, offender, port};
  if (skb->pull(payload)) queue_error(std::move(skb));
}

void inet_sock::local_error(skb_allocator& skbs, int number, ipv4_address destination, std::uint16_t port,
                            std::uint32_t info) {
  if (!recverr) return;
  skb_ptr skb = skbs.alloc_to_send(ipv4_view::bytes);
  if (skb == nullptr) return;
  const abi::sock_extended_err what{static_cast<std::uint32_t>(number), abi::so_ee_origin_local, 0, 0, 0, info, 0};
  skb->claim_control<extended_error>() = {what, destination, 0, port};
  queue_error(std::move(skb));
}

// The next error's number is pending again behind it (sock_dequeue_err_skb).
long inet_sock::recv_error(receive_message& message) {
  machine.sync_software();
  skb_ptr skb = sk_error_queue.pop_front();
  if (skb == nullptr) return -EAGAIN;
  sk_buff* const next = sk_error_queue.front();
  if (of_icmp(next))
    sk_err = static_cast<int>(next->control<extended_error>().error.number);
  else if (of_icmp(skb.get()))
    sk_err = 0;
  if (next != nullptr) error_report(*this, 0);
  const extended_error what = skb->control<extended_error>();
  const std::size_t copied = std::min(message.buffer.size(), skb->len());
  skb->copy_bits(0, message.buffer.first(copied));
  message.flags = abi::msg_errqueue | (copied < skb->len() ? abi::msg_trunc : 0);
  message.length = skb->len();
  message.name = {abi::af_inet, what.port, what.destination};
  const std::uint16_t family = what.offender != 0 ? abi::af_inet : abi::af_unspec;
  message.error = {what.error, {family, 0, what.offender}};
  machine.consume(kernel::cost::copy_to_user_per_byte, copied);
  skb.reset();
  machine.consume(kernel::cost::skb_free);
  return static_cast<long>(copied);
}

// IP_RECVTTL.
int inet_sock::ttl_of(const sk_buff& skb) const {
  return recvttl ? ipv4_view(skb.network_header()).time_to_live() : -1;
}

}  // namespace ringside::stack

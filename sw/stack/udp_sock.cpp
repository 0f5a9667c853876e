// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/udp_sock.h"

#include <algorithm>

#include "sw/stack/headers.h"
#include "sw/stack/ip.h"
#include "sw/stack/ip_output.h"

namespace ringside::stack {

udp_sock::udp_sock(const environment& around, udp_layer& udp, kernel::entropy_stream& numbers)
    : datagram_sock(around, {abi::sock_dgram, ip_protocol::udp}, udp.out(), numbers), udp_(udp) {}

// __inet_bind.
long udp_sock::bind(const abi::sockaddr_in& address, const credentials& who) {
  if (address.family != abi::af_inet && (address.family != abi::af_unspec || address.address != 0))
    return -EAFNOSUPPORT;
  const route_type type = address.address != 0 ? udp_.address_type(address.address) : route_type::local;
  if (type == route_type::unicast) return -EADDRNOTAVAIL;
  if (address.port != 0 && address.port < 1024 && !who.net_bind_service) return -EACCES;
  long result = -EINVAL;
  lock_sock();
  if (sk_state == sock_state::close && inet_num == 0 && !closed_) {
    inet_rcv_saddr = inet_saddr = address.address;
    if (type != route_type::local) inet_saddr = 0;  // a group or a broadcast sends nothing
    result = get_port(address.port);
    if (result != 0) {
      inet_rcv_saddr = inet_saddr = 0;
    } else {
      address_by_hand_ = inet_rcv_saddr != 0;
      port_by_hand_ = address.port != 0;
    }
  }
  release_sock();
  return result;
}

long udp_sock::get_port(std::uint16_t port) {
  if (!udp_.bind(*this, port)) return -EADDRINUSE;
  if (sk_id == 0) sk_id = inet_num;
  return 0;
}

// __udp_disconnect.
void udp_sock::disconnect() {
  datagram_sock::disconnect();
  if (port_by_hand_) return;
  udp_.unbind(*this);
  inet_num = 0;
}

void udp_sock::close() {
  if (closed_) return;
  pending_ = false;
  reader_queue_.clear();
  read_.clear();
  forward_deficit_ = 0;
  datagram_sock::close();
}

int udp_sock::match(ipv4_address local, std::uint16_t local_port, ipv4_address remote,
                    std::uint16_t remote_port) const {
  if (local_port != inet_num) return 0;
  int score = 1;
  if (inet_rcv_saddr != 0) {
    if (inet_rcv_saddr != local) return 0;
    score += 4;
  }
  if (sk_state == sock_state::established) {
    if (inet_daddr != remote || inet_dport != remote_port) return 0;
    score += 8;
  }
  return score;
}

// udp_lib_lport_inuse.
bool udp_sock::conflicts(const udp_sock& other, std::uint16_t port) const {
  if (&other == this || other.inet_num != port) return false;
  const bool overlap = other.inet_rcv_saddr == 0 || inet_rcv_saddr == 0 || other.inet_rcv_saddr == inet_rcv_saddr;
  return overlap && !(other.sk_reuse && sk_reuse);
}

skb_ptr udp_sock::enqueue(skb_ptr skb, bool copy) {
  machine.sync_smp();  // a reader on another CPU takes from the queue
  // __udp_enqueue_schedule_skb: full when what is queued already exceeds the limit, so one packet may overshoot.
  if (sk_rmem_alloc > sk_rcvbuf) {
    ++sk_drops;
    return skb;
  }
  if (sk_rmem_alloc > sk_rcvbuf / 2) skb->condense();
  sk_rmem_alloc += skb->truesize();
  charge(skb->truesize());
  const frame_id frame = skb->frame;
  skb->is_copy = copy;
  skb->dst.reset();  // ipv4_pktinfo_prepare
  if (copy)
    udp_.skbs().deliver_copy(*skb, sk_id, skb->len());
  else
    udp_.skbs().deliver(*skb, sk_id, skb->len(), skb->ip_summed == checksum_state::none);
  queue_.push_back(std::move(skb));
  data_ready(*this, frame);
  return nullptr;
}

// __skb_recv_udp, up to the packet, which stays first of the reader's queue; null: see `error`.  What softirqs have
// queued moves over as a whole.
sk_buff* udp_sock::next_packet(int flags, long& error) {
  std::uint64_t timeout = (flags & abi::msg_dontwait) != 0 ? 0 : sk_rcvtimeo;
  for (;;) {
    if (sk_err != 0) {
      error = take_error();
      return nullptr;
    }
    if (!reader_queue_.empty()) return reader_queue_.front();
    machine.sync_software();  // softirqs of this CPU, and other CPUs, fill the queue
    splice();
    if (!reader_queue_.empty()) return reader_queue_.front();
    error = -EAGAIN;
    if (timeout == 0 || wait_for_packet(error, timeout)) return nullptr;
  }
}

void udp_sock::give_back(std::size_t bytes) {
  uncharge(bytes, 1);
  sk_rmem_alloc -= bytes;
}

// udp_rmem_release: given back in portions, so that the reader seldom touches what softirqs write.  True when it was
// given back now, and with it the packets read so far.
bool udp_sock::release_memory(std::size_t truesize) {
  forward_deficit_ += truesize;
  if (forward_deficit_ < sk_rcvbuf / 4 && !reader_queue_.empty()) return false;
  machine.sync_software();
  give_back(forward_deficit_);
  forward_deficit_ = 0;
  read_.clear();  // the allocator is shared with softirqs
  splice();
  return true;
}

void udp_sock::drop_first() {
  skb_ptr skb = reader_queue_.pop_front();
  release_memory(skb->truesize());
  ++sk_drops;
  udp_.drop_unread(std::move(skb));
}

long udp_sock::recvmsg(receive_message& message, int flags) {
  machine.consume(kernel::cost::recvmsg);
  if ((flags & abi::msg_errqueue) != 0) return recv_error(message);
  const bool peeking = (flags & abi::msg_peek) != 0;
  for (;;) {
    long error = 0;
    sk_buff* const first = next_packet(flags, error);
    if (first == nullptr) return error;
    // Summed while it is copied (skb_copy_and_csum_datagram_msg), or before when the buffer is too small for it.
    if (peeking && wrong_checksum(*first)) {
      drop_first();
      continue;
    }
    skb_ptr skb;
    bool released = false;
    if (!peeking) {
      skb = reader_queue_.pop_front();
      released = release_memory(skb->truesize());
      if (wrong_checksum(*skb)) {
        ++sk_drops;
        udp_.drop_unread(std::move(skb));
        continue;
      }
    }
    const std::size_t length = first->len();
    const std::size_t copied = std::min(message.buffer.size(), length);
    message.frame = first->frame;
    message.length = length;
    message.name = {abi::af_inet, udp_view(first->transport_header()).source_port(), first->ip().source};
    message.flags = copied < length ? abi::msg_trunc : 0;
    message.stamp = !sk_stamp ? -1 : first->tstamp != 0 ? first->tstamp : machine.now();
    message.ttl = ttl_of(*first);
    first->copy_bits(0, message.buffer.first(copied));
    if (!peeking) {
      // Freed before its costs are spent, while time has not moved since memory was released; or with the next ones.
      if (released && skb->ip_summed == checksum_state::none) machine.sync_software();  // summing took time
      if (!released) read_.push_back(std::move(skb));
      skb.reset();
      udp_.count_read();
    }
    machine.consume(kernel::cost::copy_to_user_per_byte, copied);
    if (!peeking) machine.consume(kernel::cost::skb_free);
    return static_cast<long>((flags & abi::msg_trunc) != 0 ? length : copied);
  }
}

// first_packet_length: those with a wrong checksum are dropped on the way; -1 when none is left.
long udp_sock::first_length() {
  for (;;) {
    machine.sync_software();
    if (reader_queue_.empty()) splice();
    sk_buff* const first = reader_queue_.front();
    if (first == nullptr) return -1;
    if (!wrong_checksum(*first)) {
      if (first->ip_summed == checksum_state::none) first->ip_summed = checksum_state::unnecessary;  // seen to be right
      return static_cast<long>(first->len());
    }
    drop_first();
  }
}

// udp_poll.  A call that would block because of a wrong checksum must not have been promised data.
poll_mask udp_sock::poll(poll_table* table, bool nonblocking) {
  poll_mask mask = datagram_sock::poll(table, nonblocking);
  if (!reader_queue_.empty()) mask |= abi::epollin | abi::epollrdnorm;
  if ((mask & abi::epollrdnorm) != 0 && !nonblocking && (sk_shutdown & rcv_shutdown) == 0 && first_length() < 0)
    mask &= ~(abi::epollin | abi::epollrdnorm);
  return mask;
}

long udp_sock::ioctl(int command, int& argument) {
  if (command != abi::fionread) return -ENOTTY;
  argument = static_cast<int>(std::max(first_length(), 0L));
  return 0;
}

}  // namespace ringside::stack

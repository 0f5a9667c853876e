// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/socket.h"

#include <algorithm>

namespace ringside::stack {

bool udp_socket::bind(ipv4_address address, std::uint16_t port) {
  if (bound_ || closed_) return false;
  local_address_ = address;
  local_port_ = port;
  bound_ = udp_.bind(*this);
  return bound_;
}

void udp_socket::connect(ipv4_address address, std::uint16_t port) {
  remote_address_ = address;
  remote_port_ = port;
  connected_ = true;
}

void udp_socket::close() {
  if (closed_) return;
  closed_ = true;
  if (bound_) udp_.unbind(*this);
  bound_ = false;
  queue_.clear();
  reader_queue_.clear();
  read_.clear();
  rmem_alloc_ = 0;
  forward_deficit_ = 0;
  wait_.wake_up();
}

int udp_socket::match(ipv4_address local, std::uint16_t local_port, ipv4_address remote,
                      std::uint16_t remote_port) const {
  if (local_port != local_port_) return 0;
  int score = 1;
  if (local_address_ != 0) {
    if (local_address_ != local) return 0;
    score += 4;
  }
  if (connected_) {
    if (remote_address_ != remote || remote_port_ != remote_port) return 0;
    score += 8;
  }
  return score;
}

skb_ptr udp_socket::enqueue(skb_ptr skb, bool copy) {
  host_.sync_smp();  // a reader on another CPU takes from the queue
  // __udp_enqueue_schedule_skb: full when what is queued already exceeds the limit, so one packet may overshoot.
  if (rmem_alloc_ > rcvbuf_) {
    ++drops_;
    return skb;
  }
  if (rmem_alloc_ > rcvbuf_ / 2) skb->condense();
  rmem_alloc_ += skb->truesize();
  const frame_id frame = skb->frame;
  skb->is_copy = copy;
  skb->dst.reset();  // ipv4_pktinfo_prepare
  if (copy)
    udp_.skbs().deliver_copy(*skb, id_, skb->len());
  else
    udp_.skbs().deliver(*skb, id_, skb->len(), skb->ip_summed == checksum_state::none);
  queue_.push_back(std::move(skb));
  wait_.wake_up(frame);
  return nullptr;
}

void udp_socket::splice() {
  reader_queue_.splice_back(queue_);
}

// __skb_recv_udp: what softirqs have queued moves over as a whole.
void udp_socket::fill_reader_queue(bool wait) {
  host_.sync_software();  // softirqs of this CPU, and other CPUs, fill the queue
  if (queue_.empty() && !closed_ && wait) wait_.wait([this] { return readable(); });
  splice();
}

// udp_rmem_release: given back in portions, so that the reader seldom touches what softirqs write.  True when it was
// given back now, and with it the packets read so far.
bool udp_socket::release(std::size_t truesize) {
  forward_deficit_ += truesize;
  if (forward_deficit_ < rcvbuf_ / 4 && !reader_queue_.empty()) return false;
  host_.sync_software();
  rmem_alloc_ -= forward_deficit_;
  forward_deficit_ = 0;
  read_.clear();  // the allocator is shared with softirqs
  splice();
  return true;
}

// __skb_recv_udp; `released` as release() says.
skb_ptr udp_socket::take(bool& released) {
  skb_ptr skb = reader_queue_.pop_front();
  released = release(skb->truesize());
  return skb;
}

recv_result udp_socket::receive(std::span<std::byte> buffer, bool wait) {
  host_.consume(kernel::cost::syscall_entry);
  host_.consume(kernel::cost::recvmsg);
  recv_result result;
  for (;;) {
    if (reader_queue_.empty()) fill_reader_queue(wait);
    if (reader_queue_.empty()) break;
    bool released = false;
    skb_ptr skb = take(released);
    // Summed while it is copied (skb_copy_and_csum_datagram_msg), or before when the buffer is too small for it.
    if (skb->ip_summed == checksum_state::none && !udp_.checksum_right(*skb)) {
      udp_.drop_unread(std::move(skb));
      continue;
    }
    result.status = recv_status::ok;
    result.length = skb->len();
    result.copied = std::min(buffer.size(), skb->len());
    result.frame = skb->frame;
    result.source = skb->ip().source;
    result.source_port = load_be16(skb->transport_header());
    skb->copy_bits(0, buffer.first(result.copied));
    // Freed before its costs are spent, while time has not moved since release() synchronised; or with the next ones.
    if (released && skb->ip_summed == checksum_state::none) host_.sync_software();  // summing took time
    if (!released) read_.push_back(std::move(skb));
    skb.reset();
    udp_.count_read();
    host_.consume(kernel::cost::copy_to_user_per_byte, result.copied);
    host_.consume(kernel::cost::skb_free);
    break;
  }
  if (result.status != recv_status::ok && closed_) result.status = recv_status::closed;
  host_.consume(kernel::cost::syscall_exit);
  if (result.status == recv_status::ok) host_.emit(stage::app_read, result.frame, id_, result.length);
  return result;
}

}  // namespace ringside::stack

// SPDX-License-Identifier: Apache-2.0
// A queue of packets linked through themselves (sk_buff_head, and the lists of receive): it owns what it holds, and a
// packet is in one queue at most.
//
// Callers: softnet_data, NAPI, sockets.  No locks: see host::sync_software().
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "sw/kernel/packet.h"

namespace ringside::kernel {

template <class element>
class packet_queue {
 public:
  using pointer = std::unique_ptr<element>;

  packet_queue() = default;
  ~packet_queue() { clear(); }
  packet_queue(packet_queue&& other) noexcept
      : first_(std::exchange(other.first_, nullptr)),
        last_(std::exchange(other.last_, nullptr)),
        size_(std::exchange(other.size_, 0)) {}
  packet_queue& operator=(packet_queue&& other) noexcept {
    if (this == &other) return *this;
    clear();
    splice_back(other);
    return *this;
  }

  bool empty() const { return first_ == nullptr; }
  std::size_t size() const { return size_; }
  /// First and last one, null when there is none; next() walks from one to the other.
  element* front() const { return static_cast<element*>(first_); }
  element* back() const { return static_cast<element*>(last_); }
  static element* next(const element& of) { return static_cast<element*>(link(of).next_); }

  void push_back(pointer added) {  // __skb_queue_tail
    packet* const p = added.release();
    p->next_ = nullptr;
    p->previous_ = last_;
    (last_ == nullptr ? first_ : last_->next_) = p;
    last_ = p;
    ++size_;
  }
  void push_front(pointer added) {  // __skb_queue_head
    packet* const p = added.release();
    p->previous_ = nullptr;
    p->next_ = first_;
    (first_ == nullptr ? last_ : first_->previous_) = p;
    first_ = p;
    ++size_;
  }
  /// Null when the queue is empty (__skb_dequeue).
  pointer pop_front() {
    packet* const p = first_;
    if (p == nullptr) return nullptr;
    first_ = p->next_;
    (first_ == nullptr ? last_ : first_->previous_) = nullptr;
    p->next_ = nullptr;
    --size_;
    return pointer(static_cast<element*>(p));
  }
  /// Takes out one that is in this queue (__skb_unlink).
  pointer unlink(element& which) {
    packet& p = which;
    (p.previous_ == nullptr ? first_ : p.previous_->next_) = p.next_;
    (p.next_ == nullptr ? last_ : p.next_->previous_) = p.previous_;
    p.next_ = p.previous_ = nullptr;
    --size_;
    return pointer(&which);
  }
  /// Takes all of `other` behind its own (skb_queue_splice_tail_init).
  void splice_back(packet_queue& other) {
    if (other.empty()) return;
    other.first_->previous_ = last_;
    (last_ == nullptr ? first_ : last_->next_) = other.first_;
    last_ = other.last_;
    size_ += other.size_;
    other.first_ = other.last_ = nullptr;
    other.size_ = 0;
  }
  /// Destroys all, the first one first.
  void clear() {
    while (pop_front() != nullptr) {
    }
  }

 private:
  static const packet& link(const element& of) { return of; }

  packet* first_ = nullptr;
  packet* last_ = nullptr;
  std::size_t size_ = 0;
};

using packet_list = packet_queue<packet>;

}  // namespace ringside::kernel

// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/sk_buff.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "sw/stack/skb_allocator.h"

namespace ringside::stack {

sk_buff::sk_buff(skb_allocator& pool, kernel::bus_address head, std::byte* memory, std::uint32_t head_bytes)
    : pool_(pool), head_(head), memory_(memory), end_(head_bytes), truesize_(skb_allocator::truesize(head_bytes)) {}

sk_buff::~sk_buff() {
  if (destructor != nullptr) destructor(*this);
  pool_.release(*this);
}

void sk_buff::operator delete(sk_buff* skb, std::destroying_delete_t) {
  skb_allocator& pool = skb->pool_;
  skb->~sk_buff();
  pool.objects_.give_back(skb);
}

void sk_buff::reserve(std::size_t bytes) {
  assert(bytes <= tailroom());
  data_ += static_cast<std::uint32_t>(bytes);
  tail_ += static_cast<std::uint32_t>(bytes);
}

std::byte* sk_buff::put(std::size_t bytes) {
  assert(bytes <= tailroom() && frag_count() == 0 && !cloned());
  std::byte* at = memory_ + tail_;
  tail_ += static_cast<std::uint32_t>(bytes);
  return at;
}

std::byte* sk_buff::push(std::size_t bytes) {
  assert(bytes <= headroom());
  data_ -= static_cast<std::uint32_t>(bytes);
  return data();
}

std::span<const std::byte> sk_buff::frag(std::size_t index) const {
  const skb_frag& f = shared_->frags[index];
  return {pool_.at(f.buffer) + f.offset, f.size};
}

std::size_t sk_buff::own_truesize() const {
  return skb_allocator::truesize(end_);
}

bool sk_buff::add_frag(kernel::bus_address buffer, std::uint32_t offset, std::uint32_t size, std::uint32_t truesize) {
  if (shared_->nr_frags == max_frags) return false;
  shared_->frags[shared_->nr_frags++] = {buffer, offset, size};
  frag_bytes_ += size;
  truesize_ += truesize;
  return true;
}

bool sk_buff::append_page(kernel::bus_address buffer, std::uint32_t offset, std::uint32_t size) {
  if (shared_->nr_frags != 0) {
    skb_frag& last = shared_->frags[shared_->nr_frags - 1];
    if (last.buffer == buffer && last.offset + last.size == offset) {
      last.size += size;
      frag_bytes_ += size;
      truesize_ += size;
      return true;
    }
  }
  if (shared_->nr_frags == max_frags) return false;
  pool_.hold_buffer(buffer);
  return add_frag(buffer, offset, size, size);
}

bool sk_buff::copy_bits(std::size_t offset, std::span<std::byte> to) const {
  if (offset + to.size() > len()) return false;
  std::byte* out = to.data();
  for_each_piece(offset, to.size(), [&out](std::span<const std::byte> piece) {
    std::memcpy(out, piece.data(), piece.size());
    out += piece.size();
  });
  return true;
}

bool sk_buff::expand_head(std::size_t more_headroom, std::size_t more_tailroom) {
  return pool_.expand_head(*this, more_headroom, more_tailroom);
}

// __pskb_pull_tail: the first `bytes` reach into the fragments.  A head that is too small gets 128 bytes for later.
bool sk_buff::pull_tail(std::size_t bytes) {
  if (bytes > len()) return false;
  std::size_t missing = bytes - headlen();
  const std::size_t more = missing > tailroom() ? missing - tailroom() + 128 : 0;
  if ((more != 0 || cloned()) && !expand_head(0, more)) return false;
  if (!copy_bits(headlen(), {memory_ + tail_, missing})) return false;
  pool_.charge_copy(missing);
  tail_ += static_cast<std::uint32_t>(missing);
  frag_bytes_ -= static_cast<std::uint32_t>(missing);
  auto& frags = shared_->frags;
  std::uint32_t gone = 0;
  while (gone < shared_->nr_frags && missing >= frags[gone].size) {
    missing -= frags[gone].size;
    pool_.free_buffer(frags[gone].buffer);
    ++gone;
  }
  if (gone < shared_->nr_frags) {
    frags[gone].offset += static_cast<std::uint32_t>(missing);
    frags[gone].size -= static_cast<std::uint32_t>(missing);
  }
  std::copy(frags.begin() + gone, frags.begin() + shared_->nr_frags, frags.begin());
  shared_->nr_frags -= gone;
  return true;
}

void sk_buff::condense() {
  if (frag_count() != 0 && (frag_bytes_ > tailroom() || cloned() || !pull_tail(len()))) return;
  truesize_ = own_truesize();
}

// Without fragments only this header's end moves (__skb_trim); else ___pskb_trim.
bool sk_buff::cut(std::size_t bytes) {
  if (frag_count() == 0) {
    tail_ = data_ + static_cast<std::uint32_t>(bytes);
    return true;
  }
  if (!unclone()) return false;
  if (bytes <= headlen()) tail_ = data_ + static_cast<std::uint32_t>(bytes);
  std::size_t left = bytes - std::min(bytes, headlen());
  std::uint32_t kept = 0;
  std::uint32_t total = 0;
  for (std::uint32_t i = 0; i < shared_->nr_frags; ++i) {
    skb_frag& f = shared_->frags[i];
    if (left == 0) {
      pool_.free_buffer(f.buffer);
      continue;
    }
    f.size = static_cast<std::uint32_t>(std::min<std::size_t>(f.size, left));
    left -= f.size;
    total += f.size;
    kept = i + 1;
  }
  shared_->nr_frags = kept;
  frag_bytes_ = total;
  if (sk == nullptr) condense();  // the end of ___pskb_trim; what a socket has paid for stays so
  return true;
}

}  // namespace ringside::stack

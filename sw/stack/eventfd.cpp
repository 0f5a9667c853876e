// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/eventfd.h"

#include <cstring>
#include <limits>

namespace ringside::stack {

namespace {
constexpr std::uint64_t full = std::numeric_limits<std::uint64_t>::max();  // never reached by writing
}  // namespace

// eventfd_poll.
poll_mask eventfd::poll(poll_table* table) {
  if (table != nullptr) table->queue(wait_);
  return (count_ > 0 ? abi::epollin : 0) | (count_ < full - 1 ? abi::epollout : 0);
}

// eventfd_read.
long eventfd::read(std::span<std::byte> to) {
  std::uint64_t value = 0;
  if (to.size() < sizeof value) return -EINVAL;
  host_.sync_software();
  if (count_ == 0) {
    if (nonblocking()) return -EAGAIN;
    wait_.wait([this] { return count_ != 0; });
  }
  value = one_by_one_ ? 1 : count_;
  count_ -= value;
  std::memcpy(to.data(), &value, sizeof value);
  if (wait_.has_waiters()) wait_.wake_up(0, abi::epollout);
  return sizeof value;
}

// eventfd_write.
long eventfd::write(std::span<const std::byte> from) {
  std::uint64_t value = 0;
  if (from.size() < sizeof value) return -EINVAL;
  std::memcpy(&value, from.data(), sizeof value);
  if (value == full) return -EINVAL;
  host_.sync_software();
  const auto fits = [this, value] { return full - count_ > value; };
  if (!fits()) {
    if (nonblocking()) return -EAGAIN;
    wait_.wait(fits);
  }
  count_ += value;
  if (wait_.has_waiters()) wait_.wake_up(0, abi::epollin);
  return sizeof value;
}

}  // namespace ringside::stack

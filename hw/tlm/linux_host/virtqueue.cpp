// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/linux_host/virtqueue.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstring>

#include "hw/tlm/linux_host/guest_error.h"

namespace ringside::tlm {
namespace {

// Section 2.7.5, struct virtq_desc.
struct descriptor {
  std::uint64_t address;
  std::uint32_t length;
  std::uint16_t flags;
  std::uint16_t next;
};
constexpr std::uint16_t has_next = 1, device_writes = 2;
// Sections 2.7.6 and 2.7.8: both rings begin with flags and index.
constexpr std::uint64_t index_at = 2, entries_at = 4;
constexpr std::uint64_t available_entry = 2, used_entry = 8;

static_assert(std::endian::native == std::endian::little, "the rings are little-endian");

template <typename T>
T load(const guest_memory& memory, std::uint64_t address) {
  T value;
  std::memcpy(&value, memory.at(address, sizeof value).data(), sizeof value);
  return value;
}
template <typename T>
void store(const guest_memory& memory, std::uint64_t address, T value) {
  std::memcpy(memory.at(address, sizeof value).data(), &value, sizeof value);
}

}  // namespace

std::uint32_t virtqueue::chain::put(std::span<const std::byte> bytes) const {
  std::uint32_t written = 0;
  for (const std::span<std::byte> room : to_guest) {
    const std::size_t n = std::min(room.size(), bytes.size());
    std::copy_n(bytes.begin(), n, room.begin());
    bytes = bytes.subspan(n);
    written += static_cast<std::uint32_t>(n);
  }
  return written;
}

void virtqueue::set_size(std::uint32_t entries) {
  if (entries == 0 || entries > most_entries || !std::has_single_bit(entries))
    throw guest_error(fmt::format("the guest wants a queue of {} entries", entries));
  size_ = entries;
}

void virtqueue::set_rings(std::uint64_t descriptors, std::uint64_t available, std::uint64_t used) {
  descriptors_ = descriptors;
  available_ = available;
  used_ = used;
  given_back_ = 0;
  rings_known_ = true;
}

std::optional<virtqueue::chain> virtqueue::take(const guest_memory& memory) {
  if (!ready()) return std::nullopt;
  const auto made = load<std::uint16_t>(memory, available_ + index_at);
  std::atomic_thread_fence(std::memory_order_acquire);
  if (made == next_) return std::nullopt;
  chain found;
  found.head = load<std::uint16_t>(memory, available_ + entries_at + available_entry * (next_ % size_));
  ++next_;
  follow(memory, found);
  return found;
}

void virtqueue::follow(const guest_memory& memory, chain& to) const {
  std::uint16_t at = to.head;
  for (std::uint32_t links = 0; links < size_; ++links) {
    if (at >= size_) throw guest_error(fmt::format("descriptor {} of a queue with {}", at, size_));
    const auto d = load<descriptor>(memory, descriptors_ + sizeof(descriptor) * at);
    const std::span<std::byte> bytes = memory.at(d.address, d.length);
    if ((d.flags & device_writes) != 0)
      to.to_guest.push_back(bytes);
    else
      to.from_guest.insert(to.from_guest.end(), bytes.begin(), bytes.end());
    if ((d.flags & has_next) == 0) return;
    at = d.next;
  }
  throw guest_error("a chain of descriptors has no end");
}

void virtqueue::give_back(const guest_memory& memory, const chain& done, std::uint32_t written) {
  const std::uint64_t entry = used_ + entries_at + used_entry * (given_back_ % size_);
  store<std::uint32_t>(memory, entry, done.head);
  store<std::uint32_t>(memory, entry + 4, written);
  std::atomic_thread_fence(std::memory_order_release);
  store(memory, used_ + index_at, ++given_back_);
}

}  // namespace ringside::tlm

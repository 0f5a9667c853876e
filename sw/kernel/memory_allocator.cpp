// SPDX-License-Identifier: Apache-2.0
#include "sw/kernel/memory_allocator.h"

#include <algorithm>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

namespace ringside::kernel {
namespace {

void poison([[maybe_unused]] std::span<std::byte> area) {
#if defined(__SANITIZE_ADDRESS__)
  __asan_poison_memory_region(area.data(), area.size());
#endif
}

void unpoison([[maybe_unused]] std::span<std::byte> area) {
#if defined(__SANITIZE_ADDRESS__)
  __asan_unpoison_memory_region(area.data(), area.size());
#endif
}

}  // namespace

memory_allocator::memory_allocator(host& machine, bus_address begin, bus_address end)
    : host_(machine), memory_(machine.memory()) {
  const bus_address limit = end == 0 ? memory_.size() : std::min<bus_address>(end, memory_.size());
  base_ = (std::max<bus_address>(begin, 1) + slab_bytes - 1) / slab_bytes * slab_bytes;
  if (limit > base_) slabs_.resize(static_cast<std::size_t>((limit - base_) / slab_bytes));
}

std::size_t memory_allocator::class_of(std::size_t size) {
  // Up to a page by table, as kmalloc has it.
  static constexpr auto small_classes = [] {
    std::array<std::uint8_t, 4096 / 64 + 1> table{};
    for (std::size_t i = 0, index = 0; i < table.size(); ++i) {
      while (class_bytes[index] < 64 * i) ++index;
      table[i] = static_cast<std::uint8_t>(index);
    }
    return table;
  }();
  if (size <= 4096) return small_classes[(size + 63) / 64];
  return static_cast<std::size_t>(std::lower_bound(class_bytes.begin(), class_bytes.end(), size) - class_bytes.begin());
}

void memory_allocator::fail_next(std::uint64_t count, std::uint64_t after) {
  fail_count_ = count;
  fail_after_ = after;
}

bool memory_allocator::must_fail() {
  if (fail_count_ == 0) return false;
  if (fail_after_ > 0) {
    --fail_after_;
    return false;
  }
  --fail_count_;
  return true;
}

bus_address memory_allocator::alloc(std::size_t size) {
  host_.sync_smp();
  if (must_fail()) {
    ++failures_;
    return 0;
  }
  const std::size_t index = class_of(std::max<std::size_t>(size, 1));
  if (index == class_bytes.size()) return alloc_large(size);
  std::vector<bus_address>& list = free_[index];
  if (list.empty() && !grow(index)) {
    ++failures_;
    return 0;
  }
  const bus_address address = list.back();
  list.pop_back();
  const auto slab_index = static_cast<std::size_t>((address - base_) / slab_bytes);
  const auto object = static_cast<std::size_t>((address - slab_address(slab_index)) / class_bytes[index]);
  slabs_[slab_index].owners[object] = 1;
  unpoison(bytes(address, class_bytes[index]));
  ++live_;
  live_bytes_ += class_bytes[index];
  return address;
}

bool memory_allocator::grow(std::size_t size_class) {
  while (first_unused_ < slabs_.size() && slabs_[first_unused_].kind != unused_slab) ++first_unused_;
  if (first_unused_ == slabs_.size()) return false;
  slab& fresh = slabs_[first_unused_];
  const std::size_t objects = slab_bytes / class_bytes[size_class];
  fresh.kind = static_cast<std::uint8_t>(size_class);
  fresh.owners.assign(objects, 0);
  // Pushed from the end, so that the lowest address is handed out first.
  const bus_address start = slab_address(first_unused_);
  for (std::size_t i = objects; i-- > 0;) free_[size_class].push_back(start + i * class_bytes[size_class]);
  poison(bytes(start, slab_bytes));
  return true;
}

bus_address memory_allocator::alloc_large(std::size_t size) {
  const std::size_t needed = (size + slab_bytes - 1) / slab_bytes;
  for (std::size_t first = 0; first + needed <= slabs_.size(); ++first) {
    std::size_t run = 0;
    while (run < needed && slabs_[first + run].kind == unused_slab) ++run;
    if (run < needed) {
      first += run;
      continue;
    }
    for (std::size_t i = 0; i < needed; ++i) slabs_[first + i].kind = large_rest;
    slabs_[first].kind = large_head;
    slabs_[first].large_slabs = static_cast<std::uint32_t>(needed);
    slabs_[first].large_owners = 1;
    unpoison(bytes(slab_address(first), needed * slab_bytes));
    ++live_;
    live_bytes_ += needed * slab_bytes;
    return slab_address(first);
  }
  ++failures_;
  return 0;
}

std::size_t memory_allocator::usable_size(bus_address address) const {
  if (address < base_) return 0;
  const auto index = static_cast<std::size_t>((address - base_) / slab_bytes);
  if (index >= slabs_.size()) return 0;
  const slab& owner = slabs_[index];
  const bus_address offset = address - slab_address(index);
  if (owner.kind == large_head) return offset == 0 ? owner.large_slabs * slab_bytes : 0;
  if (owner.kind >= class_bytes.size()) return 0;
  const std::size_t size = class_bytes[owner.kind];
  const auto object = static_cast<std::size_t>(offset / size);
  return offset % size == 0 && object < owner.owners.size() && owner.owners[object] != 0 ? size : 0;
}

bool memory_allocator::contains(bus_address address, std::size_t size) const {
  if (address < base_) return false;
  auto index = static_cast<std::size_t>((address - base_) / slab_bytes);
  if (index >= slabs_.size()) return false;
  while (slabs_[index].kind == large_rest) --index;
  bus_address start = slab_address(index);
  if (slabs_[index].kind < class_bytes.size())
    start += (address - start) / class_bytes[slabs_[index].kind] * class_bytes[slabs_[index].kind];
  const std::size_t usable = usable_size(start);
  return usable != 0 && address + size <= start + usable;
}

std::uint32_t& memory_allocator::owners_of(bus_address address) {
  const auto index = static_cast<std::size_t>((address - base_) / slab_bytes);
  slab& s = slabs_[index];
  if (s.kind == large_head) return s.large_owners;
  return s.owners[static_cast<std::size_t>((address - slab_address(index)) / class_bytes[s.kind])];
}

void memory_allocator::get_page(bus_address address) {
  host_.sync_smp();
  if (usable_size(address) == 0) {
    ++bad_frees_;
    return;
  }
  ++owners_of(address);
}

void memory_allocator::free(bus_address address) {
  if (address == 0) return;
  host_.sync_smp();
  const std::size_t size = usable_size(address);
  if (size == 0) {
    ++bad_frees_;
    return;
  }
  const auto index = static_cast<std::size_t>((address - base_) / slab_bytes);
  slab& owner = slabs_[index];
  std::uint32_t& owners = owner.kind == large_head
                              ? owner.large_owners
                              : owner.owners[static_cast<std::size_t>((address - slab_address(index)) / size)];
  if (--owners != 0) return;
  --live_;
  live_bytes_ -= size;
  poison(bytes(address, size));
  if (owner.kind == large_head) {
    const std::uint32_t count = owner.large_slabs;
    for (std::uint32_t i = 0; i < count; ++i) slabs_[index + i].kind = unused_slab;
    first_unused_ = std::min(first_unused_, index);
    return;
  }
  free_[owner.kind].push_back(address);
}

}  // namespace ringside::kernel

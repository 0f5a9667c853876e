// SPDX-License-Identifier: Apache-2.0
#include "sw/kernel/dma.h"

#include <iterator>
#include <numeric>

namespace ringside::kernel {

static_assert(static_cast<std::uint64_t>(dma_error::overlap) == dma_fault::overlap &&
              static_cast<std::uint64_t>(dma_error::direction) == dma_fault::direction &&
              static_cast<std::uint64_t>(dma_error::cpu_access) == dma_fault::cpu_access);

std::string_view name(dma_error error) {
  static constexpr auto names = std::to_array<std::string_view>(
      {"overlap", "not_mapped", "size_mismatch", "direction", "not_allocated", "cpu_access"});
  static_assert(names.size() == static_cast<std::size_t>(dma_error::count));
  return names.at(static_cast<std::size_t>(error));
}

bus_address dma_api::alloc_coherent(std::size_t bytes) {
  const bus_address address = memory_.alloc(bytes);
  if (!coherent_ && address != 0) host_.set_coherent(address, memory_.usable_size(address), true);
  return address;
}

void dma_api::free_coherent(bus_address address) {
  if (!coherent_ && address != 0) host_.set_coherent(address, memory_.usable_size(address), false);
  memory_.free(address);
}

// arch_sync_dma_for_device: what the CPU wrote goes to memory; what only the device writes leaves the cache.
void dma_api::give_to_device(bus_address address, std::size_t bytes, dma_direction direction) {
  if (coherent_) return;
  if (direction == dma_direction::from_device) {
    host_.dma_invalidate(address, bytes);
  } else {
    host_.dma_sync_for_device(address, bytes);
  }
}

// arch_sync_dma_for_cpu: nothing to fetch where the device only reads.
void dma_api::give_to_cpu(bus_address address, std::size_t bytes, dma_direction direction) {
  if (!coherent_ && direction != dma_direction::to_device) host_.dma_sync_for_cpu(address, bytes);
}

bus_address dma_api::map_single(bus_address address, std::size_t bytes, dma_direction direction) {
  host_.consume(cost::dma_map);
  if (const auto other = first_overlap(address, bytes); other != mappings_.end())
    report(dma_error::overlap, address, bytes);
  if (!memory_.contains(address, bytes)) report(dma_error::not_allocated, address, bytes);
  mappings_.insert_or_assign(address, mapping{bytes, direction, false});
  give_to_device(address, bytes, direction);
  host_.emit(stage::dma_map, 0, address, bytes);
  return address;
}

void dma_api::unmap_single(bus_address address, std::size_t bytes, dma_direction direction, bool as_it_is) {
  host_.consume(cost::dma_unmap);
  const auto found = mappings_.find(address);
  if (found == mappings_.end()) {
    report(dma_error::not_mapped, address, bytes);
    return;
  }
  if (found->second.bytes != bytes) report(dma_error::size_mismatch, address, bytes);
  if (found->second.direction != direction) report(dma_error::direction, address, bytes);
  last_ = mappings_.end();
  mappings_.erase(found);
  if (!as_it_is) give_to_cpu(address, bytes, direction);  // all of it: an earlier sync may have covered less
  host_.emit(stage::dma_unmap, 0, address, bytes);
}

// A driver that copies and keeps the buffer syncs it twice in a row, and then the next one of the ring, whose buffers
// mostly lie in order.
dma_api::table::iterator dma_api::lookup(bus_address address) {
  if (last_ == mappings_.end()) return mappings_.find(address);
  if (last_->first == address) return last_;
  const auto next = std::next(last_);
  return next != mappings_.end() && next->first == address ? next : mappings_.find(address);
}

dma_api::mapping* dma_api::find(bus_address address, std::size_t bytes, dma_direction direction) {
  const auto found = lookup(address);
  if (found == mappings_.end()) {
    report(dma_error::not_mapped, address, bytes);
    return nullptr;
  }
  last_ = found;
  if (bytes > found->second.bytes) report(dma_error::size_mismatch, address, bytes);
  if (found->second.direction != direction) report(dma_error::direction, address, bytes);
  return &found->second;
}

void dma_api::sync_for_cpu(bus_address address, std::size_t bytes, dma_direction direction) {
  host_.consume(cost::dma_sync);
  mapping* entry = find(address, bytes, direction);
  if (entry == nullptr) return;
  entry->with_cpu = true;
  give_to_cpu(address, bytes, direction);
  host_.emit(stage::dma_sync, host_.frame_at(address), address, bytes);
}

void dma_api::sync_for_device(bus_address address, std::size_t bytes, dma_direction direction) {
  host_.consume(cost::dma_sync);
  mapping* entry = find(address, bytes, direction);
  if (entry == nullptr) return;
  entry->with_cpu = false;
  give_to_device(address, bytes, direction);
}

dma_api::table::const_iterator dma_api::first_overlap(bus_address address, std::size_t bytes) const {
  auto next = mappings_.lower_bound(address);
  if (next != mappings_.end() && next->first < address + bytes) return next;
  if (next != mappings_.begin()) {
    const auto before = std::prev(next);
    if (before->first + before->second.bytes > address) return before;
  }
  return mappings_.end();
}

bool dma_api::device_owns(bus_address address, std::size_t bytes) const {
  auto entry = first_overlap(address, bytes);
  // Mappings do not overlap, so the rest of the range is found by walking up.
  if (entry != mappings_.end() && entry->first < address) {
    if (!entry->second.with_cpu) return true;
    ++entry;
  } else {
    entry = mappings_.lower_bound(address);
  }
  for (; entry != mappings_.end() && entry->first < address + bytes; ++entry)
    if (!entry->second.with_cpu) return true;
  return false;
}

bool dma_api::check_cpu_access(bus_address address, std::size_t bytes) {
  if (!device_owns(address, bytes)) return true;
  report(dma_error::cpu_access, address, bytes);
  return false;
}

void dma_api::report(dma_error error, bus_address address, std::size_t bytes) {
  ++errors_[static_cast<std::size_t>(error)];
  host_.emit(stage::dma_misuse, 0, address, static_cast<std::uint64_t>(error));
  if (sink_) sink_({error, address, bytes});
}

std::uint64_t dma_api::total_errors() const {
  return std::accumulate(errors_.begin(), errors_.end(), std::uint64_t{0});
}

}  // namespace ringside::kernel

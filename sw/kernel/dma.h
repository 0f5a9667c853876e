// SPDX-License-Identifier: Apache-2.0
// The DMA API with ownership: which bytes belong to the device, which to the CPU, and who broke that.
//
// Owner: kernel::kernel.  Callers: drivers.  Errors are reported to a sink and counted, never fatal; see Linux'
// core-api/dma-api and kernel/dma/debug.c for the rules.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string_view>

#include "sw/kernel/host.h"
#include "sw/kernel/memory_allocator.h"

namespace ringside::kernel {

enum class dma_direction : std::uint8_t { to_device, from_device, bidirectional };

enum class dma_error : std::uint8_t {
  overlap,        // mapped while (part of) it is mapped already
  not_mapped,     // unmap or sync of an address that is not mapped
  size_mismatch,  // unmap with another size than map, or sync beyond the mapping
  direction,      // unmap or sync with another direction
  not_allocated,  // mapped memory that is no live allocation
  cpu_access,     // the CPU touched bytes the device owns
  count
};

std::string_view name(dma_error error);

struct dma_report {
  dma_error error;
  bus_address address;
  std::size_t bytes;
};

class dma_api {
 public:
  dma_api(host& machine, memory_allocator& memory)
      : host_(machine), memory_(memory), coherent_(machine.dma_coherent()) {}

  /// Hands the bytes to the device; returns their bus address.
  bus_address map_single(bus_address address, std::size_t bytes, dma_direction direction);
  /// Takes them back for good.  `as_it_is`: the CPU has synced them before and may have written since
  /// (DMA_ATTR_SKIP_CPU_SYNC).
  void unmap_single(bus_address address, std::size_t bytes, dma_direction direction, bool as_it_is = false);
  /// Lends a mapped buffer to the CPU and back.  `bytes` may be less than the mapping, from its start.
  void sync_for_cpu(bus_address address, std::size_t bytes, dma_direction direction);
  void sync_for_device(bus_address address, std::size_t bytes, dma_direction direction);

  /// Memory both sides may touch at any time (descriptor rings); 0 when there is none.
  bus_address alloc_coherent(std::size_t bytes);
  void free_coherent(bus_address address);

  /// True when any of the bytes belongs to the device now.
  bool device_owns(bus_address address, std::size_t bytes) const;
  /// Asks it and reports cpu_access; true when the CPU may go on.
  bool check_cpu_access(bus_address address, std::size_t bytes);

  void set_error_sink(std::function<void(const dma_report&)> sink) { sink_ = std::move(sink); }
  std::uint64_t errors(dma_error which) const { return errors_[static_cast<std::size_t>(which)]; }
  std::uint64_t total_errors() const;
  std::size_t live_mappings() const { return mappings_.size(); }

 private:
  struct mapping {
    std::size_t bytes;
    dma_direction direction;
    bool with_cpu;
  };
  using table = std::map<bus_address, mapping>;

  void give_to_device(bus_address address, std::size_t bytes, dma_direction direction);
  void give_to_cpu(bus_address address, std::size_t bytes, dma_direction direction);
  void report(dma_error error, bus_address address, std::size_t bytes);
  table::iterator lookup(bus_address address);
  mapping* find(bus_address address, std::size_t bytes, dma_direction direction);
  table::const_iterator first_overlap(bus_address address, std::size_t bytes) const;

  host& host_;
  memory_allocator& memory_;
  const bool coherent_;
  table mappings_;
  table::iterator last_ = mappings_.end();  // found last
  std::function<void(const dma_report&)> sink_;
  std::array<std::uint64_t, static_cast<std::size_t>(dma_error::count)> errors_{};
};

}  // namespace ringside::kernel

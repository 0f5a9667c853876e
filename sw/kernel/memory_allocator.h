// SPDX-License-Identifier: Apache-2.0
// The kernel's memory: buffers at bus addresses, in slab-like size classes over host::memory().
//
// Owner: kernel::kernel.  Callers: drivers (rings, receive buffers) and the stack (skb heads).  Deterministic: last
// freed, first reused.  Freed buffers are poisoned under AddressSanitizer, so a late access, DMA included, stops the
// test. Which buffer comes next depends on the order of calls, so a caller in task context synchronises first; between
// CPUs the allocator does it itself.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sw/kernel/host.h"

namespace ringside::kernel {

class memory_allocator {
 public:
  /// Serves [begin, end); begin > 0, so that 0 can mean "no memory".  end = 0: to the end of memory.
  memory_allocator(host& machine, bus_address begin, bus_address end);

  /// A buffer of at least `size` bytes, aligned to its size class (at most 4096); 0 when there is none.
  bus_address alloc(std::size_t size);
  /// One more owner of what alloc() gave (get_page): each of them frees it, and it is free when the last one has.
  void get_page(bus_address address);
  /// Takes back what alloc() gave; anything else is counted in bad_frees() and ignored.  0 is allowed.
  void free(bus_address address);
  /// Bytes usable at a live allocation (ksize), 0 when it is none.
  std::size_t usable_size(bus_address address) const;

  /// True when the bytes lie inside one live allocation.
  bool contains(bus_address address, std::size_t size) const;

  std::span<std::byte> bytes(bus_address address, std::size_t size) {
    return memory_.subspan(static_cast<std::size_t>(address), size);
  }
  std::byte* at(bus_address address) { return memory_.data() + address; }

  /// The next `count` calls of alloc() fail after `after` more have succeeded: a test's way to run out of memory.
  void fail_next(std::uint64_t count, std::uint64_t after = 0);

  std::uint64_t live() const { return live_; }
  std::uint64_t live_bytes() const { return live_bytes_; }
  std::uint64_t failures() const { return failures_; }
  std::uint64_t bad_frees() const { return bad_frees_; }

 private:
  static constexpr std::size_t slab_bytes = 64 * 1024;
  static constexpr std::array<std::uint32_t, 15> class_bytes{64,   128,  192,  256,  512,   768,   1024, 1536,
                                                             2048, 3072, 4096, 8192, 16384, 32768, 65536};
  static constexpr std::uint8_t unused_slab = 0xFF;
  static constexpr std::uint8_t large_head = 0xFE;
  static constexpr std::uint8_t large_rest = 0xFD;

  struct slab {
    std::uint8_t kind = unused_slab;  // index into class_bytes, or one of the above
    std::uint32_t large_slabs = 0;    // length of a large allocation, in its head
    std::uint32_t large_owners = 0;
    std::vector<std::uint32_t> owners;  // per object; 0: it is free
  };

  static std::size_t class_of(std::size_t size);
  /// Of a live allocation.
  std::uint32_t& owners_of(bus_address address);
  bus_address slab_address(std::size_t index) const { return base_ + index * slab_bytes; }
  bool grow(std::size_t size_class);
  bus_address alloc_large(std::size_t size);
  bool must_fail();

  host& host_;
  std::span<std::byte> memory_;
  bus_address base_;
  std::vector<slab> slabs_;
  std::array<std::vector<bus_address>, class_bytes.size()> free_;
  std::size_t first_unused_ = 0;
  std::uint64_t fail_after_ = 0;
  std::uint64_t fail_count_ = 0;
  std::uint64_t live_ = 0;
  std::uint64_t live_bytes_ = 0;
  std::uint64_t failures_ = 0;
  std::uint64_t bad_frees_ = 0;
};

}  // namespace ringside::kernel

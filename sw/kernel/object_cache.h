// SPDX-License-Identifier: Apache-2.0
// Memory for objects of one kind that come and go with every packet, as Linux' kmem_cache (skbuff_head_cache): what was
// freed last is given out first.  The simulator's own memory: simulated memory and its costs are memory_allocator's.
//
// Under AddressSanitizer every object comes from the heap and goes back to it, so that a late access is found.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <vector>

namespace ringside::kernel {

template <class object>
class object_cache {
 public:
  /// Memory for one object, which the caller constructs.
  void* take() {
    if constexpr (!kept) return ::operator new (sizeof(object), std::align_val_t{alignof(place)});
    if (free_.empty()) grow();
    void* const memory = free_.back();
    free_.pop_back();
    return memory;
  }
  /// Takes back what take() gave; the object in it has been destroyed.
  void give_back(void* memory) {
    if constexpr (!kept) {
      ::operator delete (memory, std::align_val_t{alignof(place)});
    } else {
      free_.push_back(memory);
    }
  }

 private:
#if defined(__SANITIZE_ADDRESS__)
  static constexpr bool kept = false;
#else
  static constexpr bool kept = true;
#endif
  static constexpr std::size_t slab_objects = 32;
  static constexpr std::size_t cache_line_bytes = 64;

  struct alignas(object) alignas(cache_line_bytes) place {
    std::array<std::byte, sizeof(object)> bytes;
  };
  using slab = std::array<place, slab_objects>;

  void grow() {
    slabs_.push_back(std::make_unique<slab>());
    for (place& p : *slabs_.back()) free_.push_back(&p);
  }

  std::vector<std::unique_ptr<slab>> slabs_;
  std::vector<void*> free_;
};

}  // namespace ringside::kernel

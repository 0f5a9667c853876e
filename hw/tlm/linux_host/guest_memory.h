// SPDX-License-Identifier: Apache-2.0
// The guest's memory as it shows it to its devices: one stretch of guest physical addresses, mapped from the file it
// names in VHOST_USER_SET_MEM_TABLE.
//
// What the guest keeps to itself (its own program, below the stretch) is no device's to see.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "common/file_descriptor.h"

namespace ringside::tlm {

class guest_memory {
 public:
  guest_memory() = default;
  ~guest_memory();
  guest_memory(const guest_memory&) = delete;
  guest_memory& operator=(const guest_memory&) = delete;

  /// Addresses [first, first + bytes) are the file's bytes from `offset` on.  Throws guest_error.
  void map(const file_descriptor& file, std::uint64_t first, std::uint64_t bytes, std::uint64_t offset);

  std::uint64_t first() const { return first_; }
  std::uint64_t end() const { return first_ + bytes_; }
  bool contains(std::uint64_t address, std::uint64_t length) const {
    return address >= first_ && length <= bytes_ && address - first_ <= bytes_ - length;
  }
  /// Throws guest_error when not all of it is there.
  std::span<std::byte> at(std::uint64_t address, std::uint64_t length) const;

 private:
  void unmap();

  std::byte* mapping_ = nullptr;  // whole pages
  std::size_t mapping_bytes_ = 0;
  std::byte* base_ = nullptr;  // of first_
  std::uint64_t first_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace ringside::tlm

// SPDX-License-Identifier: Apache-2.0
// A split virtqueue from the device's side (Virtual I/O Device 1.2, section 2.7), without event indices and indirect
// descriptors, which are not offered.
//
// The guest waits while we look: nothing here changes under our hands.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "hw/tlm/linux_host/guest_memory.h"

namespace ringside::tlm {

class virtqueue {
 public:
  static constexpr std::uint32_t most_entries = 32768;

  /// The buffers of one descriptor chain.
  struct chain {
    std::uint16_t head = 0;
    std::vector<std::byte> from_guest;                          // what it wrote, all pieces together
    std::vector<std::span<std::byte>> to_guest;                 // where the answer goes
    std::uint32_t put(std::span<const std::byte> bytes) const;  // as many as there is room for
  };

  void set_size(std::uint32_t entries);
  void set_next(std::uint32_t next) { next_ = static_cast<std::uint16_t>(next); }
  void set_rings(std::uint64_t descriptors, std::uint64_t available, std::uint64_t used);
  void enable(bool on) { enabled_ = on; }
  bool ready() const { return enabled_ && size_ != 0 && rings_known_; }

  /// The next chain the guest has made available.  Throws guest_error for one that is none.
  std::optional<chain> take(const guest_memory& memory);
  /// Gives it back with so many bytes written.
  void give_back(const guest_memory& memory, const chain& done, std::uint32_t written);

 private:
  void follow(const guest_memory& memory, chain& to) const;

  std::uint32_t size_ = 0;
  bool enabled_ = false;
  bool rings_known_ = false;
  std::uint64_t descriptors_ = 0, available_ = 0, used_ = 0;
  std::uint16_t next_ = 0;        // of the available ring
  std::uint16_t given_back_ = 0;  // of the used ring
};

}  // namespace ringside::tlm

// SPDX-License-Identifier: Apache-2.0
// What the kernel layer knows of a packet: enough to queue it and to ask GRO for its checksum.  stack::sk_buff is the
// one implementation.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>

#include "common/event.h"

namespace ringside::kernel {

/// CHECKSUM_NONE: nobody looked.  CHECKSUM_UNNECESSARY: the device or GRO verified the transport checksum.
/// CHECKSUM_PARTIAL: whoever sends it completes the sum, from csum_start on into csum_offset.
enum class checksum_state : std::uint8_t { none, unnecessary, partial };

template <class element>
class packet_queue;

class packet {
 public:
  static constexpr std::size_t control_bytes = 48;  // skb->cb

  packet() = default;
  virtual ~packet() = default;
  packet(const packet&) = delete;
  packet& operator=(const packet&) = delete;

  frame_id frame = 0;
  checksum_state ip_summed = checksum_state::none;

  /// The control block as the layer that has the packet sees it; zero in a new packet.  Each layer has a type of its
  /// own over the same bytes: what it does not keep, the next one overwrites.
  template <class block>
  block& control() {
    return *std::launder(reinterpret_cast<block*>(fitting<block>(control_.data())));
  }
  template <class block>
  const block& control() const {
    return *std::launder(reinterpret_cast<const block*>(fitting<block>(control_.data())));
  }
  /// The control block for a layer that has the packet from here on: `block` as it begins.
  template <class block>
  block& claim_control() {
    return *::new (fitting<block>(control_.data())) block{};
  }

 protected:
  /// Frame, checksum state and control block of another, as a copy has them.
  void take_over(const packet& other) {
    frame = other.frame;
    ip_summed = other.ip_summed;
    control_ = other.control_;
  }

 private:
  template <class element>
  friend class packet_queue;

  template <class block, class pointer>
  static pointer fitting(pointer bytes) {
    static_assert(sizeof(block) <= control_bytes && alignof(block) <= alignof(std::uint64_t));
    static_assert(std::is_trivially_copyable_v<block> && std::is_aggregate_v<block>);
    return bytes;
  }

  packet* next_ = nullptr;  // in the one queue that holds it
  packet* previous_ = nullptr;
  alignas(std::uint64_t) std::array<std::byte, control_bytes> control_{};
};

using packet_ptr = std::unique_ptr<packet>;

}  // namespace ringside::kernel

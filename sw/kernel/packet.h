// What the kernel layer knows of a packet: enough to queue it and to ask GRO for its checksum.  stack::sk_buff is the
// one implementation.
#pragma once

#include <cstdint>
#include <memory>

#include "common/event.h"

namespace ringside::kernel {

/// CHECKSUM_NONE: nobody looked.  CHECKSUM_UNNECESSARY: the device or GRO verified the transport checksum.
enum class checksum_state : std::uint8_t { none, unnecessary };

class packet {
 public:
  virtual ~packet() = default;
  frame_id frame = 0;
  checksum_state ip_summed = checksum_state::none;
};

using packet_ptr = std::unique_ptr<packet>;

}  // namespace ringside::kernel

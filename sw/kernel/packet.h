// What the kernel layer knows of a packet: enough to queue it.  stack::sk_buff is the one implementation.
#pragma once

#include <memory>

#include "common/event.h"

namespace ringside::kernel {

class packet {
 public:
  virtual ~packet() = default;
  frame_id frame = 0;
};

using packet_ptr = std::unique_ptr<packet>;

}  // namespace ringside::kernel

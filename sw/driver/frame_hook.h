// SPDX-License-Identifier: Apache-2.0
// What may look at a frame after the driver has taken its buffer and before it makes a packet of it: XDP's place.
//
// Owner: receiver.  Caller: clean_single, in softirq or hardirq context, of each frame in one buffer that has no error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "common/event.h"
#include "sw/kernel/host.h"

namespace ringside::driver {

/// A frame in the buffer it was received in; the CPU sees its bytes.
struct received_frame {
  kernel::bus_address buffer;   // the allocation, data_hard_start; packets need their shared info at its end
  std::size_t buffer_bytes;     // of the allocation
  kernel::bus_address address;  // of the first byte of the Ethernet header; may be moved
  std::uint32_t length;         // without FCS; may be changed, up to the shared info
  frame_id frame;
};

/// pass: a packet is made of address and length as they are now.  recycle: the frame has had its fate, and its buffer
/// is posted again.  taken: the hook owns buffer and frame now.
enum class frame_verdict : std::uint8_t { pass, recycle, taken };

using frame_hook = std::function<frame_verdict(received_frame&)>;

}  // namespace ringside::driver

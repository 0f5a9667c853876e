// SPDX-License-Identifier: Apache-2.0
// A datagram that is being put together: by which route, how its header will be (struct inet_cork), and the page
// further bytes of it go to (struct page_frag).
//
// Owner: a socket, or the call that sends at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "sw/kernel/memory_allocator.h"
#include "sw/stack/routing.h"

namespace ringside::stack {

struct ip_cork {
  flow way;  // where to, ports among it
  dst_ref route;
  std::uint32_t fragsize = 0;  // the MTU it was begun with
  std::size_t length = 0;      // behind the IP header, so far
  std::uint8_t ttl = 0;        // 0: the socket's
  int tos = -1;                // below 0: the socket's
  frame_id cause = 0;          // frame it answers, 0: none
  cause_kind why = cause_kind::task;
};

/// Where the bytes of a datagram come from.
class payload_source {
 public:
  virtual ~payload_source() = default;
  /// Copies from `offset` on, and spends what that costs.
  virtual void copy(std::size_t offset, std::span<std::byte> to) const = 0;
};

/// Part of a page that nobody has written yet; refers to the page while `page` is not 0.
struct page_fragment {
  kernel::bus_address page = 0;
  std::uint32_t offset = 0;

  void release(kernel::memory_allocator& memory) {
    if (page != 0) memory.free(page);
    page = 0;
  }
};

}  // namespace ringside::stack

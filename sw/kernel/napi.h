// SPDX-License-Identifier: Apache-2.0
// One NAPI instance: a driver's promise to poll, and the state bits that keep it to one poller.
//
// Owner: the driver (or softnet_data for the backlog).  Scheduled and polled by net_rx.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "sw/kernel/packet_queue.h"

namespace ringside::stack {
struct net_device;  // the kernel layer only keeps the pointer
}

namespace ringside::kernel {

inline constexpr unsigned napi_poll_weight = 64;  // NAPI_POLL_WEIGHT

struct napi_struct {
  /// State bits with the meaning of Linux' NAPI_STATE_*.
  static constexpr std::uint32_t sched = 1;    // scheduled, being polled, or not enabled
  static constexpr std::uint32_t missed = 2;   // scheduled again meanwhile: complete must poll once more
  static constexpr std::uint32_t disable = 4;  // napi_disable() is waiting

  std::string name;
  unsigned weight = napi_poll_weight;
  /// Handles up to `budget` frames and returns how many; must have completed when it returns less than `budget`.
  std::function<unsigned(unsigned budget)> poll;
  std::uint32_t state = sched;       // netif_napi_add leaves it disabled until napi_enable
  stack::net_device* dev = nullptr;  // whose packets it polls; null: of no device, as the backlog
  packet_list gro_held;              // what may still grow (gro.h), the oldest one first
  packet_list rx_list;               // GRO_NORMAL packets that wait for their batch ...
  unsigned rx_count = 0;             // ... and how many were received for them
};

}  // namespace ringside::kernel

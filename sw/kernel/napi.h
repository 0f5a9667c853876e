// One NAPI instance: a driver's promise to poll, and the state bits that keep it to one poller.
//
// Owner: the driver (or softnet_data for the backlog).  Scheduled and polled by net_rx.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sw/kernel/packet.h"

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
  std::uint32_t state = sched;      // netif_napi_add leaves it disabled until napi_enable
  std::vector<packet_ptr> rx_list;  // GRO_NORMAL packets that wait for their batch (gro.h)
};

}  // namespace ringside::kernel

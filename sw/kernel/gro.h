// What a NAPI instance's poll collects before it goes up the stack: rx_list, handed over in batches.
//
// Owner: net_rx, which flushes when a poll ends or completes.  Caller: drivers (napi_gro_receive).  Follows
// net/core/gro.c and gro_normal_one of Linux 6.1; merging (GR-1 to GR-7) is not done: every packet is GRO_NORMAL.
#pragma once

#include <functional>
#include <span>

#include "sw/kernel/napi.h"
#include "sw/kernel/packet.h"

namespace ringside::kernel {

class gro {
 public:
  static constexpr unsigned default_batch = 8;  // net.core.gro_normal_batch

  explicit gro(unsigned batch) : batch_(batch) {}

  /// Who gets the packets (the stack's list receive function); takes them all out of the span.
  void set_list_receiver(std::function<void(std::span<packet_ptr>)> receiver) { receiver_ = std::move(receiver); }

  /// Takes a packet a poll made.  Softirq context.
  void napi_gro_receive(napi_struct& napi, packet_ptr packet);
  /// Hands up what has collected (gro_normal_list).
  void gro_normal_list(napi_struct& napi);

 private:
  unsigned batch_;
  std::function<void(std::span<packet_ptr>)> receiver_;
};

}  // namespace ringside::kernel

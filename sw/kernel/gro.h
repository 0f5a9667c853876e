// What a NAPI instance's poll collects before it goes up the stack: rx_list, handed over in batches.
//
// Owner: net_rx, which flushes when a poll ends or completes.  Caller: drivers (napi_gro_receive).  Follows
// net/core/gro.c and gro_normal_one of Linux 6.1.  Merging (GR-1 to GR-7) is not done, so every packet is GRO_NORMAL,
// but protocols see it on its way: what they would verify before they merge is verified (GR-10).
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

  /// Who looks at packets whose checksum is not known (the protocols' gro_receive callbacks, dev_add_offload).
  void set_offload(std::function<void(packet&)> gro_receive) { gro_receive_ = std::move(gro_receive); }

  /// Takes a packet a poll made.  Softirq context.
  void napi_gro_receive(napi_struct& napi, packet_ptr packet);
  /// Hands up what has collected (gro_normal_list).
  void gro_normal_list(napi_struct& napi);

 private:
  unsigned batch_;
  std::function<void(std::span<packet_ptr>)> receiver_;
  std::function<void(packet&)> gro_receive_;
};

}  // namespace ringside::kernel

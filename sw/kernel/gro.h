// SPDX-License-Identifier: Apache-2.0
// What a NAPI instance's poll collects before it goes up the stack: packets held to be merged with others, and rx_list,
// handed over in batches.
//
// Owner: net_rx, which flushes when a poll ends or completes.  Caller: drivers (napi_gro_receive).  Follows
// net/core/gro.c and gro_normal_one of Linux 6.1.  The protocols see every packet and say whether it goes on; today's
// only verify what they would verify before they merge (GR-10), so every packet is GRO_NORMAL (GR-1 to GR-7).
#pragma once

#include <cstdint>
#include <functional>

#include "sw/kernel/napi.h"
#include "sw/kernel/packet.h"

namespace ringside::kernel {

/// GRO_NORMAL: the packet goes on.  GRO_HELD: the protocol has put it into napi.gro_held.  GRO_MERGED: it has become
/// part of one that is there.
enum class gro_result : std::uint8_t { normal, held, merged };

class gro {
 public:
  explicit gro(unsigned batch) : batch_(batch) {}

  /// Takes a packet, or leaves it where it is: gro_result::normal.
  using receive_callback = std::function<gro_result(napi_struct&, packet_ptr&)>;
  /// Ends the growth of a packet that was held; how many were received for it (gro_segs).
  using complete_callback = std::function<unsigned(packet&)>;

  /// Who gets the packets (the stack's list receive function); takes them all out of the list.
  void set_list_receiver(std::function<void(packet_list&)> receiver) { receiver_ = std::move(receiver); }

  /// Who looks at packets on their way (the protocols' gro_receive and gro_complete callbacks, dev_add_offload).
  void set_offload(receive_callback gro_receive, complete_callback gro_complete = {}) {
    gro_receive_ = std::move(gro_receive);
    gro_complete_ = std::move(gro_complete);
  }

  /// Takes a packet a poll made.  Softirq context.
  void napi_gro_receive(napi_struct& napi, packet_ptr packet);
  /// What is held goes on (napi_gro_flush).
  void napi_gro_flush(napi_struct& napi);
  /// Hands up what has collected (gro_normal_list).
  void gro_normal_list(napi_struct& napi);

 private:
  void gro_normal_one(napi_struct& napi, packet_ptr packet, unsigned segments);

  unsigned batch_;
  std::function<void(packet_list&)> receiver_;
  receive_callback gro_receive_;
  complete_callback gro_complete_;
};

}  // namespace ringside::kernel

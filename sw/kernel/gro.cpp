// SPDX-License-Identifier: Apache-2.0
#include "sw/kernel/gro.h"

#include <utility>

namespace ringside::kernel {

void gro::napi_gro_receive(napi_struct& napi, packet_ptr packet) {
  if (gro_receive_ && gro_receive_(napi, packet) != gro_result::normal) return;
  gro_normal_one(napi, std::move(packet), 1);
}

// What one packet was made of counts for the batch.
void gro::gro_normal_one(napi_struct& napi, packet_ptr packet, unsigned segments) {
  napi.rx_list.push_back(std::move(packet));
  napi.rx_count += segments;
  if (napi.rx_count >= batch_) gro_normal_list(napi);
}

void gro::napi_gro_flush(napi_struct& napi) {
  while (packet_ptr packet = napi.gro_held.pop_front()) {
    const unsigned segments = gro_complete_ ? gro_complete_(*packet) : 1;
    gro_normal_one(napi, std::move(packet), segments);
  }
}

void gro::gro_normal_list(napi_struct& napi) {
  if (napi.rx_list.empty()) return;
  packet_list list = std::move(napi.rx_list);
  napi.rx_count = 0;
  receiver_(list);
}

}  // namespace ringside::kernel

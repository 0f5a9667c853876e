#include "sw/kernel/gro.h"

#include <utility>

namespace ringside::kernel {

// Merging has its place here (dev_gro_receive): what it holds or merges does not go on, what it lets go does.
void gro::napi_gro_receive(napi_struct& napi, packet_ptr packet) {
  if (packet->ip_summed == checksum_state::none && gro_receive_) gro_receive_(*packet);
  napi.rx_list.push_back(std::move(packet));  // gro_normal_one
  if (napi.rx_list.size() >= batch_) gro_normal_list(napi);
}

void gro::gro_normal_list(napi_struct& napi) {
  if (napi.rx_list.empty()) return;
  std::vector<packet_ptr> list = std::exchange(napi.rx_list, {});
  receiver_(list);
  list.clear();
  if (napi.rx_list.empty()) napi.rx_list = std::move(list);  // its memory, for the next ones
}

}  // namespace ringside::kernel

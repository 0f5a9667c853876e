// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/pfifo_fast.h"

namespace ringside::stack {

pfifo_fast::pfifo_fast(kernel::kernel& k, device_transmit& above, net_device& dev, netdev_queue& queue,
                       std::size_t length)
    : qdisc(k, above, dev, queue), length_(length), bands_{band(k.machine()), band(k.machine()), band(k.machine())} {}

unsigned pfifo_fast::band_of(std::uint32_t priority) {
  static constexpr std::array<std::uint8_t, 16> table{1, 2, 2, 2, 1, 2, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1};
  return table.at(priority & 0xF);
}

int pfifo_fast::enqueue(skb_ptr& skb) {
  band& chosen = bands_.at(band_of(skb->priority));
  const kernel::spin_guard guard(chosen.producer);
  if (chosen.packets.size() >= length_) return net_xmit::drop;
  chosen.packets.push_back(std::move(skb));
  return net_xmit::success;
}

skb_ptr pfifo_fast::take() {
  for (band& next : bands_)
    if (!next.packets.empty()) return next.packets.pop_front();
  return nullptr;
}

}  // namespace ringside::stack

#include "sw/stack/icmp.h"

#include "sw/stack/checksum.h"

namespace ringside::stack {
namespace {
constexpr std::size_t icmp_header_bytes = 8;
constexpr std::uint8_t highest_known_type = 18;  // NR_ICMP_TYPES: address mask reply
}  // namespace

void icmp_layer::icmp_rcv(skb_ptr skb) {
  host_.consume(kernel::cost::icmp_rcv);
  host_.emit(stage::icmp_rcv, skb->frame);
  const std::size_t bytes = skb->len();
  if (!skb->may_pull(icmp_header_bytes)) {
    ++counters_.header_errors;
    skbs_.drop(std::move(skb), drop_reason::icmp_header);
    return;
  }
  host_.consume(kernel::cost::checksum_per_byte, bytes);
  inet_sum sum;
  add_packet(sum, *skb, 0, bytes);
  if (sum.folded() != 0xFFFF) {
    ++counters_.checksum_errors;
    skbs_.drop(std::move(skb), drop_reason::icmp_checksum);
    return;
  }
  const std::uint8_t type = load8(skb->data());
  ++counters_.by_type[type];
  if (type > highest_known_type) {
    ++counters_.header_errors;
    skbs_.drop(std::move(skb), drop_reason::icmp_header);
    return;
  }
  skbs_.consume(std::move(skb));
}

}  // namespace ringside::stack

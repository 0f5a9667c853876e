// SPDX-License-Identifier: Apache-2.0
#include "platform/report/lineage.h"

namespace ringside::platform {

void lineage::on_event(const event& e) {
  switch (e.what) {
    case stage::frame_made:
      if (looking_ && e.b == static_cast<std::uint64_t>(cause_kind::task)) {
        looking_ = false;
        followed_.insert(e.frame);
      } else if (e.b == static_cast<std::uint64_t>(cause_kind::frame) && !made_by_software(e.a) && follows(e.a)) {
        followed_.insert(e.frame);
      }
      return;
    case stage::skb_link:
      if (e.b != static_cast<std::uint64_t>(link_kind::merged_into) && follows(e.a)) followed_.insert(e.frame);
      return;
    case stage::cable_out:
      if (follows(e.a)) followed_.insert(e.frame);
      return;
    default:
      return;
  }
}

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
#include "platform/report/reconfiguration_report.h"

namespace ringside::platform {

// One task changes the interface at a time, so an end belongs to the last start.
void reconfiguration_report::handle(const event& e) {
  if ((e.a & reconfiguration_ended) == 0) {
    records_.push_back({e.time, -1, static_cast<reconfiguration>(e.a & reconfiguration_mask), e.b, false});
    return;
  }
  if (records_.empty()) return;
  records_.back().end = e.time;
  records_.back().refused = (e.a & reconfiguration_refused) != 0;
}

}  // namespace ringside::platform

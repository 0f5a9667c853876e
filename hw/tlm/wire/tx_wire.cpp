// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/wire/tx_wire.h"

#include "common/ethernet.h"
#include "hw/tlm/wire/frame_marks.h"

namespace ringside::tlm {

void tx_wire::end(sim_time t) {
  frame_.end = t;
  frame_.marks |= marks_of(frame_.bytes, ethernet::longest_frame);
  sending_ = false;
  ++sent_;
  for (const listener& to : listeners_) to(frame_);
  if (far_ != nullptr) far_->frame_ends(frame_);
}

}  // namespace ringside::tlm

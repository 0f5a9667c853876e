// SPDX-License-Identifier: Apache-2.0
#include "platform/waves/stage_signals.h"

namespace ringside::platform {
std::uint64_t frame_number(frame_id frame) {
  return number_of(frame) | frame >> frame_kind_shift << 30;
}

stage_signals::stage_signals(vcd_signals& signals) : signals_(signals) {
  signals_.open_scope("stage");
  for (std::size_t i = 0; i < count; ++i) {
    const stage_info& what = info(static_cast<stage>(i));
    if (!what.journey) continue;
    rows_[i] = {true, what.of_one_frame,
                what.of_one_frame ? signals_.number(what.name, 32) : signals_.moment(what.name)};
  }
  signals_.close_scope();
}

void stage_signals::on_event(const event& e) {
  const row& r = rows_[static_cast<std::size_t>(e.what)];
  if (!r.shown) return;
  if (r.of_frame)
    signals_.set(r.signal, frame_number(e.frame), e.time);
  else
    signals_.happen(r.signal, e.time);
}

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
#include "tools/regress/octet_counter.h"

#include <algorithm>

namespace ringside::platform {
namespace {

// Between a frame's event and its count, or a register's sampling and the event of its answer: some clocks of 8 ns.
constexpr sim_time blur = 10 * 8 * ns;

}  // namespace

void octet_counter::on_read(const event& e) {
  if (e.a == low_) low_read_ = e.time;
  if (e.a == high_ && low_read_ >= 0) tears_.emplace_back(low_read_, e.time);
}

octet_counter::range octet_counter::expected() const {
  range out;
  for (const auto& [t, octets, certain] : frames_) {
    const auto lost = [time = t](sim_time margin) {
      return [time, margin](const auto& tear) { return time > tear.first - margin && time < tear.second + margin; };
    };
    // What comes after the last read is no longer heard of.
    if (certain && t < low_read_ - blur && std::none_of(tears_.begin(), tears_.end(), lost(blur))) out.least += octets;
    if (t < low_read_ + blur && std::none_of(tears_.begin(), tears_.end(), lost(-blur))) out.most += octets;
  }
  return out;
}

}  // namespace ringside::platform

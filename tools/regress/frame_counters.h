// SPDX-License-Identifier: Apache-2.0
// Which of the chip's statistics a frame moves (FS 6.8, FS 6.10); called by scoreboard.cpp.
#pragma once

#include <cstdint>
#include <map>
#include <string_view>

#include "platform/source/stimulus.h"

namespace ringside::platform {

/// By register name, such as "GPRC".
using counter_values = std::map<std::string_view, std::uint64_t>;

/// The counters that are judged, all 0; the pairs GORC and TOR are octet_counter.h's.
counter_values no_counts();
/// A damaged frame counts in these, dropped or stored (FS 6.8); RX_ER besides what the length gives.
void count_damage(const planned_frame& frame, const fate_set& damage, counter_values& n);
/// A good PAUSE frame, obeyed or not (F-2, F-3).
void count_pause(const planned_frame& frame, counter_values& n);
/// A good frame counts as it goes into the FIFO.
void count_good(const planned_frame& frame, counter_values& n);

}  // namespace ringside::platform

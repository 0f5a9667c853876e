// SPDX-License-Identifier: Apache-2.0
// Draws what became of a frame on two machines as one journey: the lanes of both, wire to wire.
#pragma once

#include <string>
#include <vector>

#include "platform/report/journey_printer.h"

namespace ringside::platform {

/// `parts`: the journeys of the frame and of all that came of it, of both machines, in any order.
std::string print_journey_of_two(const std::vector<journey>& parts, const journey_style& style);

}  // namespace ringside::platform

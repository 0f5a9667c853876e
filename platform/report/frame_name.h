// SPDX-License-Identifier: Apache-2.0
// How a frame is called in reports.
#pragma once

#include <string>

#include "common/event.h"

namespace ringside::platform {

/// A received frame's id as it is; of others "made 3" or "derived 3", with who counted in front of the number unless it
/// is 0: "made 2.3".
std::string frame_name(frame_id id);

}  // namespace ringside::platform

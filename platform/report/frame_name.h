// SPDX-License-Identifier: Apache-2.0
// How a frame is called in reports.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/event.h"

namespace ringside::platform {

/// A received frame's id as it is; of others "made 3" or "derived 3", with who counted in front of the number unless it
/// is 0: "made 2.3".
std::string frame_name(frame_id id);
/// The id of that name ("7", "made 3", "made:2.3"); nothing when it is none.
std::optional<frame_id> frame_by_name(std::string_view name);

}  // namespace ringside::platform

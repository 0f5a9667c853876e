// SPDX-License-Identifier: Apache-2.0
// Runs a measurement in a child process and brings its result back.
#pragma once

#include <functional>

#include "tools/bench/measurement.h"

namespace ringside::platform {

/// Throws with the child's message when it failed.
measurement in_child(const std::function<measurement()>& work);

}  // namespace ringside::platform

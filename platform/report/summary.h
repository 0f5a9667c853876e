// SPDX-License-Identifier: Apache-2.0
// The run in a screenful of text.
#pragma once

#include <string>

#include "platform/report/run_counters.h"
#include "platform/report/run_report.h"
#include "platform/scenario/scenario.h"

namespace ringside::platform {

std::string summary(const scenario& s, const run_report& report, const run_counters& counters);

}  // namespace ringside::platform

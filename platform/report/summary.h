// SPDX-License-Identifier: Apache-2.0
// The run in a screenful of text.
#pragma once

#include <string>
#include <vector>

#include "platform/report/run_counters.h"
#include "platform/report/run_reports.h"
#include "platform/scenario/scenario.h"

namespace ringside::platform {

std::string summary(const scenario& s, const run_report& report, const run_counters& counters);
/// Of all machines of a run, and of the cable between two.
std::string summary(const scenario& s, const run_reports& reports, const std::vector<run_counters>& counters);

}  // namespace ringside::platform

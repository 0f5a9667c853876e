// SPDX-License-Identifier: Apache-2.0
// The run as JSON: stable names and order, zeros included; everything outside "wall" is equal between equal runs.
//
// The only user of nlohmann-json in the reports (slow to compile).
#pragma once

#include <string>
#include <vector>

#include "platform/report/run_counters.h"
#include "platform/report/run_reports.h"
#include "platform/scenario/scenario.h"

namespace ringside::platform {

/// Ends in a newline.
std::string to_json(const scenario& s, const run_report& report, const run_counters& counters);
/// Of all machines of a run: of two each as an object of its own, and the cable.
std::string to_json(const scenario& s, const run_reports& reports, const std::vector<run_counters>& counters);

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
// `ringside regress`: seeds through the fork server, progress, table, JUnit, JSON, evidence, exit status.
//
// Called by tools/main.cpp and by tests.
#pragma once

#include <chrono>
#include <iosfwd>

#include "tools/cli/requests.h"
#include "tools/regress/seed_run.h"

namespace ringside::platform {

struct regress_environment {
  std::ostream& out;
  std::ostream& err;
  bool err_is_terminal = false;
  planted_fault planted = {};       // of every seed
  std::chrono::seconds limit{300};  // of real time, for a seed
};

/// The exit status.  Throws input_error for bad input, before anything is written.
int regress_command(const regress_request& request, const regress_environment& env);

}  // namespace ringside::platform

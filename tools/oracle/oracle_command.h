// SPDX-License-Identifier: Apache-2.0
// `ringside oracle`: seeds in child processes, each with a QEMU of its own; report, JSON, exit status.
//
// Called by tools/main.cpp and by tests.
#pragma once

#include <chrono>
#include <functional>
#include <iosfwd>

#include "tools/cli/requests.h"
#include "tools/oracle/case_run.h"

namespace ringside::oracle {

/// QEMU is not there: nothing was compared.
inline constexpr int exit_no_qemu = 5;

struct oracle_environment {
  std::ostream& out;
  std::ostream& err;
  bool err_is_terminal = false;
  std::chrono::seconds limit{600};               // of real time, for the seeds of one child
  std::function<void(case_result&)> spoil = {};  // seed_comparison.h
};

/// The exit status.  Throws input_error for bad input, before anything is written.
int oracle_command(const platform::oracle_request& request, const oracle_environment& env);

}  // namespace ringside::oracle

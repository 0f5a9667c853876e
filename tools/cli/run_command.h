// SPDX-License-Identifier: Apache-2.0
// `ringside run`: scenario, frames, machine, reports, outputs, exit status.
#pragma once

#include <iosfwd>
#include <vector>

#include "platform/scenario/key_table.h"
#include "tools/cli/options.h"
#include "tools/cli/simulation.h"

namespace ringside::platform {

/// What the command line runs with; tests put their own simulation and streams here.
struct command_environment {
  simulation_factory make;
  std::vector<cost_key> costs;
  std::vector<std::string> rules;  // ids of the contract checker
  std::ostream& out;
  std::ostream& err;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  /// `ringside regress`: needs the whole machine, which this library does not know.
  std::function<int(const regress_request&)> regress = {};
  /// `ringside oracle`, which needs both cards.
  std::function<int(const oracle_request&)> oracle = {};
  /// `ringside linux`, which needs the machine and a guest.
  std::function<int(const linux_request&)> linux_guest = {};
};

inline constexpr int exit_ok = 0;
inline constexpr int exit_internal = 1;  // internal error, an output cannot be written, or the frames do not add up
inline constexpr int exit_bad_input = 2;
inline constexpr int exit_breach = 3;              // NIC or driver broke a rule of the contract
inline constexpr int exit_self_test = 4;           // a test of --ethtool-test failed
inline constexpr int exit_broken_pipe = 128 + 13;  // as if SIGPIPE had ended the process
// A run that a signal has stopped: stop_signal::exit_status().

/// The exit status.  Throws input_error for bad input, before anything is written.
int run_command(const options& chosen, const command_environment& env);

}  // namespace ringside::platform

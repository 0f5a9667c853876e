// SPDX-License-Identifier: Apache-2.0
// `ringside linux`: a real Linux with its own driver on our card; report, outputs, exit status.
//
// Called by tools/main.cpp.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "platform/scenario/key_table.h"
#include "tools/cli/linux_request.h"

namespace ringside::platform {

struct linux_environment {
  std::vector<cost_key> costs;
  std::vector<std::string> rules;
  std::ostream& out;
  std::ostream& err;
  bool in_is_terminal = false;
  bool out_is_terminal = false;
};

/// The exit status: the commands', unless the run itself failed (1), or card or driver broke a rule (3).  Throws
/// input_error for bad input, before anything is written.
int linux_command(const linux_request& request, const linux_environment& env);

}  // namespace ringside::platform

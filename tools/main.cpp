// SPDX-License-Identifier: Apache-2.0
// The `ringside` command.
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>

#include "contract/rule.h"
#include "tools/cli/command_line.h"
#include "tools/cli/kernel_costs.h"
#include "tools/linux/linux_command.h"
#include "tools/machine_simulation.h"
#include "tools/oracle/oracle_command.h"
#include "tools/regress/regress_command.h"

namespace {

std::vector<std::string> rule_ids() {
  std::vector<std::string> out;
  for (const ringside::contract::rule_info& row : ringside::contract::all_rules()) out.emplace_back(row.id);
  return out;
}

// With standard output closed, the first file opened would take its number and get the report.  Opened for reading,
// /dev/null refuses what is written to it.
void keep_standard_descriptors() {
  for (int number = STDIN_FILENO; number <= STDERR_FILENO; ++number)
    if (fcntl(number, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != number)
      std::_Exit(ringside::platform::exit_internal);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace ringside::platform;
  keep_standard_descriptors();
  // A write that fails says so, and files are removed before the end.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  const bool err_is_terminal = isatty(STDERR_FILENO) == 1;
  const auto regress = [err_is_terminal](const regress_request& request) {
    return regress_command(request, {.out = std::cout, .err = std::cerr, .err_is_terminal = err_is_terminal});
  };
  const auto oracle = [err_is_terminal](const oracle_request& request) {
    return ringside::oracle::oracle_command(request,
                                            {.out = std::cout, .err = std::cerr, .err_is_terminal = err_is_terminal});
  };
  const auto linux_guest = [](const linux_request& request) {
    return linux_command(request, {.costs = kernel_cost_keys(),
                                   .rules = rule_ids(),
                                   .out = std::cout,
                                   .err = std::cerr,
                                   .in_is_terminal = isatty(STDIN_FILENO) == 1,
                                   .out_is_terminal = isatty(STDOUT_FILENO) == 1});
  };
  const command_environment env{.make = make_machine,
                                .costs = kernel_cost_keys(),
                                .rules = rule_ids(),
                                .out = std::cout,
                                .err = std::cerr,
                                .out_is_terminal = isatty(STDOUT_FILENO) == 1,
                                .err_is_terminal = err_is_terminal,
                                .regress = regress,
                                .oracle = oracle,
                                .linux_guest = linux_guest};
  return command_line(argc, argv, env);
}

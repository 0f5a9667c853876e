// The `ringside` command.
#include <unistd.h>

#include <iostream>

#include "platform/cli/command_line.h"
#include "platform/cli/kernel_costs.h"
#include "platform/cli/machine_simulation.h"
#include "platform/contract/rule.h"
#include "platform/regress/regress_command.h"

namespace {

std::vector<std::string> rule_ids() {
  std::vector<std::string> out;
  for (const ringside::contract::rule_info& row : ringside::contract::all_rules()) out.emplace_back(row.id);
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace ringside::platform;
  const bool err_is_terminal = isatty(STDERR_FILENO) == 1;
  const auto regress = [err_is_terminal](const regress_request& request) {
    return regress_command(request, {.out = std::cout, .err = std::cerr, .err_is_terminal = err_is_terminal});
  };
  const command_environment env{.make = make_machine,
                                .costs = kernel_cost_keys(),
                                .rules = rule_ids(),
                                .out = std::cout,
                                .err = std::cerr,
                                .out_is_terminal = isatty(STDOUT_FILENO) == 1,
                                .err_is_terminal = err_is_terminal,
                                .regress = regress};
  return command_line(argc, argv, env);
}

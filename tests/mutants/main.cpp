// `ringside-mutants [--mutant NAME] ...`: the `ringside` command on instrumented RTL and driver.
#include <unistd.h>

#include <iostream>
#include <string_view>
#include <vector>

#include "platform/cli/command_line.h"
#include "platform/cli/kernel_costs.h"
#include "platform/cli/machine_simulation.h"
#include "tests/mutants/mutant.h"

int main(int argc, char** argv) {
  using namespace ringside::platform;
  std::vector<char*> arguments(argv, argv + argc);
  if (argc > 2 && std::string_view(argv[1]) == "--mutant") {
    if (!ringside::mutant::select(argv[2])) {
      std::cerr << "ringside-mutants: no defect is called " << argv[2] << "\n";
      return 2;
    }
    arguments.erase(arguments.begin() + 1, arguments.begin() + 3);
  }
  arguments.push_back(nullptr);
  const command_environment env{.make = make_machine,
                                .costs = kernel_cost_keys(),
                                .out = std::cout,
                                .err = std::cerr,
                                .out_is_terminal = isatty(STDOUT_FILENO) == 1,
                                .err_is_terminal = isatty(STDERR_FILENO) == 1};
  return command_line(static_cast<int>(arguments.size()) - 1, arguments.data(), env);
}

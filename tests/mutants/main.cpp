// SPDX-License-Identifier: Apache-2.0
// `ringside-mutants [--mutant NAME] ...`: the `ringside` command on instrumented RTL, bus and driver.
#include <iostream>
#include <string_view>
#include <vector>

#include "tests/mutants/mutant.h"

/// main() of tools/main.cpp, renamed for this executable (CMakeLists.txt).
int ringside_main(int argc, char** argv);

int main(int argc, char** argv) {
  std::vector<char*> arguments(argv, argv + argc);
  if (argc > 2 && std::string_view(argv[1]) == "--mutant") {
    if (!ringside::mutant::select(argv[2])) {
      std::cerr << "ringside-mutants: no defect is called " << argv[2] << "\n";
      return 2;
    }
    arguments.erase(arguments.begin() + 1, arguments.begin() + 3);
  }
  arguments.push_back(nullptr);
  return ringside_main(static_cast<int>(arguments.size()) - 1, arguments.data());
}

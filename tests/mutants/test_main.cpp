// SPDX-License-Identifier: Apache-2.0
// `card-mutants [--mutant NAME] ...`: the tests of the card (tests/hw/tlm/model) on instrumented RTL; `machine-mutants`
// likewise: tests of the machine (tests/system) on instrumented RTL, bus and driver.
#include <gtest/gtest.h>

#include <iostream>
#include <string_view>
#include <vector>

#include "tests/mutants/mutant.h"

int main(int argc, char** argv) {
  std::vector<char*> arguments(argv, argv + argc);
  if (argc > 2 && std::string_view(argv[1]) == "--mutant") {
    if (!ringside::mutant::select(argv[2])) {
      std::cerr << argv[0] << ": no defect is called " << argv[2] << "\n";
      return 2;
    }
    arguments.erase(arguments.begin() + 1, arguments.begin() + 3);
  }
  int count = static_cast<int>(arguments.size());
  arguments.push_back(nullptr);
  testing::InitGoogleTest(&count, arguments.data());
  return RUN_ALL_TESTS();
}

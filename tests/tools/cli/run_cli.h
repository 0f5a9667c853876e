// SPDX-License-Identifier: Apache-2.0
// The command line on a simulation without a machine, its outputs in strings.
#pragma once

#include <string>
#include <vector>

#include "tests/tools/cli/fake_simulation.h"

namespace ringside::platform::test {

struct result {
  int status = 0;
  std::string out;
  std::string err;
};

result ringside(const std::vector<std::string>& arguments, const fake_behaviour& behaviour = {}, bool terminal = false);
/// The same with standard output going to `out`.
result ringside(const std::vector<std::string>& arguments, std::ostream& out, const fake_behaviour& behaviour = {},
                bool terminal = false);

}  // namespace ringside::platform::test

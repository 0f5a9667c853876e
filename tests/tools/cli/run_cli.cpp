// SPDX-License-Identifier: Apache-2.0
#include "tests/tools/cli/run_cli.h"

#include <sstream>

#include "tools/cli/command_line.h"

namespace ringside::platform::test {

result ringside(const std::vector<std::string>& arguments, std::ostream& out, const fake_behaviour& behaviour,
                bool terminal) {
  std::ostringstream err;
  std::vector<const char*> argv{"ringside"};
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  const command_environment env{.make = fake_factory(behaviour),
                                .costs = {{"ip_rcv", 250, "cycles", "estimate"}},
                                .rules = {"R-21", "N-1"},
                                .out = out,
                                .err = err,
                                .out_is_terminal = terminal,
                                .err_is_terminal = terminal};
  result r;
  r.status = command_line(static_cast<int>(argv.size()), argv.data(), env);
  r.err = err.str();
  return r;
}

result ringside(const std::vector<std::string>& arguments, const fake_behaviour& behaviour, bool terminal) {
  std::ostringstream out;
  result r = ringside(arguments, out, behaviour, terminal);
  r.out = out.str();
  return r;
}

}  // namespace ringside::platform::test

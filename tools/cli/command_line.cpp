// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/command_line.h"

#include <fmt/format.h>

#include <exception>
#include <ostream>

#include "platform/report/output_file.h"
#include "platform/scenario/bundled.h"
#include "platform/scenario/loader.h"

namespace ringside::platform {
namespace {

int print_lists(const options& chosen, const command_environment& env) {
  std::string text;
  if (chosen.version) text += "ringside " + version() + "\n";
  if (chosen.list)
    for (const bundled_scenario& row : bundled_scenarios())
      text += fmt::format("{:<16} {}\n", row.name, row.description);
  if (chosen.list_keys) text += list_keys(env.costs);
  put(env.out, text);
  return exit_ok;
}

}  // namespace

int command_line(int argc, const char* const* argv, const command_environment& env) {
  try {
    const parsed_options parsed = parse_options(argc, argv);
    if (parsed.exit_status) {
      const bool asked_for = *parsed.exit_status == 0;
      put(asked_for ? env.out : env.err, parsed.message, asked_for ? "standard output" : "standard error");
      return *parsed.exit_status;
    }
    const options& chosen = parsed.chosen;
    if (chosen.list || chosen.list_keys || chosen.version) return print_lists(chosen, env);
    if (chosen.regress) {
      if (!env.regress) throw input_error("regress: this program has no machine; allowed: run");
      return env.regress(chosen.regression);
    }
    if (chosen.oracle) {
      if (!env.oracle) throw input_error("oracle: this program has no cards; allowed: run");
      return env.oracle(chosen.comparison);
    }
    if (chosen.linux_guest) {
      if (!env.linux_guest) throw input_error("linux: this program has no machine; allowed: run");
      return env.linux_guest(chosen.guest);
    }
    return run_command(chosen, env);
  } catch (const input_error& error) {
    env.err << "ringside: " << error.what() << std::endl;
    return exit_bad_input;
  } catch (const output_error& error) {
    if (error.reader_is_gone()) return exit_broken_pipe;
    env.err << "ringside: " << error.what() << std::endl;
    return exit_internal;
  } catch (const std::exception& error) {
    env.err << "ringside: internal error: " << error.what() << std::endl;
    return exit_internal;
  }
}

}  // namespace ringside::platform

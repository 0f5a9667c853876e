#include "platform/cli/command_line.h"

#include <fmt/format.h>

#include <exception>
#include <ostream>

#include "platform/scenario/bundled.h"
#include "platform/scenario/loader.h"

namespace ringside::platform {
namespace {

int print_lists(const options& chosen, const command_environment& env) {
  if (chosen.version) env.out << "ringside " << version() << "\n";
  if (chosen.list)
    for (const bundled_scenario& row : bundled_scenarios())
      env.out << fmt::format("{:<16} {}\n", row.name, row.description);
  if (chosen.list_keys) env.out << list_keys(env.costs);
  env.out << std::flush;
  return exit_ok;
}

}  // namespace

int command_line(int argc, const char* const* argv, const command_environment& env) {
  try {
    const parsed_options parsed = parse_options(argc, argv);
    if (parsed.exit_status) {
      (*parsed.exit_status == 0 ? env.out : env.err) << parsed.message << std::flush;
      return *parsed.exit_status;
    }
    const options& chosen = parsed.chosen;
    if (chosen.list || chosen.list_keys || chosen.version) return print_lists(chosen, env);
    if (chosen.regress) {
      if (!env.regress) throw input_error("regress: this program has no machine; allowed: run");
      return env.regress(chosen.regression);
    }
    return run_command(chosen, env);
  } catch (const input_error& error) {
    env.err << "ringside: " << error.what() << std::endl;
    return exit_bad_input;
  } catch (const std::exception& error) {
    env.err << "ringside: internal error: " << error.what() << std::endl;
    return exit_internal;
  }
}

}  // namespace ringside::platform

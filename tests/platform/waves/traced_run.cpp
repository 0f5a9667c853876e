// SPDX-License-Identifier: Apache-2.0
#include "tests/platform/waves/traced_run.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <stdexcept>
#include <type_traits>

#include "platform/machine/machine.h"
#include "platform/scenario/loader.h"
#include "platform/source/make_source.h"

namespace ringside::platform::test {
namespace {

static_assert(std::is_trivially_copyable_v<event>);

struct event_log final : event_consumer {
  void on_event(const event& e) override { events.push_back(e); }
  std::vector<event> events;
};

std::vector<event> run_here(const settings& keys, const std::optional<wave_options>& waves) {
  scenario_loader loader({}, {});
  loader.apply("driver.eeprom_delay", "1us", "test");  // Linux' 50 us would be 0.3 s of clocks
  for (const auto& [key, value] : keys) loader.apply(key, value, "test");
  const scenario s = loader.finish();
  const auto source = make_source(s);
  machine bench(s, *source);
  event_log log;
  bench.events().add_consumer(log);
  if (waves) bench.trace(*waves);
  bench.run({});
  for (const std::string& breach : bench.breaches()) throw std::runtime_error(breach);
  return log.events;
}

void run_child(std::FILE* to, const settings& keys, const std::optional<wave_options>& waves) {
  int status = 1;
  try {
    const auto events = run_here(keys, waves);
    if (std::fwrite(events.data(), sizeof(event), events.size(), to) == events.size() && std::fflush(to) == 0)
      status = 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "run: %s\n", error.what());
  }
  _exit(status);
}

}  // namespace

std::vector<event> run_machine(const settings& keys, const std::optional<wave_options>& waves) {
  std::FILE* file = std::tmpfile();
  if (file == nullptr) throw std::runtime_error("no temporary file");
  const pid_t child = fork();
  if (child == 0) run_child(file, keys, waves);
  int status = 1;
  if (child > 0) waitpid(child, &status, 0);
  if (status != 0) throw std::runtime_error("the run failed");
  std::rewind(file);
  std::vector<event> events;
  for (event e; std::fread(&e, sizeof e, 1, file) == 1;) events.push_back(e);
  std::fclose(file);
  return events;
}

std::vector<sim_time> times_of(const std::vector<event>& events, stage what) {
  std::vector<sim_time> out;
  for (const event& e : events)
    if (e.what == what) out.push_back(e.time);
  return out;
}

}  // namespace ringside::platform::test

// SPDX-License-Identifier: Apache-2.0
#include "tools/linux/linux_command.h"

#include <fmt/format.h>

#include <chrono>
#include <iostream>
#include <iterator>
#include <optional>

#include "platform/linux/linux_machine.h"
#include "platform/report/event_hash.h"
#include "platform/report/output_file.h"
#include "platform/report/output_name.h"
#include "platform/scenario/loader.h"
#include "platform/scenario/number.h"
#include "tools/cli/run_command.h"
#include "tools/cli/stop_signal.h"
#include "tools/cli/trace_window.h"
#include "tools/linux/linux_image.h"
#include "tools/linux/linux_report.h"
#include "tools/linux/linux_terminal.h"

namespace ringside::platform {
namespace {

// A frame of 16384 bytes at 10 Mb/s, 800 ns a byte, and some.
constexpr sim_time longest_passage = 20 * ms;
constexpr std::size_t lines_of_a_failure = 12;

scenario scenario_for_guest(const linux_request& request, const linux_environment& env) {
  scenario_loader loader(env.costs, env.rules);
  const auto preset = [&loader](const char* key, const char* text) { loader.apply(key, text, "ringside linux"); };
  preset("run.time_limit", "86400s");
  preset("stack.udp_ports", "7");
  preset("app.port", "7");
  // Our driver's machine is to be there before the guest's, whose driver takes a third of a second.
  preset("machine.b.driver.eeprom_delay", "1us");
  preset("machine.b.driver.phy_read_delay", "1us");
  preset("machine.b.driver.phy_write_delay", "1us");
  preset("machine.a.nic.mac_address", "02:00:00:00:00:01");
  preset("machine.b.nic.mac_address", "02:00:00:00:00:02");
  preset("machine.a.stack.address", "10.0.0.1");
  preset("machine.b.stack.address", "10.0.0.2");
  preset("machine.b.app.kind", "echo");
  if (!request.scenario.empty()) loader.apply_named(request.scenario);
  for (const std::string& setting : request.settings) loader.apply_setting(setting);
  if (request.nic) loader.apply("nic.kind", *request.nic, "--nic");
  if (request.seed) loader.apply("run.seed", *request.seed, "--seed");
  scenario s = loader.finish();
  if (!s.bus.coherent)
    throw input_error(fmt_error("ringside linux", 0, "bus.coherent", "is off: the guest's memory has one view", "on"));
  return s;
}

std::string address_text(const stack::ipv4_interface_address& of) {
  const std::uint32_t a = of.address;
  return fmt::format("{}.{}.{}.{}/{}", a >> 24, a >> 16 & 0xFF, a >> 8 & 0xFF, a & 0xFF, of.prefix_bits);
}

std::chrono::milliseconds silence_of(const linux_request& request) {
  if (!request.silence) return std::chrono::seconds{60};
  const std::string& text = *request.silence;
  if (text.empty() || text.size() > 5 || text.find_first_not_of("0123456789") != std::string::npos ||
      std::stoi(text) == 0)
    throw input_error(fmt_error("--silence", 0, "seconds", "'" + text + "' is not allowed", "1 to 99999"));
  return std::chrono::seconds{std::stoi(text)};
}

struct linux_outputs {
  explicit linux_outputs(const linux_request& request, std::ostream& standard) {
    std::vector<named_file> all;
    const auto note = [&all](const std::optional<std::string>& name, const char* option) {
      if (name) all.push_back({option, *name});
    };
    note(request.json, "--json");
    note(request.vcd, "--vcd");
    note(request.pcap_wire, "--pcap-wire");
    note(request.kernel_log, "--kernel-log");
    refuse_same_file({}, all);
    if (request.trace_window && !request.vcd)
      throw input_error(fmt_error("--trace-window", 0, "window", "there is no waveform", "with --vcd"));
    if (request.trace_window) {
      const auto parsed = parse_trace_window(*request.trace_window);
      if (!parsed) throw input_error(trace_window_refusal(*request.trace_window));
      if (parsed->trigger != stage::count)
        throw input_error(
            fmt_error("--trace-window", 0, "stage", "is looked for in a run before, which a guest has not", "times"));
      window = *parsed;
    }
    if (request.json) json.emplace(*request.json, "--json", &standard);
    if (request.kernel_log) log.emplace(*request.kernel_log, "--kernel-log");
    if (request.vcd) vcd.emplace(*request.vcd, "--vcd");
    if (request.pcap_wire) wire.emplace(*request.pcap_wire, "--pcap-wire", 2);
  }

  trace_window window;
  std::optional<output_file> json, log, vcd;
  std::optional<wire_capture> wire;
};

int status_of(const linux_result& r, const linux_environment& env) {
  for (const std::string& breach : r.breaches) env.err << "contract: " << breach << "\n";
  if (r.interrupted) return stop_signal::asked() ? stop_signal::exit_status() : exit_ok;
  if (!r.outcome.failure.empty()) {
    env.err << "ringside: linux: " << r.outcome.failure << "; the kernel said:\n"
            << telling_lines(r.outcome.log, lines_of_a_failure) << std::endl;
    return exit_internal;
  }
  if (!r.breaches.empty()) return exit_breach;
  return r.outcome.status.value_or(exit_internal);
}

}  // namespace

int linux_command(const linux_request& request, const linux_environment& env) {
  const scenario s = scenario_for_guest(request, env);
  const std::chrono::milliseconds silence = silence_of(request);
  std::optional<linux_image> image;
  try {
    image = find_linux_image(request);
  } catch (const image_error& error) {
    return error.status;  // the script has said why
  }
  if (request.build_only) {
    env.out << "kernel " << image->kernel << "\nroot   " << image->root << std::endl;
    return exit_ok;
  }
  linux_outputs files(request, env.out);
  guest_setup guest{.kernel = image->kernel,
                    .root = image->root,
                    .address = request.address.value_or(address_text(s.stack.addresses.front())),
                    .commands = request.run,
                    .arguments = request.kernel_arguments,
                    .silence = silence};
  if (!guest.commands && !env.in_is_terminal)
    guest.commands = std::string(std::istreambuf_iterator<char>(std::cin), {});
  const bool interactive = !guest.commands;

  const stop_signal stop;
  linux_machine machine(
      s, guest,
      [&env](std::span<const std::byte> text) {
        env.out.write(reinterpret_cast<const char*>(text.data()), static_cast<std::streamsize>(text.size()));
        env.out.flush();
      },
      &stop_signal::asked);
  event_hash hash;
  machine.events().add_consumer(hash);
  if (files.wire) machine.add_wire_tap([&files](const wire_passage& frame) { files.wire->add(frame); });
  if (files.vcd) machine.trace({files.vcd->temporary(), files.window.from, files.window.to, false, files.vcd->path()});

  linux_result result;
  {
    std::optional<linux_terminal> terminal;
    if (interactive) {
      env.err << "ringside: the guest's console; Ctrl-] ends the run\n";
      terminal.emplace();
    }
    result.outcome = machine.run([&](sim_time now) {
      if (files.wire) files.wire->settle(now - longest_passage);
      if (terminal && !terminal->step(now, [&machine](std::string_view text) { machine.type(text); }))
        result.interrupted = true;
      result.interrupted = result.interrupted || stop_signal::asked() || (files.wire && files.wire->failed());
      return !result.interrupted;
    });
  }
  result.interrupted = result.interrupted || stop_signal::asked();
  result.counters = machine.counters();
  result.breaches = machine.breaches();
  result.event_hash = hash.value();
  result.events = hash.events();
  if (files.log) {
    files.log->write(result.outcome.log);
    files.log->commit();
  }
  if (files.wire) files.wire->commit();
  if (files.vcd) files.vcd->commit();
  if (files.json) {
    files.json->write(linux_json(result, s));
    files.json->commit();
  }
  put(env.err, linux_report(result), "standard error");
  return status_of(result, env);
}

}  // namespace ringside::platform

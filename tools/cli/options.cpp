// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/options.h"

#include <CLI/CLI.hpp>

#include "platform/scenario/value_rule.h"

namespace ringside::platform {
namespace {

void add_lists(CLI::App& app, options& o) {
  app.add_flag("--list", o.list, "Print the bundled scenarios");
  app.add_flag("--list-keys", o.list_keys, "Print every scenario key with unit, default and source");
  app.add_flag("--version", o.version, "Print the version");
}

void add_run(CLI::App& run, options& o) {
  run.add_option("scenario", o.scenario, "Scenario file or bundled name")->type_name("SCENARIO");
  run.add_option("--set", o.settings, "Set a scenario key; may be repeated")
      ->type_name("KEY=VALUE")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  run.add_option("--nic", o.nic, "NIC behind the seam (default: the scenario's, rtl)")->type_name("rtl|model");
  run.add_option("--pcap", o.pcap, "Take the frames from a capture (-: standard input)")->type_name("FILE");
  run.add_option("--pcap-speed", o.pcap_speed, "Pace of the capture: original, line, <N>x, <N>pps, <N>Mb/s")
      ->type_name("SPEED");
  run.add_flag("--pcap-rewrite", o.pcap_rewrite,
               "Address the capture's frames to the machine: MAC, IPv4 addresses, checksums mended");
  run.add_option("--gen", o.gen, "Generate frames: size=N|N,N|N..N,rate=line|<N>pps|<N>Mb/s|<N>%,count=N,flows=N")
      ->type_name("KEY=VALUE,...");
  run.add_option("--seed", o.seed, "Seed of everything random")->type_name("N");
  run.add_option("--machine", o.machine,
                 "Of two machines, whom --pcap-out, --eeprom, --eeprom-out and --ethtool-* are about (default: "
                 "--pcap-out and --eeprom-out machine a, the others both)")
      ->type_name("a|b");
  run.add_option("--pcap-out", o.pcap_out, "Write what a tap at netif_receive_skb saw (-: standard output)")
      ->type_name("FILE");
  run.add_option("--pcap-wire", o.pcap_wire,
                 "Write what passed on the wire, both ways, as pcapng with FCS and direction")
      ->type_name("FILE");
  run.add_option("--tap", o.tap, "Connect the wire to a TAP interface of this computer, until run.time_limit or Ctrl-C")
      ->type_name("NAME");
  run.add_option("--tap-pace", o.tap_pace, "Simulated time is held to real time or runs free (default: real)")
      ->type_name("real|free");
  run.add_option("--vcd", o.vcd, "Write a waveform of RTL and software")->type_name("FILE");
  run.add_option("--fst", o.fst, "Write the waveform as FST (converted by vcd2fst)")->type_name("FILE");
  run.add_flag("--vcd-standard", o.vcd_standard,
               "In the waveform, words as vectors of letters: VCD of IEEE 1364 alone");
  run.add_option("--trace-window", o.trace_window,
                 "Part of the run in the waveform: 10us..20us, or STAGE:1us..5us around the first such event")
      ->type_name("WINDOW");
  run.add_option(
         "--journey", o.journey,
         "Print the journey of frame N, of one the machine made (made:N) or derived (derived:N); default: the first "
         "delivered; none: no journey")
      ->type_name("FRAME");
  run.add_flag("--stats", o.stats, "Print the network counters as ethtool, ip link and /proc/net show them");
  run.add_option("--ethtool-test", o.ethtool_test,
                 "When the traffic is over, run the driver's self-test and print it as ethtool(8) does")
      ->type_name("offline|online");
  run.add_flag("--ethtool-registers", o.ethtool_registers,
               "When the traffic is over, print the card's registers as ethtool(8) does");
  run.add_flag("--ethtool-eeprom", o.ethtool_eeprom,
               "When the traffic is over, print the card's EEPROM as ethtool(8) does");
  run.add_option("--eeprom", o.eeprom, "Image of the card's EEPROM, 128 bytes (default: made for nic.mac_address)")
      ->type_name("FILE");
  run.add_option("--eeprom-out", o.eeprom_out, "Write what the card's EEPROM holds at the end (-: standard output)")
      ->type_name("FILE");
  run.add_option("--json", o.json, "Write the results as JSON (-: standard output)")->type_name("FILE");
}

void add_regress(CLI::App& regress, regress_request& r) {
  regress.add_option("--seeds", r.seeds, "Seeds 1..N, or A..B (default: 50)")->type_name("N|A..B");
  regress.add_option("-j,--jobs", r.jobs, "Runs at a time (default: one for each CPU)")->type_name("N");
  regress.add_option("--nic", r.nic, "NIC behind the seam (default: rtl)")->type_name("rtl|model");
  regress.add_option("--junit", r.junit, "Write JUnit XML (-: standard output)")->type_name("FILE");
  regress.add_option("--json", r.json, "Write the results as JSON (-: standard output)")->type_name("FILE");
  regress.add_option("--keep-failing", r.keep_failing, "Leave stimulus, journey and waves of failing seeds")
      ->type_name("DIR");
}

void add_oracle(CLI::App& oracle, oracle_request& r) {
  oracle.add_option("--seeds", r.seeds, "Seeds 1..N, or A..B (default: 10)")->type_name("N|A..B");
  oracle.add_option("-j,--jobs", r.jobs, "Processes at a time, each with a QEMU (default: one for each CPU)")
      ->type_name("N");
  oracle.add_option("--frames", r.frames, "Frames of a seed, in and out, at least (default: what the seed says)")
      ->type_name("N");
  oracle.add_option("--nic", r.nic, "Cards to hold against QEMU's (default: both)")->type_name("rtl|model|both");
  oracle.add_option("--json", r.json, "Write the results as JSON (-: standard output)")->type_name("FILE");
  oracle.add_option("--qemu", r.qemu, "QEMU to compare with (default: qemu-system-x86_64)")->type_name("FILE");
}

void add_linux(CLI::App& guest, linux_request& r) {
  guest.add_option("scenario", r.scenario, "Scenario file or bundled name of two machines; a is the Linux one")
      ->type_name("SCENARIO");
  guest
      .add_option(
          "--set", r.settings,
          "Set a scenario key, of machine a (the Linux one) or b with machine.a. or machine.b.; may be repeated")
      ->type_name("KEY=VALUE")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  guest.add_option("--run", r.run, "Commands for the guest's shell; their exit status is ours (default: a console)")
      ->type_name("COMMANDS");
  guest.add_option("--nic", r.nic, "NIC behind the seam (default: the scenario's, rtl)")->type_name("rtl|model");
  guest
      .add_option("--address", r.address,
                  "Of the guest's eth0, with the prefix length; none: it is left alone (default: stack.address/24)")
      ->type_name("ADDRESS/N|none");
  guest.add_option("--kernel", r.kernel, "A User-Mode-Linux kernel that is built already")->type_name("FILE");
  guest
      .add_option("--kernel-source", r.kernel_source,
                  "Build the kernel from this tree or tarball (default: Debian's linux-source-6.1)")
      ->type_name("DIR|FILE");
  guest.add_option("--kernel-argument", r.kernel_arguments, "Further argument of the kernel; may be repeated")
      ->type_name("TEXT")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  guest.add_option("--rootfs", r.rootfs, "Root folder of the guest (default: made of Debian's packages)")
      ->type_name("DIR");
  guest.add_option("--cache", r.cache, "Where kernel and root folder are kept (default: ~/.cache/ringside)")
      ->type_name("DIR");
  guest.add_flag("--build-only", r.build_only, "Make kernel and root folder, print where they are, and end");
  guest.add_option("--seed", r.seed, "Seed of everything random")->type_name("N");
  guest.add_option("--vcd", r.vcd, "Write a waveform of RTL and software")->type_name("FILE");
  guest.add_option("--trace-window", r.trace_window, "Part of the run in the waveform: 10us..20us")
      ->type_name("WINDOW");
  guest
      .add_option("--pcap-wire", r.pcap_wire,
                  "Write what passed on the wire, both ways, as pcapng with FCS and direction")
      ->type_name("FILE");
  guest.add_option("--json", r.json, "Write the results as JSON (-: standard output)")->type_name("FILE");
  guest.add_option("--kernel-log", r.kernel_log, "Write what the guest's kernel says")->type_name("FILE");
  guest.add_option("--silence", r.silence, "Real time a running guest may be silent before it hangs (default: 60)")
      ->type_name("SECONDS");
}

}  // namespace

parsed_options parse_options(int argc, const char* const* argv) {
  parsed_options out;
  CLI::App app{"Ringside: co-simulation of a network card, from the wire to the socket and back", "ringside"};
  app.set_help_flag("-h,--help", "Print this help");
  add_lists(app, out.chosen);
  CLI::App* run = app.add_subcommand("run", "Run a scenario");
  add_lists(*run, out.chosen);
  add_run(*run, out.chosen);
  CLI::App* regress = app.add_subcommand("regress", "Run constrained-random seeds under checker and scoreboard");
  add_regress(*regress, out.chosen.regression);
  CLI::App* oracle =
      app.add_subcommand("oracle", "Compare the cards with QEMU's e1000 under random programs and frames");
  add_oracle(*oracle, out.chosen.comparison);
  CLI::App* guest = app.add_subcommand("linux", "Run a real Linux kernel with its own e1000 driver on the card");
  add_linux(*guest, out.chosen.guest);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    out.exit_status = 0;
    out.message = app.help();  // of the command given, under its whole name
    return out;
  } catch (const CLI::ParseError& error) {
    out.exit_status = 2;
    out.message = std::string("command line: ") + error.what() + "; allowed: see ringside " +
                  (regress->parsed()  ? "regress "
                   : oracle->parsed() ? "oracle "
                   : guest->parsed()  ? "linux "
                   : run->parsed()    ? "run "
                                      : "") +
                  "--help\n";
    return out;
  }
  out.chosen.run = run->parsed();
  out.chosen.regress = regress->parsed();
  out.chosen.oracle = oracle->parsed();
  out.chosen.linux_guest = guest->parsed();
  const options& o = out.chosen;
  if (o.run || o.regress || o.oracle || o.linux_guest || o.list || o.list_keys || o.version) return out;
  out.exit_status = argc > 1 ? 2 : 0;
  out.message = app.help();
  return out;
}

std::optional<gen_keys> split_gen(const std::string& text) {
  gen_keys out;
  for (const auto part : split(text, ',')) {
    const auto equals = part.find('=');
    if (equals == std::string_view::npos) {
      if (out.empty()) return std::nullopt;
      out.back().second += "," + std::string(part);  // size=64,128
      continue;
    }
    if (equals == 0) return std::nullopt;
    out.emplace_back("gen." + std::string(trimmed(part.substr(0, equals))), std::string(part.substr(equals + 1)));
  }
  return out;
}

}  // namespace ringside::platform

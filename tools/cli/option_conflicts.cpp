// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/option_conflicts.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace ringside::platform {
namespace {

/// What an option sets, by key.
struct set_by {
  std::string key;
  std::string option;
};

std::string key_of(const std::string& setting) {
  return std::string(trimmed(std::string_view(setting).substr(0, setting.find('='))));
}

std::vector<set_by> set_by_options(const options& o) {
  std::vector<set_by> out;
  if (o.pcap) {
    out.push_back({"wire.source", "--pcap"});
    out.push_back({"wire.pcap", "--pcap"});
  }
  if (o.pcap_speed) out.push_back({"wire.speed", "--pcap-speed"});
  if (o.pcap_rewrite) out.push_back({"wire.rewrite", "--pcap-rewrite"});
  if (o.gen) {
    out.push_back({"wire.source", "--gen"});
    for (const auto& [key, text] : split_gen(*o.gen).value_or(gen_keys{})) out.push_back({key, "--gen"});
  }
  if (o.tap) out.push_back({"run.end", "--tap"});
  if (o.nic) out.push_back({"nic.kind", "--nic"});
  if (o.seed) out.push_back({"run.seed", "--seed"});
  const std::string of = key_prefix(o);
  if (o.eeprom) out.push_back({of + "nic.eeprom", "--eeprom"});
  if (o.ethtool_test) out.push_back({of + "ethtool.test", "--ethtool-test"});
  if (o.ethtool_registers) out.push_back({of + "ethtool.registers", "--ethtool-registers"});
  if (o.ethtool_eeprom) out.push_back({of + "ethtool.eeprom", "--ethtool-eeprom"});
  return out;
}

[[noreturn]] void refuse_pair(const std::string& first, const std::string& second, const std::string& key) {
  throw input_error(fmt_error(second, 0, key, "is set by " + first + " already", "one of the two"));
}

}  // namespace

std::string key_prefix(const options& chosen) {
  return chosen.machine ? "machine." + *chosen.machine + "." : "";
}

void refuse_machine(const options& chosen, bool of_two_machines) {
  if (!chosen.machine) return;
  if (*chosen.machine != "a" && *chosen.machine != "b")
    throw input_error(fmt_error("--machine", 0, "machine", "'" + *chosen.machine + "' is not allowed", "a or b"));
  if (!of_two_machines)
    throw input_error(fmt_error("--machine", 0, "machine " + *chosen.machine, "there is one machine",
                                "in a scenario of two, such as ping_pong"));
  if (!chosen.pcap_out && !chosen.eeprom && !chosen.eeprom_out && !chosen.ethtool_test && !chosen.ethtool_registers &&
      !chosen.ethtool_eeprom)
    throw input_error(fmt_error("--machine", 0, "machine " + *chosen.machine, "nothing is asked of it",
                                "with --pcap-out, --eeprom, --eeprom-out or --ethtool-*"));
}

void refuse_conflicts(const options& chosen) {
  if (chosen.pcap && chosen.gen)
    throw input_error(fmt_error("--gen", 0, "frames", "come from --pcap already", "one of the two"));
  const std::vector<set_by> all = set_by_options(chosen);
  for (auto one = all.begin(); one != all.end(); ++one)
    for (auto other = all.begin(); other != one; ++other)
      if (one->key == other->key) refuse_pair(other->option, one->option, one->key);
  for (const std::string& setting : chosen.settings)
    for (const set_by& one : all)
      if (key_of(setting) == one.key) refuse_pair(one.option, "--set", one.key);
}

void refuse_pointless(const options& chosen, const scenario& s) {
  if (chosen.tap_pace && !chosen.tap)
    throw input_error(fmt_error("--tap-pace", 0, "TAP interface", "there is none", "with --tap"));
  if (chosen.tap && !s.peers.empty())
    throw input_error(fmt_error("--tap", 0, "wire", "is a cable to the other machine", "one machine"));
  if (s.wire.source == wire_source::pcap) return;
  const auto refuse = [](const char* option) {
    throw input_error(fmt_error(option, 0, "capture", "there is none", "with --pcap, or wire.source = pcap"));
  };
  if (chosen.pcap_rewrite) refuse("--pcap-rewrite");
  if (chosen.pcap_speed) refuse("--pcap-speed");
  for (const std::string& setting : chosen.settings)
    if (key_of(setting) == "wire.pcap") refuse("--set wire.pcap");
}

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
#include "platform/scenario/loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "platform/scenario/bundled.h"
#include "platform/scenario/eeprom_file.h"
#include "platform/scenario/reconfigure_actions.h"
#include "platform/scenario/validate.h"

namespace ringside::platform {
namespace {

constexpr std::string_view machine_prefix = "machine.";

/// One run, one cable: there is one value for both machines.
bool concerns_both(std::string_view key) {
  return key.starts_with("run.") || key == "cable.length_m" || key == "cable.phy_ns" || key == "cable.flaps" ||
         key == "wire.link_mbps";
}

bool may_stand_on_cable(std::string_view key) {
  return key == "wire.link_mbps" || key == "wire.start";
}

}  // namespace

std::string fmt_error(std::string_view file, std::uint_least32_t line, std::string_view key, std::string_view got,
                      std::string_view allowed_text) {
  const std::string where = line == 0 ? std::string(file) : fmt::format("{}:{}", file, line);
  return fmt::format("{}: {}: {}; allowed: {}", where, key, got, allowed_text);
}

scenario_loader::scenario_loader(std::vector<cost_key> costs, std::vector<std::string> rules)
    : costs_(std::move(costs)), rules_(std::move(rules)) {
  scenario_.name = "default";
  for (const auto rows : {hardware_rows(), cable_rows(), sysctl_rows(), software_rows()})
    for (const key_row& row : rows) {
      const auto parsed = parse(row.rule, row.default_text);
      if (!parsed) throw std::logic_error(fmt::format("default of {} is not allowed by its own rule", row.path));
      row.store(scenario_, *parsed);
    }
}

void scenario_loader::apply_file(const std::string& file) {
  const std::filesystem::path path(file);
  apply_entries(read_toml(file), file, path.parent_path().string());
  scenario_.name = path.stem().string();
}

void scenario_loader::apply_named(const std::string& typed) {
  if (std::error_code none; std::filesystem::exists(typed, none)) return apply_file(typed);
  const bundled_scenario& found = find_bundled(typed);
  apply_entries(read_toml_text(found.text, found.origin()), found.origin(), {});
  scenario_.name = found.name;
}

void scenario_loader::apply_entries(const std::vector<toml_entry>& entries, const std::string& origin,
                                    const std::string& folder) {
  file_ = origin;
  for (const bool of_one_machine : {false, true})
    for (const toml_entry& entry : entries) {
      if (entry.path.starts_with(machine_prefix) != of_one_machine) continue;
      if (entry.path == "description") {
        scenario_.description = entry.text;
        continue;
      }
      std::string text = entry.text;
      // A capture or an image beside its scenario is named relative to it; - is standard input.
      const bool is_file = entry.path == "wire.pcap" || entry.path.ends_with("nic.eeprom");
      if (is_file && !text.empty() && text != "-" && std::filesystem::path(text).is_relative())
        text = (std::filesystem::path(folder) / text).string();
      apply_at(entry.path, text, {origin, entry.line});
    }
}

void scenario_loader::apply(const std::string& path, const std::string& text, const std::string& origin) {
  apply_at(path, text, {origin, 0});
}

void scenario_loader::apply_setting(const std::string& setting) {
  const auto equals = setting.find('=');
  if (equals == std::string::npos)
    throw input_error(fmt_error("--set " + setting, 0, setting, "no value", "key.path=value"));
  apply(std::string(trimmed(std::string_view(setting).substr(0, equals))), setting.substr(equals + 1), "--set");
}

void scenario_loader::apply_at(const std::string& path, const std::string& text, const place& at) {
  std::string key = path;
  const std::vector<scenario*> to = targets_of(path, key, at);
  apply_key(key, text, at, path, to);
  std::erase_if(places_, [&path](const auto& known) { return known.first == path; });
  places_.emplace_back(path, at);
}

// Whom a key is about; cuts the machine off it.
std::vector<scenario*> scenario_loader::targets_of(const std::string& path, std::string& key, const place& at) {
  std::vector<scenario*> all{&scenario_};
  for (scenario& peer : peers_) all.push_back(&peer);
  if (!path.starts_with(machine_prefix)) return all;
  const std::string_view rest = std::string_view(path).substr(machine_prefix.size());
  if (!rest.starts_with("a.") && !rest.starts_with("b."))
    throw input_error(fmt_error(at.origin, at.line, path, "unknown machine", "machine.a and machine.b"));
  key = rest.substr(2);
  if (concerns_both(key))
    throw input_error(fmt_error(at.origin, at.line, path, "concerns both machines", key + " without a machine"));
  if (peers_.empty()) {
    peers_.push_back(scenario_);
    peers_.front().machine = 1;
  }
  return {rest.front() == 'a' ? &scenario_ : &peers_.front()};
}

void scenario_loader::apply_key(const std::string& key, const std::string& text, const place& at,
                                const std::string& path, std::span<scenario* const> to) {
  if (key.starts_with("cost.")) return apply_cost(key, text, at, path, to);
  const key_row* row = find_key(key);
  if (row == nullptr) {
    const std::string nearest = nearest_path(key, costs_);
    const std::string hint = nearest.empty() ? "" : fmt::format(" (did you mean {}?)", nearest);
    throw input_error(fmt_error(at.origin, at.line, path, "unknown key" + hint, "the keys of --list-keys"));
  }
  const auto parsed = parse(row->rule, text);
  if (!parsed) {
    const std::string_view bad = row->rule.kind == value_kind::actions ? first_bad_action(text) : text;
    reject(path, bad, allowed(row->rule), at);
  }
  if (key == "checker.off") check_rules(parsed->names, at);
  for (scenario* one : to) row->store(*one, *parsed);
}

void scenario_loader::check_rules(const std::vector<std::string>& names, const place& at) const {
  if (rules_.empty()) return;
  for (const std::string& name : names) {
    if (std::find(rules_.begin(), rules_.end(), name) != rules_.end()) continue;
    reject("checker.off", name, fmt::format("{}", fmt::join(rules_, ", ")), at);
  }
}

void scenario_loader::apply_cost(const std::string& key, const std::string& text, const place& at,
                                 const std::string& path, std::span<scenario* const> to) {
  const std::string name = key.substr(5);
  bool known = false;
  for (const cost_key& cost : costs_) known = known || cost.name == name;
  if (!known) {
    const std::string nearest = nearest_path(key, costs_);
    const std::string hint = nearest.empty() ? "" : fmt::format(" (did you mean {}?)", nearest);
    throw input_error(fmt_error(at.origin, at.line, path, "unknown operation" + hint, "the cost keys of --list-keys"));
  }
  const auto parsed = parse(cost_rule(), text);
  if (!parsed) reject(path, text, allowed(cost_rule()), at);
  for (scenario* one : to) {
    std::erase_if(one->cost, [&name](const auto& set) { return set.first == name; });
    one->cost.emplace_back(name, static_cast<std::uint32_t>(parsed->number));
  }
}

void scenario_loader::reject(std::string_view path, std::string_view text, std::string_view allowed_text,
                             const place& at) const {
  throw input_error(fmt_error(at.origin, at.line, path, fmt::format("'{}' is not allowed", text), allowed_text));
}

scenario scenario_loader::finish() const {
  refuse_contradictions(scenario_);
  for (const scenario& peer : peers_) refuse_contradictions(peer);
  refuse_on_cable();
  refuse_idle_capture();
  scenario out = scenario_;
  out.peers = peers_;
  load_eeprom(out);
  for (scenario& peer : out.peers) load_eeprom(peer);
  if (!out.peers.empty() && out.peers.front().nic.mac_address == out.nic.mac_address)
    throw input_error(fmt_error(file_, 0, "nic.mac_address", "both machines have the same", "one for each machine"));
  const auto trim = [](scenario& s) {
    const std::uint64_t existing = (std::uint64_t{1} << s.cpu.count) - 1;
    s.cpu.irq_affinity &= existing;
    s.cpu.task_affinity &= existing;
  };
  trim(out);
  for (scenario& peer : out.peers) trim(peer);
  return out;
}

// The image has an address of its own.
void scenario_loader::load_eeprom(scenario& s) const {
  if (s.nic.eeprom.empty()) return;
  const std::string own = fmt::format("{}{}.", machine_prefix, machine_letter(s.machine));
  const auto said = [&](const char* key) {
    const auto of_this_machine =
        std::find_if(places_.begin(), places_.end(), [&](const auto& known) { return known.first == own + key; });
    if (of_this_machine != places_.end()) return of_this_machine;
    return std::find_if(places_.begin(), places_.end(), [&](const auto& known) { return known.first == key; });
  };
  const auto image = said("nic.eeprom"), address = said("nic.mac_address");
  s.nic.eeprom_image = read_eeprom_file(s.nic.eeprom, image->second.origin);
  const auto refuse = [&](const std::string& got, const char* allowed_text) {
    throw input_error(fmt_error(image->second.origin, image->second.line, s.nic.eeprom, got, allowed_text));
  };
  std::uint32_t sum = 0;
  for (const std::uint16_t word : *s.nic.eeprom_image) sum += word;
  if ((sum & 0xFFFF) != tlm::eeprom_sum)
    refuse(fmt::format("its words add up to {:04x}", sum & 0xFFFF), "baba, or no driver takes the card (E-3)");
  if (const std::uint64_t mac = tlm::address_of(*s.nic.eeprom_image); mac == 0 || (mac & 1) != 0)
    refuse("its words 0 to 2 are no station's address", "an individual address");
  const auto typed = s.nic.mac_address;
  for (std::size_t i = 0; i < typed.size(); ++i)
    s.nic.mac_address[i] = static_cast<std::uint8_t>((*s.nic.eeprom_image)[i / 2] >> (8 * (i % 2)));
  if (address != places_.end() && typed != s.nic.mac_address)
    throw input_error(fmt_error(address->second.origin, address->second.line, "nic.mac_address",
                                "is not the address in " + s.nic.eeprom, "one of the two keys"));
}

void scenario_loader::refuse_contradictions(const scenario& s) const {
  const auto found = find_conflict(s);
  if (!found) return;
  std::string key = found->key;
  place at{file_, 0};
  const std::string own = fmt::format("{}{}.{}", machine_prefix, machine_letter(s.machine), key);
  for (const auto& [path, where] : places_) {
    if (path != found->key && path != own) continue;
    if (path == own) key = own;
    at = where;
  }
  const std::string where = at.line == 0 ? at.origin : fmt::format("{}:{}", at.origin, at.line);
  throw input_error(fmt::format("{}: {}: {}", where, key, found->message));
}

// What two machines on a cable cannot have, and what only they can.
void scenario_loader::refuse_on_cable() const {
  for (const auto& [path, at] : places_) {
    const bool of_one = path.starts_with(machine_prefix);
    const std::string key = of_one ? path.substr(machine_prefix.size() + 2) : path;
    if (peers_.empty() && key.starts_with("cable."))
      throw input_error(
          fmt_error(at.origin, at.line, path, "there is no second machine", "with machine.a and machine.b"));
    const bool of_traffic = key.starts_with("gen.") || (key.starts_with("wire.") && !may_stand_on_cable(key));
    if (!peers_.empty() && of_traffic)
      throw input_error(fmt_error(at.origin, at.line, path, "the wire is a cable: frames come from the other machine",
                                  "wire.link_mbps and wire.start"));
  }
  if (peers_.empty()) return;
  const scenario& other = peers_.front();
  if (own_address(other) == own_address(scenario_))
    throw input_error(fmt_error(file_, 0, "stack.address", "both machines have the same", "one for each machine"));
}

// A capture beside a generator chosen on purpose may wait for its turn; one that nothing was said about may not.
void scenario_loader::refuse_idle_capture() const {
  const auto said = [this](const char* key) {
    return std::find_if(places_.begin(), places_.end(), [key](const auto& known) { return known.first == key; });
  };
  const auto capture = said("wire.pcap");
  if (capture == places_.end() || scenario_.wire.pcap.empty() || said("wire.source") != places_.end()) return;
  throw input_error(fmt_error(capture->second.origin, capture->second.line, "wire.pcap", "is not what the wire sends",
                              "with wire.source = pcap"));
}

scenario load_scenario(const std::string& typed, std::span<const std::string> settings, std::vector<cost_key> costs) {
  scenario_loader loader(std::move(costs));
  if (!typed.empty()) loader.apply_named(typed);
  for (const std::string& setting : settings) loader.apply_setting(setting);
  return loader.finish();
}

}  // namespace ringside::platform

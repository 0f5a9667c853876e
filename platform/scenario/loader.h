// SPDX-License-Identifier: Apache-2.0
// Builds a scenario from defaults, a file and settings of the command line, or says in one line what is wrong.
//
// Called by the command line, the bench and tests.
#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "platform/scenario/key_table.h"
#include "platform/scenario/scenario.h"
#include "platform/scenario/toml_file.h"

namespace ringside::platform {

/// Bad input of the user: what() is one line naming file, key and allowed values; exit status 2.
class input_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// "FILE:LINE: KEY: GOT; allowed: ALLOWED" (line 0: left out).
std::string fmt_error(std::string_view file, std::uint_least32_t line, std::string_view key, std::string_view got,
                      std::string_view allowed_text);

/// A key machine.a.KEY or machine.b.KEY is of one of two machines on a cable, any other of all there are; in a file
/// those of one machine come last.
class scenario_loader {
 public:
  /// Starts from the defaults of the key table; `costs` are the names that `cost.NAME` may have, `rules` the ids
  /// checker.off may name (empty: any).
  explicit scenario_loader(std::vector<cost_key> costs = {}, std::vector<std::string> rules = {});

  /// Applies a scenario file; later calls win.  Throws input_error.
  void apply_file(const std::string& file);
  /// Applies what the user typed: an existing file, else a bundled scenario.  Throws input_error.
  void apply_named(const std::string& typed);
  /// Applies one setting, "driver.mtu" "9000"; `origin` names it in errors, e.g. "--set driver.mtu=9000".
  void apply(const std::string& path, const std::string& text, const std::string& origin);
  /// Applies "key.path=value" of a --set.
  void apply_setting(const std::string& setting);
  /// A key has named a machine.
  bool of_two_machines() const { return !peers_.empty(); }
  /// Checks keys against each other and hands out the scenario.  Throws input_error.
  scenario finish() const;

 private:
  struct place {
    std::string origin;
    std::uint_least32_t line = 0;
  };

  void apply_entries(const std::vector<toml_entry>& entries, const std::string& origin, const std::string& folder);
  void apply_at(const std::string& path, const std::string& text, const place& at);
  void apply_key(const std::string& key, const std::string& text, const place& at, const std::string& path,
                 std::span<scenario* const> to);
  std::vector<scenario*> targets_of(const std::string& path, std::string& key, const place& at);
  void refuse_contradictions(const scenario& s) const;
  void refuse_on_cable() const;
  void refuse_idle_capture() const;
  void load_eeprom(scenario& s) const;
  void check_rules(const std::vector<std::string>& names, const place& at) const;
  void apply_cost(const std::string& key, const std::string& text, const place& at, const std::string& path,
                  std::span<scenario* const> to);
  [[noreturn]] void reject(std::string_view path, std::string_view text, std::string_view allowed_text,
                           const place& at) const;

  scenario scenario_;
  std::vector<scenario> peers_;    // machine b, when a key has named a machine
  std::string file_ = "scenario";  // the file applied last
  std::vector<cost_key> costs_;
  std::vector<std::string> rules_;
  std::vector<std::pair<std::string, place>> places_;  // where each key was last set
};

/// Defaults, then the file or bundled scenario (if any), then "key=value" settings.
scenario load_scenario(const std::string& typed, std::span<const std::string> settings,
                       std::vector<cost_key> costs = {});

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
// Collects breaches and remembers the last actions of both sides, so that a breach can tell how it came about.
//
// Owned by the checker; every rule reports here.  A rule that is switched off costs its judgement and reports nothing.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "contract/breach.h"
#include "contract/config.h"

namespace ringside::contract {

class breach_log {
 public:
  /// What a breach concerns; every part is optional.
  struct subject {
    frame_id frame = 0;
    std::int64_t descriptor = breach::no_descriptor;
    std::uint64_t address = 0;
  };
  static constexpr std::size_t kept_actions = 4;    // of each side
  static constexpr std::size_t kept_breaches = 64;  // further ones are only counted

  breach_log(std::uint8_t nic, const rule_set& off) : nic_(nic), off_(off) {}

  /// Remembers an action of one side; called once per event.  The event must stay where it is until keep().
  void note(const event& e) {
    ring& side = e.from == origin::cpu ? driver_ : hardware_;
    side.actions[side.count++ % kept_actions] = &e;
  }
  /// Copies what is still remembered of the events noted: few of a whole stretch.
  void keep() {
    hardware_.keep();
    driver_.keep();
  }
  /// Rule `broken` was broken at `time`.
  void trip(rule broken, sim_time time, std::string sentence, const subject& about);

  const std::vector<breach>& breaches() const { return breaches_; }
  std::uint64_t count() const { return count_; }

 private:
  struct ring {
    std::array<const event*, kept_actions> actions{};
    std::array<event, kept_actions> copies;
    std::size_t count = 0;
    void keep();
    std::vector<event> in_order() const;
  };

  std::uint8_t nic_;
  rule_set off_;
  ring hardware_;
  ring driver_;
  std::vector<breach> breaches_;
  std::uint64_t count_ = 0;
};

}  // namespace ringside::contract

// SPDX-License-Identifier: Apache-2.0
// What the comparison of one seed gave, as a child process hands it to the one that asked.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ringside::oracle {

struct seed_outcome {
  std::uint64_t seed = 0;
  std::vector<std::string> differences;           // that nobody explains; what went wrong with the run as well
  std::map<std::string, std::uint64_t> forgiven;  // uses by id
  std::map<std::string, std::uint64_t> accesses;  // by card
  std::uint64_t offered = 0;                      // frames towards the cards
  std::uint64_t received = 0;                     // of these, stored by QEMU
  std::uint64_t sent = 0;                         // frames out, QEMU's

  bool agreed() const { return differences.empty(); }
};

std::string to_text(const std::vector<seed_outcome>& outcomes);
/// Throws std::runtime_error where it is no such text.
std::vector<seed_outcome> outcomes_from(const std::string& text);

}  // namespace ringside::oracle

// SPDX-License-Identifier: Apache-2.0
#include "tests/mutants/mutant.h"

#include <algorithm>

#include "mutant_table.h"

namespace ringside::mutant {
namespace {
unsigned active_number = 0;
}

bool select(std::string_view name) {
  active_number = 0;
  if (name.empty() || name == "none") return true;
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return false;
  active_number = static_cast<unsigned>(found - names.begin()) + 1;
  return true;
}

unsigned selected() {
  return active_number;
}

}  // namespace ringside::mutant

/// The RTL's question (ringside_mutant_pkg.sv).
extern "C" unsigned ringside_mutant_selected() {
  return ringside::mutant::selected();
}

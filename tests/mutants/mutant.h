// SPDX-License-Identifier: Apache-2.0
// Which planted defect is active in an instrumented build: its number, 0 for none.
//
// Only instrumented copies of sources (plant.py) ask; the selection is made once, by --mutant (main.cpp) before
// anything runs, and never changes.
#pragma once

#include <string_view>

namespace ringside::mutant {

/// Selects by name; "" or "none" selects none.  False when there is no such defect.
bool select(std::string_view name);
/// Number of the active defect.
unsigned selected();
inline bool active(unsigned number) {
  return selected() == number;
}

}  // namespace ringside::mutant

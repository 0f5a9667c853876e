// SPDX-License-Identifier: Apache-2.0
// How much of what could go on for ever a run does: little in every run of the tests, more in those labelled full.
#pragma once

#include <cstdlib>

namespace ringside::rtl_test {

/// `few`, or `many` where ctest sets RINGSIDE_FULL (rtl/NAME_full).
inline unsigned rounds(unsigned few, unsigned many) {
  return std::getenv("RINGSIDE_FULL") != nullptr ? many : few;
}

}  // namespace ringside::rtl_test

// SPDX-License-Identifier: Apache-2.0
// FS 6.10: which of the six counters by size a frame goes to, PRC64..PRC1522 and PTC64..PTC1522.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "common/ethernet.h"

namespace ringside::oracle {

using size_counters = std::array<std::uint32_t, 6>;  // their offsets

/// `length` DA..FCS; none below 64.
inline std::optional<std::uint32_t> bin_of(const size_counters& counters, std::size_t length) {
  constexpr std::array<std::size_t, 5> last{64, 127, 255, 511, 1023};
  if (length < ethernet::least_frame) return std::nullopt;
  const auto found = std::find_if(last.begin(), last.end(), [length](std::size_t most) { return length <= most; });
  return counters[static_cast<std::size_t>(found - last.begin())];
}

}  // namespace ringside::oracle

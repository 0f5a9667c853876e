// SPDX-License-Identifier: Apache-2.0
// Which seeds a regression runs: "50" is 1..50, "7..9" is 7, 8 and 9.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ringside::platform {

struct seed_range {
  std::uint64_t first = 1;
  std::uint64_t last = 1;

  std::uint64_t count() const { return last - first + 1; }
};

/// A whole number that fits 63 bits, digits only; nothing for anything else.
std::optional<std::uint64_t> plain_number(std::string_view text);

/// Nothing when the text is no range of 1..1,000,000 seeds from 1 on.
std::optional<seed_range> parse_seed_range(std::string_view text);

}  // namespace ringside::platform

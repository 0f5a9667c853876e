// SPDX-License-Identifier: Apache-2.0
// What a cable does to a frame (event::a of stage::cable_fault).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace ringside {

enum class cable_fault : std::uint8_t {
  loss,       // it does not arrive
  duplicate,  // it arrives twice
  corrupt,    // one of its bits is changed
  reorder,    // it is held back, and later frames overtake it
  delay,      // it comes late, and later frames behind it
  cut,        // its sender was reset before a byte behind the delimiter was out: nothing arrives
  unplugged,  // the cable was not plugged in while it was under way: nothing arrives
  broken,     // the cable was pulled out while it arrived: its first bytes do
  count
};
inline constexpr std::array<std::string_view, static_cast<std::size_t>(cable_fault::count)> cable_fault_names{
    "loss", "duplicate", "corrupt", "reorder", "delay", "cut", "unplugged", "broken"};

}  // namespace ringside

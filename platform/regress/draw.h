// From a seed to a scenario: own distributions, so that a seed is the same run everywhere.
//
// Called by seed_run.cpp.  Everything is drawn as scenario keys and goes through the loader like a user's file: what is
// run is what scenario.toml of a failing seed says.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "common/rng.h"
#include "platform/scenario/scenario.h"

namespace ringside::platform {

/// What a seed is after; each makes its own corner likely, none excludes the others' stimulus.
enum class temper : std::uint8_t {
  ordinary,  // a bit of everything
  flood,     // more frames than CPU, ring or FIFO can take
  jumbo,     // MTU above 1500
  chains,    // buffers smaller than the frames
  timers,    // RDTR, RADV and ITR between sparse frames
  count
};
std::string_view name(temper t);

struct drawn_run {
  std::uint64_t seed = 0;
  temper mood = temper::ordinary;
  std::vector<std::pair<std::string, std::string>> keys;
  scenario plan;
};

/// `nic` is the value of nic.kind.
drawn_run draw_run(std::uint64_t seed, const std::string& nic);

/// The drawn keys as a scenario file.
std::string as_toml(const drawn_run& run);

/// Weighted choice: index of a weight, in proportion.
template <std::size_t N>
std::size_t weighted(rng& random, const std::uint32_t (&weights)[N]) {
  std::uint32_t total = 0;
  for (const std::uint32_t weight : weights) total += weight;
  std::uint32_t draw = random.below(total);
  std::size_t index = 0;
  while (draw >= weights[index]) draw -= weights[index++];
  return index;
}

}  // namespace ringside::platform

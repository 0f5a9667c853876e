// Simulated time: one exact timebase for hardware and software.
//
// Times are integer picoseconds.  Clock edges are computed from cycle counts as rationals, never accumulated, so
// that a 66 MHz edge stays exact to the picosecond after any number of cycles.
#pragma once

#include <cstdint>
#include <limits>

namespace ringside {

/// Simulated time in picoseconds since power-on; also used for differences, which may be negative.
using sim_time = std::int64_t;

inline constexpr sim_time time_never = std::numeric_limits<sim_time>::max();
inline constexpr sim_time ps = 1;
inline constexpr sim_time ns = 1'000;
inline constexpr sim_time us = 1'000'000;
inline constexpr sim_time ms = 1'000'000'000;
inline constexpr sim_time second = 1'000'000'000'000;

/// A free-running clock of `hz_numerator / hz_denominator` Hz whose edge 0 is at time 0.
class clock_domain {
 public:
  __extension__ using wide = __int128;

  constexpr clock_domain(std::int64_t hz_numerator, std::int64_t hz_denominator = 1)
      : numerator_(hz_numerator),
        denominator_(hz_denominator),
        whole_period_(static_cast<wide>(second) * hz_denominator % hz_numerator == 0
                          ? static_cast<sim_time>(static_cast<wide>(second) * hz_denominator / hz_numerator)
                          : 0) {}

  /// Time of edge `n`, rounded down to a picosecond.
  constexpr sim_time edge(std::int64_t n) const {
    if (whole_period_ != 0) return n * whole_period_;
    return static_cast<sim_time>(static_cast<wide>(n) * second * denominator_ / numerator_);
  }

  /// Number of the first edge at or after `t` (t >= 0).
  constexpr std::int64_t edge_at_or_after(sim_time t) const {
    if (whole_period_ != 0) return (t + whole_period_ - 1) / whole_period_;
    auto n = static_cast<std::int64_t>(static_cast<wide>(t) * numerator_ / (static_cast<wide>(second) * denominator_));
    while (edge(n) < t) ++n;
    return n;
  }

  /// Time of the first edge at or after `t`.
  constexpr sim_time align_up(sim_time t) const { return edge(edge_at_or_after(t)); }

 private:
  std::int64_t numerator_;
  std::int64_t denominator_;
  sim_time whole_period_;  // exact period, or 0 when it is no whole number of picoseconds
};

}  // namespace ringside

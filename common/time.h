// SPDX-License-Identifier: Apache-2.0
// Simulated time: one exact timebase for hardware and software.
//
// Times are integer picoseconds.  Clock edges are computed from cycle counts as rationals, never accumulated, so
// that a 66 MHz edge stays exact to the picosecond after any number of cycles.
#pragma once

#include <algorithm>
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
      : hz_numerator_(hz_numerator), hz_denominator_(hz_denominator) {
    const wide time = static_cast<wide>(second) * hz_denominator;
    wide divisor = time;
    for (wide rest = hz_numerator; rest != 0;) {
      const wide next = divisor % rest;
      divisor = rest;
      rest = next;
    }
    time_ = time / divisor;
    cycles_ = static_cast<std::int64_t>(hz_numerator / divisor);
    const wide most = std::numeric_limits<std::int64_t>::max() / std::max(time_, static_cast<wide>(cycles_)) - 1;
    short_below_ = static_cast<std::int64_t>(most);
    short_time_ = most > 0 ? static_cast<std::int64_t>(time_) : 1;
  }

  /// Its rate as it was given.
  constexpr std::int64_t hz_numerator() const { return hz_numerator_; }
  constexpr std::int64_t hz_denominator() const { return hz_denominator_; }

  /// The same edges.
  friend constexpr bool operator==(const clock_domain& a, const clock_domain& b) {
    return a.time_ == b.time_ && a.cycles_ == b.cycles_;
  }

  /// Time of edge `n` (n >= 0), rounded down to a picosecond.
  constexpr sim_time edge(std::int64_t n) const {
    if (n < short_below_) return cycles_ == 1 ? n * short_time_ : n * short_time_ / cycles_;
    return static_cast<sim_time>(n * time_ / cycles_);
  }

  /// Number of the first edge at or after `t` (t >= 0).
  constexpr std::int64_t edge_at_or_after(sim_time t) const {
    // edge(n) >= t means n * time_ / cycles_ >= t, rounded or not, since t is a whole number.
    if (cycles_ == 1 && short_below_ > 0) return t / short_time_ + (t % short_time_ != 0 ? 1 : 0);
    if (t < short_below_) return (t * cycles_ + short_time_ - 1) / short_time_;
    return static_cast<std::int64_t>((t * cycles_ + time_ - 1) / time_);
  }

  /// Time of the first edge at or after `t`.
  constexpr sim_time align_up(sim_time t) const { return edge(edge_at_or_after(t)); }

 private:
  // `cycles_` periods last exactly `time_` picoseconds; the two have no common divisor.
  wide time_ = 0;
  std::int64_t cycles_ = 0;
  std::int64_t short_time_ = 0;   // time_, where 64 bits suffice
  std::int64_t short_below_ = 0;  // products with numbers below it fit 64 bits
  std::int64_t hz_numerator_ = 0;
  std::int64_t hz_denominator_ = 1;
};

}  // namespace ringside

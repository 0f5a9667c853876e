// SPDX-License-Identifier: Apache-2.0
// Signals of one part of a VCD file that C++ code drives: names in scopes, values in time.
//
// Owned by the software's state (software_signals.h) and read by the waveform writer.  Changes may be told out of order
// within what was not taken yet: a transaction is known when it ends and drawn from its start.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/time.h"

namespace ringside::platform {

class vcd_signals {
 public:
  using id = std::size_t;

  /// `standard`: only what IEEE 1364-2005 18.2 knows, which has no strings: a word is a vector of its letters' bits.
  explicit vcd_signals(bool standard = false) : standard_(standard) {}

  // ---- declaration, before the first change ----
  void open_scope(std::string_view name);
  void close_scope();
  /// `bits` wide, 1..64; begins with 0.
  id number(std::string_view name, unsigned bits);
  /// A word without blanks, 32 letters at most (VCD type string, as GTKWave and its FST have it; the standard's way: a
  /// vector of 8 bits a letter, the last one lowest, as a string literal of Verilog is); begins with "-".
  id word(std::string_view name);
  /// A moment without length (VCD type event).
  id moment(std::string_view name);

  // ---- changes; what comes too late happens at the settled time ----
  void set(id signal, std::uint64_t value, sim_time t);
  void set(id signal, std::string_view text, sim_time t);
  void happen(id signal, sim_time t);

  // ---- as text ----
  /// Scope and variable declarations.  Every identifier code begins with `prefix`.
  std::string header(std::string_view prefix);
  /// All values as of the last take_next().
  std::string all_values() const;
  /// Time of the next change not taken; time_never when there is none.
  sim_time next_change() const { return changes_.empty() ? time_never : changes_.begin()->first; }
  /// Applies the changes of next_change() and returns their lines; values that stay the same make none.
  std::string take_next();
  /// Everything before `t` has been taken and cannot be changed any more.
  void settle(sim_time t) { settled_ = t; }

 private:
  enum class kind : std::uint8_t { number, word, moment };
  struct variable {
    std::string name;
    kind what;
    unsigned bits;
    std::string code;
    std::string value;  // as written: "0", "b101 ", "sidle "
  };
  struct declaration {
    enum class step : std::uint8_t { open, close, signal } what;
    std::string scope;
    id signal = 0;
  };
  struct change {
    id signal;
    std::string value;
  };

  id declare(std::string_view name, kind what, unsigned bits, std::string value);
  std::string value_of_word(std::string_view text) const;
  void add(id signal, std::string value, sim_time t);

  const bool standard_;
  std::vector<variable> signals_;
  std::vector<declaration> declarations_;
  std::multimap<sim_time, change> changes_;  // changes of one instant stay in the order they were told
  sim_time settled_ = 0;
};

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
// A set of stages, made when the program is compiled: what a consumer of the event stream cares for.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "common/event.h"

namespace ringside {

class stage_set {
 public:
  constexpr stage_set() = default;
  constexpr stage_set(std::initializer_list<stage> stages) {
    for (const stage s : stages) add(s);
  }
  constexpr void add(stage s) { words_[word_of(s)] |= bit_of(s); }
  constexpr bool has(stage s) const { return (words_[word_of(s)] & bit_of(s)) != 0; }
  constexpr stage_set operator|(const stage_set& other) const {
    stage_set both = *this;
    for (std::size_t i = 0; i < words; ++i) both.words_[i] |= other.words_[i];
    return both;
  }

 private:
  static constexpr std::size_t bits = 64;
  static constexpr std::size_t words = 4;
  static_assert(static_cast<std::size_t>(stage::count) <= bits * words, "one bit per stage");

  static constexpr std::size_t word_of(stage s) { return static_cast<std::size_t>(s) / bits; }
  static constexpr std::uint64_t bit_of(stage s) { return std::uint64_t{1} << static_cast<std::size_t>(s) % bits; }

  std::array<std::uint64_t, words> words_{};
};

/// Every stage of which `wanted(stage)` holds.
template <class predicate>
consteval stage_set stages_where(predicate wanted) {
  stage_set out;
  for (std::size_t i = 0; i < static_cast<std::size_t>(stage::count); ++i)
    if (wanted(static_cast<stage>(i))) out.add(static_cast<stage>(i));
  return out;
}

/// For a consumer whose `route(self, what, e, act)` chooses by stage what to do, calls act(to do) and returns its
/// answer, or returns false: the stages it chooses anything for.  Nothing is done.
template <class consumer>
consteval stage_set stages_routed() {
  return stages_where([](stage what) { return consumer::route(nullptr, what, event{}, [](auto&&) { return true; }); });
}
/// The `act` that does it.
inline constexpr auto do_it = [](auto&& what) __attribute__((always_inline)) {
  what();
  return true;
};

}  // namespace ringside

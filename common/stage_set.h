// A set of stages in one word: lets a consumer of the event stream pass over what does not concern it in three
// instructions.
#pragma once

#include <cstdint>
#include <initializer_list>

#include "common/event.h"

namespace ringside {

class stage_set {
 public:
  constexpr stage_set(std::initializer_list<stage> stages) {
    for (const stage s : stages) bits_ |= word{1} << static_cast<unsigned>(s);
  }
  constexpr bool has(stage s) const { return (bits_ >> static_cast<unsigned>(s) & 1) != 0; }
  constexpr stage_set operator|(stage_set other) const {
    stage_set both = *this;
    both.bits_ |= other.bits_;
    return both;
  }

 private:
  __extension__ using word = unsigned __int128;
  static_assert(static_cast<unsigned>(stage::count) <= 128, "one bit per stage");
  word bits_ = 0;
};

}  // namespace ringside

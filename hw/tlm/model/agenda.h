// SPDX-License-Identifier: Apache-2.0
// What a behavioural card has to do by itself and when: actions in (time, order of entry).
//
// Owned by the card's core; filled by every block, emptied by model_nic::run().
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "common/time.h"

namespace ringside::tlm::model {

class agenda {
 public:
  using action = std::function<void()>;

  void at(sim_time t, action what) {
    heap_.push_back({t, entered_++, std::move(what)});
    std::push_heap(heap_.begin(), heap_.end(), later);
  }
  /// Date of the next action, time_never when there is none.
  sim_time next() const { return heap_.empty() ? time_never : heap_.front().time; }
  /// Takes the next action off.
  action take() {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    action what = std::move(heap_.back().what);
    heap_.pop_back();
    return what;
  }

 private:
  struct entry {
    sim_time time;
    std::uint64_t order;
    action what;
  };
  static bool later(const entry& x, const entry& y) { return x.time != y.time ? x.time > y.time : x.order > y.order; }

  std::vector<entry> heap_;
  std::uint64_t entered_ = 0;
};

}  // namespace ringside::tlm::model

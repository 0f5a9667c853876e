// SPDX-License-Identifier: Apache-2.0
// Per-frame records of the frames that are under way, indexed by frame id without a search.
//
// Of one wire, or of one that makes frames; frame_windows.h holds all of them.  Ids rise by one, frames end roughly in
// order: a ring of slots serves, and memory follows the number of frames under way, not the length of the run.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "common/event.h"

namespace ringside::platform {

/// Invariant: [first, next) are the ids held, next - first <= capacity, id lives in slot id % capacity (a power of
/// two).
template <typename Record>
class frame_window {
 public:
  /// `most` frames may be under way; the oldest is given up for a newer one.  0: any number.
  explicit frame_window(frame_id most = 0) : most_(most) {}

  /// The record of `id`, or nullptr when it has ended or was never begun.
  Record* find(frame_id id) {
    if (id - first_ >= next_ - first_) return nullptr;
    slot& s = slot_of(id);
    return s.open ? &s.record : nullptr;
  }

  /// Begins `id`, which must be above every id begun before; ids left out count as ended.
  Record& begin(frame_id id) {
    if (id != next_ || id - first_ >= room()) [[unlikely]]
      make_room(id);
    next_ = id + 1;
    slot& s = slot_of(id);
    s.open = true;
    s.record = Record{};
    return s.record;
  }

  /// Ends `id`; its record is gone.
  void end(frame_id id) {
    if (id < first_ || id >= next_) return;
    slot_of(id).open = false;
    while (first_ < next_ && !slot_of(first_).open) ++first_;
  }

  /// One past the highest id begun; 0 before the first.
  frame_id next_id() const { return next_; }
  frame_id first_id() const { return first_; }
  /// The highest id begun; 0: none.
  frame_id last_id() const { return next_ == 0 ? 0 : next_ - 1; }

  /// Calls f(id, record) for every open frame in rising order; f must not begin or end frames.
  template <typename F>
  void for_each(F f) {
    for (frame_id id = first_; id < next_; ++id) {
      slot& s = slot_of(id);
      if (s.open) f(id, s.record);
    }
  }

 private:
  struct slot {
    Record record{};
    bool open = false;
  };

  slot& slot_of(frame_id id) { return slots_[id & mask_]; }

  // As many ids from first_ on need neither a larger ring nor that an old frame is given up.
  frame_id room() const { return most_ == 0 ? mask_ + 1 : std::min<frame_id>(mask_ + 1, most_); }

  void make_room(frame_id id) {
    if (first_ == next_) first_ = next_ = id;
    while (most_ != 0 && first_ < next_ && id - first_ >= most_) end(first_);
    if (first_ == next_) first_ = next_ = id;
    while (id - first_ > mask_) grow();
    for (; next_ < id; ++next_) slot_of(next_).open = false;
  }

  void grow() {
    std::vector<slot> larger(slots_.size() * 2);
    for (frame_id id = first_; id < next_; ++id) larger[id & (larger.size() - 1)] = slot_of(id);
    slots_ = std::move(larger);
    mask_ = slots_.size() - 1;
  }

  std::vector<slot> slots_ = std::vector<slot>(64);  // grows to what is under way: few stay in cache
  frame_id mask_ = slots_.size() - 1;                // kept, since a vector divides to tell its size
  frame_id most_;
  frame_id first_ = 0;
  frame_id next_ = 0;
};

/// Frames a report follows at a time: far more than FIFO, ring and sockets hold; one lost in a reset is given up here.
inline constexpr frame_id frames_under_way = frame_id{1} << 20;

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
// The stretch of work a CPU has done on the host but not yet published in simulated time.
//
// Positions are CPU cycles.  Between them lie records (events), the places where interrupts were disabled or enabled,
// and those where another kind of work began.  An interrupt that falls into the stretch splits it at the first place
// where it can be taken; what lies behind is shifted by the time the interrupt takes, so the outcome is the same as if
// every cost had been waited for singly.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "common/event.h"

namespace ringside::platform {

class stretch {
 public:
  enum class mark : std::uint8_t { record, irq_off, irq_on, work };
  // Laid out as an event, which takes over what is not the time in three moves.
  struct item {
    std::int64_t cycle = 0;
    frame_id frame = 0;   // of a record only, like all but the kind: the event but for its time
    std::uint64_t a = 0;  // of work: which kind begins
    std::uint64_t b = 0;
    mark kind = mark::record;
    stage what = stage::count;
  };

  stretch() { grow(); }
  stretch(const stretch&) = delete;
  stretch& operator=(const stretch&) = delete;

  /// Cycle the stretch starts at, and whether interrupts are enabled there.
  void begin(std::int64_t cycle, bool irq_enabled) {
    begin_ = end_ = cycle;
    enabled_ = irq_enabled;
    end_item_ = items_.data();
  }
  void spend(std::int64_t cycles) { end_ += cycles; }
  void add_record(stage what, frame_id frame, std::uint64_t a, std::uint64_t b) {
    add({end_, frame, a, b, mark::record, what});
  }
  void add_mark(mark kind, std::uint64_t a = 0) { add({end_, 0, a, 0, kind, stage::count}); }

  /// The end itself, for who spends more often than by calls.
  std::int64_t* end_place() { return &end_; }
  std::int64_t begin_cycle() const { return begin_; }
  std::int64_t end_cycle() const { return end_; }
  std::span<const item> items() const { return {items_.data(), end_item_}; }
  /// Cycle of the first record, if any.
  std::optional<std::int64_t> first_record() const;

  struct place {
    std::size_t before;  // number of items that come before the interrupt
    std::int64_t cycle;
  };
  /// Where an interrupt that can be delivered from `cycle` on is taken; nothing when it has to wait beyond the end.
  std::optional<place> place_for_interrupt(std::int64_t cycle) const;

  /// Cuts at `p`: what lies before stays here, what lies behind is returned with cycles relative to `p`.
  struct rest {
    std::vector<item> items;
    std::int64_t cycles;
  };
  rest cut(const place& p);
  /// Appends a cut-off rest behind the current end.
  void append(const rest& r);

 private:
  void grow();
  void add(const item& i) {
    *end_item_++ = i;
    if (end_item_ == last_place_) [[unlikely]]
      grow();
  }

  std::int64_t begin_ = 0;
  std::int64_t end_ = 0;
  bool enabled_ = true;         // at begin_
  std::vector<item> items_;     // made once and written over: those before end_item_ are in use
  item* end_item_ = nullptr;    // always has a place,
  item* last_place_ = nullptr;  // before this one
};

}  // namespace ringside::platform

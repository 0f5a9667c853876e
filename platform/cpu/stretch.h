// The stretch of work a CPU has done on the host but not yet published in simulated time.
//
// Positions are CPU cycles.  Between them lie records (events) and the places where interrupts were disabled or
// enabled. An interrupt that falls into the stretch splits it at the first place where it can be taken; what lies
// behind is shifted by the time the interrupt takes, so the outcome is the same as if every cost had been waited for
// singly.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "common/event.h"

namespace ringside::platform {

class stretch {
 public:
  enum class mark : std::uint8_t { record, irq_off, irq_on };
  struct item {
    std::int64_t cycle = 0;
    mark kind = mark::record;
    stage what = stage::count;  // of a record only, like all below: the event but for its time
    frame_id frame = 0;
    std::uint64_t a = 0;
    std::uint64_t b = 0;
  };

  /// Cycle the stretch starts at, and whether interrupts are enabled there.
  void begin(std::int64_t cycle, bool irq_enabled) {
    begin_ = end_ = cycle;
    enabled_ = irq_enabled;
    count_ = 0;
  }
  void spend(std::int64_t cycles) { end_ += cycles; }
  void add_record(stage what, frame_id frame, std::uint64_t a, std::uint64_t b) {
    item& i = add(mark::record);
    i.what = what;
    i.frame = frame;
    i.a = a;
    i.b = b;
  }
  void add_mark(mark kind) { add(kind); }

  std::int64_t begin_cycle() const { return begin_; }
  std::int64_t end_cycle() const { return end_; }
  std::span<const item> items() const { return std::span(items_).first(count_); }
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
  item& add(mark kind) {
    if (count_ == room_) [[unlikely]]
      grow();
    item& i = items_[count_++];
    i.cycle = end_;
    i.kind = kind;
    return i;
  }

  std::int64_t begin_ = 0;
  std::int64_t end_ = 0;
  bool enabled_ = true;  // at begin_
  std::size_t count_ = 0;
  std::size_t room_ = 0;     // size of items_
  std::vector<item> items_;  // of which the first count_ are in use: made once and written over
};

}  // namespace ringside::platform

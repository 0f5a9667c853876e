// SPDX-License-Identifier: Apache-2.0
// The one stream of events: many sources, delivered to every consumer in (time, origin, unit, sequence) order.
//
// Each source promises by its watermark that no later record of its will be older.  What lies below every watermark is
// merged and delivered; a record may be made early, never late.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "common/event.h"

namespace ringside {

/// A piece of the merged stream, in stream order.  Its records stay where their sources made them: a list of them is
/// merged in a fifth of the memory that the records take.
class event_stretch {
 public:
  class iterator {
   public:
    explicit iterator(const event* const* at) : at_(at) {}
    const event& operator*() const { return **at_; }
    iterator& operator++() {
      ++at_;
      return *this;
    }
    bool operator==(const iterator&) const = default;

   private:
    const event* const* at_;
  };

  explicit event_stretch(std::span<const event* const> records) : records_(records) {}
  iterator begin() const { return iterator(records_.data()); }
  iterator end() const { return iterator(records_.data() + records_.size()); }
  std::size_t size() const { return records_.size(); }
  const event& operator[](std::size_t i) const { return *records_[i]; }

 private:
  std::span<const event* const> records_;
};

/// Reads the merged stream: every event once, in stream order.  It must not push events itself.
class event_consumer {
 public:
  virtual ~event_consumer() = default;
  virtual void on_event(const event& e) = 0;
  /// A stretch of the stream at a time, since going through it with one consumer's code and data is faster than going
  /// through all consumers with one event.  Consumers added earlier have seen the whole stretch before.
  virtual void on_events(event_stretch stretch) {
    for (const event& e : stretch) on_event(e);
  }
};

class event_stream {
 public:
  using source_id = std::size_t;

  /// Declares a source before the first push.  Ties at one instant go by (from, unit).
  source_id add_source(origin from, std::uint8_t unit);
  /// Consumers are called in the order they were added; not owned.
  void add_consumer(event_consumer& consumer);

  /// Appends a record of `source`; its time must not be below the source's last record or watermark.
  ///
  /// Inlined into functions that run between two cycles of the Verilated card, when no code is in the cache: few bytes,
  /// and all that is rare comes after the record is made, so that nothing need be kept for it.
  void push(source_id source, sim_time time, stage what, frame_id frame = 0, std::uint64_t a = 0, std::uint64_t b = 0) {
    source_queue& queue = sources_[source];
    event& e = *queue.end++;
    e.time = time;
    e.frame = frame;
    e.a = a;
    e.b = b;
    e.what = what;
    e.unit = queue.unit;
    e.from = queue.from;
    if (time < queue.floor) [[unlikely]]
      refuse(source);
    queue.floor = time;
    if (queue.end == queue.last_place) [[unlikely]]
      grow(queue);
  }
  /// Appends a record of `source` for each of `items` that fill(item, event&), which makes all of it but the source,
  /// returns true for.
  template <typename Items, typename Fill>
  void push_all(source_id source, const Items& items, Fill fill) {
    source_queue& queue = sources_[source];
    while (static_cast<std::size_t>(queue.last_place - queue.end) <= items.size()) grow(queue);
    event* end = queue.end;
    sim_time floor = queue.floor;
    const std::uint8_t unit = queue.unit;
    const origin from = queue.from;
    for (const auto& item : items) {
      if (!fill(item, *end)) continue;
      end->unit = unit;
      end->from = from;
      if (end->time < floor) [[unlikely]] {
        queue.end = end + 1;
        refuse(source);
      }
      floor = end++->time;
    }
    queue.end = end;
    queue.floor = floor;
  }
  /// No later record of `source` will be older than `time`.
  void set_watermark(source_id source, sim_time time) {
    source_queue& queue = sources_[source];
    queue.watermark = std::max(queue.watermark, time);
    queue.floor = std::max(queue.floor, time);
  }
  sim_time watermark(source_id source) const { return sources_[source].watermark; }
  /// Every record older than this has been delivered by the last drain().
  sim_time settled() const;

  /// Delivers every record that no source can precede any more.
  void drain();
  /// Delivers all that is left: the run is over.
  void finish();

  std::uint64_t delivered() const { return delivered_; }
  /// Records pushed and not delivered yet.
  std::size_t backlog() const;

 private:
  // Records lie in [records, last_place], which always has a place free for the next one.
  struct alignas(64) source_queue {
    sim_time floor = 0;  // the watermark or the time of the last record, whichever is later
    event* end;          // of the records made
    event* last_place;
    std::uint8_t unit;  // these as in an event: one move for both
    origin from;
    sim_time watermark = 0;
    event* begin;  // of the records not merged yet
    std::unique_ptr<event[]> records;
  };

  // The records of one source while they are merged.
  struct cursor {
    sim_time time;  // of the next one
    event* next;
    sim_time last;  // no record after this one is merged
    source_queue* queue;
  };

  // A place in the order: a time and the rank of a source in order_.
  struct position {
    sim_time time;
    std::size_t rank;
    /// The time up to which records of the source with `other` rank come before this place.
    sim_time last_before(std::size_t other) const { return rank < other ? time - ps : time; }
  };

  [[noreturn, gnu::cold]] void refuse(source_id source);
  [[gnu::cold]] static void grow(source_queue& queue);
  void deliver_up_to(position limit);
  event_stretch merge_up_to(position limit);
  template <std::size_t fixed>
  static const event** merge_cursors(std::span<cursor> cursors, const event** out);
  void make_room();

  std::vector<source_queue> sources_;
  std::vector<source_id> order_;  // sources by (from, unit)
  std::vector<event_consumer*> consumers_;
  std::vector<cursor> cursors_;       // of merge_up_to()
  std::vector<const event*> merged_;  // begins with the stretch being delivered
  std::uint64_t delivered_ = 0;
};

}  // namespace ringside

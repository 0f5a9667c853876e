// The one stream of events: many sources, delivered to every consumer in (time, origin, unit, sequence) order.
//
// Each source promises by its watermark that no later record of its will be older.  What lies below every watermark is
// merged and delivered; a record may be made early, never late.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "common/event.h"

namespace ringside {

/// Reads the merged stream: every event once, in stream order.
class event_consumer {
 public:
  virtual ~event_consumer() = default;
  virtual void on_event(const event& e) = 0;
  /// A stretch of the stream at a time, since going through it with one consumer's code and data is faster than going
  /// through all consumers with one event.  Consumers added earlier have seen the whole stretch before.
  virtual void on_events(std::span<const event> stretch) {
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
  void push(source_id source, sim_time time, stage what, frame_id frame = 0, std::uint64_t a = 0, std::uint64_t b = 0) {
    source_queue& queue = sources_[source];
    if (time < queue.floor) [[unlikely]]
      refuse(source, {time, frame, a, b, what, queue.from, queue.unit});
    queue.floor = time;
    // Made where it stays: a copy would load in one piece what was stored in seven, which processors wait for.
    event& e = queue.records.emplace_back();
    e.time = time;
    e.frame = frame;
    e.a = a;
    e.b = b;
    e.what = what;
    e.from = queue.from;
    e.unit = queue.unit;
    ++backlog_;
  }
  /// No later record of `source` will be older than `time`.
  void set_watermark(source_id source, sim_time time);
  sim_time watermark(source_id source) const { return sources_[source].watermark; }
  /// Every record older than this has been delivered by the last drain().
  sim_time settled() const;

  /// Delivers every record that no source can precede any more.
  void drain();
  /// Delivers all that is left: the run is over.
  void finish();

  std::uint64_t delivered() const { return delivered_; }
  /// Records pushed and not delivered yet.
  std::size_t backlog() const { return backlog_; }

 private:
  struct source_queue {
    origin from;
    std::uint8_t unit;
    sim_time watermark = 0;
    sim_time floor = 0;  // the watermark or the time of the last record, whichever is later
    std::vector<event> records;
    std::size_t head = 0;  // of records: the first that is not merged yet
  };

  // A place in the order: a time and the rank of a source in order_.
  struct position {
    sim_time time;
    std::size_t rank;
    /// The time up to which records of the source with `other` rank come before this place.
    sim_time last_before(std::size_t other) const { return rank < other ? time - ps : time; }
  };

  [[noreturn]] void refuse(source_id source, const event& e) const;
  void deliver_up_to(position limit);
  std::span<const event> merge_up_to(position limit);

  std::vector<source_queue> sources_;
  std::vector<source_id> order_;  // sources by (from, unit)
  std::vector<event_consumer*> consumers_;
  std::vector<sim_time> heads_;  // of merge_up_to(): time of the first record of each source, by rank
  std::vector<event> merged_;    // begins with the stretch being delivered
  std::uint64_t delivered_ = 0;
  std::size_t backlog_ = 0;
};

}  // namespace ringside

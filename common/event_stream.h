// The one stream of events: many sources, delivered to every consumer in (time, origin, unit, sequence) order.
//
// Each source promises by its watermark that no later record of its will be older.  What lies below every watermark is
// merged and delivered; a record may be made early, never late.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "common/event.h"

namespace ringside {

/// Reads the merged stream.  Called once per event, in stream order.
class event_consumer {
 public:
  virtual ~event_consumer() = default;
  virtual void on_event(const event& e) = 0;
};

class event_stream {
 public:
  using source_id = std::size_t;

  /// Declares a source before the first push.  Ties at one instant go by (from, unit).
  source_id add_source(origin from, std::uint8_t unit);
  /// Consumers are called in the order they were added; not owned.
  void add_consumer(event_consumer& consumer);

  /// Appends a record; its time must not be below the source's last record or watermark.
  void push(source_id source, const event& e);
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
    sim_time last = 0;
    std::vector<event> records;
    std::size_t head = 0;
  };

  using position = std::pair<sim_time, std::size_t>;  // time, rank of the source in order_

  void deliver_up_to(position limit);
  void deliver_run(source_queue& queue, std::size_t rank, position until);

  std::vector<source_queue> sources_;
  std::vector<source_id> order_;  // sources by (from, unit)
  std::vector<event_consumer*> consumers_;
  std::vector<position> heads_;  // of deliver_up_to(): first record of each source, by rank
  std::uint64_t delivered_ = 0;
  std::size_t backlog_ = 0;
};

}  // namespace ringside

#include "common/event_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace ringside {

event_stream::source_id event_stream::add_source(origin from, std::uint8_t unit) {
  sources_.push_back({from, unit, 0, 0, {}, 0});
  const source_id id = sources_.size() - 1;
  const auto before = [this](source_id x, source_id y) {
    return std::pair{sources_[x].from, sources_[x].unit} < std::pair{sources_[y].from, sources_[y].unit};
  };
  order_.insert(std::upper_bound(order_.begin(), order_.end(), id, before), id);
  return id;
}

void event_stream::add_consumer(event_consumer& consumer) {
  consumers_.push_back(&consumer);
}

void event_stream::push(source_id source, const event& e) {
  source_queue& queue = sources_[source];
  if (e.time < queue.last || e.time < queue.watermark)
    throw std::logic_error(fmt::format("event {} (a {:#x}, b {:#x}) at {} ps is late: source {} stands at {} ps",
                                       info(e.what).name, e.a, e.b, e.time, source,
                                       std::max(queue.last, queue.watermark)));
  queue.last = e.time;
  queue.records.push_back(e);
  ++backlog_;
}

void event_stream::set_watermark(source_id source, sim_time time) {
  source_queue& queue = sources_[source];
  queue.watermark = std::max(queue.watermark, time);
}

sim_time event_stream::settled() const {
  sim_time oldest = time_never;
  for (const source_queue& queue : sources_) oldest = std::min(oldest, queue.watermark);
  return oldest;
}

void event_stream::drain() {
  if (backlog_ == 0) return;
  position limit{time_never, 0};
  for (std::size_t rank = 0; rank < order_.size(); ++rank)
    limit = std::min(limit, position{sources_[order_[rank]].watermark, rank});
  deliver_up_to(limit);
}

void event_stream::finish() {
  deliver_up_to({time_never, order_.size()});
}

// A record may go when every source that could still put one before it has passed: at one instant the sources follow
// each other in rank, so the source that limits may deliver what it has at its own watermark.
void event_stream::deliver_up_to(position limit) {
  const position none{time_never, order_.size()};
  const auto head = [&](std::size_t rank) {
    const source_queue& queue = sources_[order_[rank]];
    return queue.head == queue.records.size() ? none : position{queue.records[queue.head].time, rank};
  };
  heads_.clear();
  for (std::size_t rank = 0; rank < order_.size(); ++rank) heads_.push_back(head(rank));
  for (;;) {
    // The source with the first record, and the place of the next one of any other source.
    position first = none;
    position next = none;
    for (const position& here : heads_) {
      if (here < first) {
        next = first;
        first = here;
      } else if (here < next) {
        next = here;
      }
    }
    if (first == none || first > limit) break;
    deliver_run(sources_[order_[first.second]], first.second, std::min(next, limit));
    heads_[first.second] = head(first.second);
  }
  for (source_queue& queue : sources_) {
    queue.records.erase(queue.records.begin(), queue.records.begin() + static_cast<std::ptrdiff_t>(queue.head));
    queue.head = 0;
  }
}

// Records of one source follow each other until another source's comes in between: `until` at the latest.
void event_stream::deliver_run(source_queue& queue, std::size_t rank, position until) {
  const std::size_t begin = queue.head;
  do {
    const event& e = queue.records[queue.head++];
    for (event_consumer* consumer : consumers_) consumer->on_event(e);
  } while (queue.head != queue.records.size() && position{queue.records[queue.head].time, rank} <= until);
  delivered_ += queue.head - begin;
  backlog_ -= queue.head - begin;
}

}  // namespace ringside

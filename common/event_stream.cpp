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

void event_stream::refuse(source_id source, const event& e) const {
  const source_queue& queue = sources_[source];
  throw std::logic_error(fmt::format("event {} (a {:#x}, b {:#x}) at {} ps is late: source {} stands at {} ps",
                                     info(e.what).name, e.a, e.b, e.time, source, queue.floor));
}

void event_stream::set_watermark(source_id source, sim_time time) {
  source_queue& queue = sources_[source];
  queue.watermark = std::max(queue.watermark, time);
  queue.floor = std::max(queue.floor, time);
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
    if (const sim_time mark = sources_[order_[rank]].watermark; mark < limit.time) limit = {mark, rank};
  deliver_up_to(limit);
}

void event_stream::finish() {
  deliver_up_to({time_never, order_.size()});
}

void event_stream::deliver_up_to(position limit) {
  const std::span<const event> stretch = merge_up_to(limit);
  for (event_consumer* consumer : consumers_) consumer->on_events(stretch);
}

// A record may go when every source that could still put one before it has passed: at one instant the sources follow
// each other in rank, so the source that limits may deliver what it has at its own watermark.
std::span<const event> event_stream::merge_up_to(position limit) {
  const auto head = [](const source_queue& queue) {
    return queue.head == queue.records.size() ? time_never : queue.records[queue.head].time;
  };
  if (merged_.size() < backlog_) merged_.resize(backlog_);
  event* out = merged_.data();
  heads_.clear();
  for (const source_id id : order_) heads_.push_back(head(sources_[id]));
  for (;;) {
    // The source with the first record; its records follow each other until another source's comes in between.
    std::size_t first = 0;
    for (std::size_t rank = 1; rank < heads_.size(); ++rank)
      if (heads_[rank] < heads_[first]) first = rank;
    sim_time last = limit.last_before(first);
    if (first == heads_.size() || heads_[first] == time_never || heads_[first] > last) break;
    for (std::size_t rank = 0; rank < heads_.size(); ++rank)
      if (rank != first) last = std::min(last, position{heads_[rank], rank}.last_before(first));
    source_queue& queue = sources_[order_[first]];
    do *out++ = queue.records[queue.head++];
    while (queue.head != queue.records.size() && queue.records[queue.head].time <= last);
    heads_[first] = head(queue);
  }
  for (source_queue& queue : sources_) {
    queue.records.erase(queue.records.begin(), queue.records.begin() + static_cast<std::ptrdiff_t>(queue.head));
    queue.head = 0;
  }
  const auto count = static_cast<std::size_t>(out - merged_.data());
  delivered_ += count;
  backlog_ -= count;
  return {merged_.data(), count};
}

}  // namespace ringside

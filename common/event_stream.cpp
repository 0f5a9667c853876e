// SPDX-License-Identifier: Apache-2.0
#include "common/event_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace ringside {
namespace {
constexpr std::size_t first_places = 64;         // of a source; doubled as often as needed
constexpr sim_time last_time = time_never - ps;  // of records; time_never marks their end
}  // namespace

event_stream::source_id event_stream::add_source(origin from, std::uint8_t unit) {
  auto records = std::make_unique<event[]>(first_places);
  event* const first = records.get();
  sources_.push_back({0, first, first + first_places - 1, unit, from, 0, first, std::move(records)});
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

// The record that is late is the last one made.
void event_stream::refuse(source_id source) {
  source_queue& queue = sources_[source];
  const event& e = *--queue.end;
  throw std::logic_error(fmt::format("event {} (a {:#x}, b {:#x}) at {} ps is late: source {} stands at {} ps",
                                     info(e.what).name, e.a, e.b, e.time, source, queue.floor));
}

void event_stream::grow(source_queue& queue) {
  const auto places = static_cast<std::size_t>(queue.last_place - queue.records.get()) + 1;
  auto larger = std::make_unique<event[]>(2 * places);
  queue.end = std::copy(queue.begin, queue.end, larger.get());
  queue.begin = larger.get();
  queue.last_place = larger.get() + 2 * places - 1;
  queue.records = std::move(larger);
}

sim_time event_stream::settled() const {
  sim_time oldest = time_never;
  for (const source_queue& queue : sources_) oldest = std::min(oldest, queue.watermark);
  return oldest;
}

std::size_t event_stream::backlog() const {
  std::size_t records = 0;
  for (const source_queue& queue : sources_) records += static_cast<std::size_t>(queue.end - queue.begin);
  return records;
}

void event_stream::drain() {
  if (backlog() == 0) return;
  position limit{last_time, order_.size()};
  for (std::size_t rank = 0; rank < order_.size(); ++rank)
    if (const sim_time mark = sources_[order_[rank]].watermark; mark < limit.time) limit = {mark, rank};
  deliver_up_to(limit);
}

void event_stream::finish() {
  deliver_up_to({last_time, order_.size()});
}

void event_stream::deliver_up_to(position limit) {
  const event_stretch stretch = merge_up_to(limit);
  for (event_consumer* consumer : consumers_) consumer->on_events(stretch);
  make_room();
}

// Brings what was not merged to the front: now, while it is little, and not with all that comes behind it.
void event_stream::make_room() {
  for (source_queue& queue : sources_) {
    queue.end = std::copy(queue.begin, queue.end, queue.records.get());
    queue.begin = queue.records.get();
  }
}

// `fixed`: the number of sources where it is known, 0 else.
template <std::size_t fixed>
const event** event_stream::merge_cursors(std::span<cursor> cursors, const event** out) {
  cursor* const begin = cursors.data();
  const std::size_t sources = fixed != 0 ? fixed : cursors.size();
  for (;;) {
    // Whose record is next cannot be foreseen: selected by conditional moves, not by jumps.
    cursor* first = begin;
    sim_time time = begin->time;
#pragma GCC unroll 4
    for (std::size_t i = 1; i < sources; ++i) {
      cursor* const c = begin + i;
      const bool earlier = c->time < time;
      first = earlier ? c : first;
      time = earlier ? c->time : time;
    }
    if (time > first->last) return out;
    *out++ = first->next++;
    first->time = first->next->time;
  }
}

// A record may go when every source that could still put one before it has passed: at one instant the sources follow
// each other in rank, so the source that limits may deliver what it has at its own watermark.
event_stretch event_stream::merge_up_to(position limit) {
  if (const std::size_t records = backlog(); merged_.size() < records) merged_.resize(2 * records);
  cursors_.clear();
  for (std::size_t rank = 0; rank < order_.size(); ++rank) {
    source_queue& queue = sources_[order_[rank]];
    if (queue.begin == queue.end) continue;
    queue.end->time = time_never;  // on the place kept free: a cursor may stand behind the last record
    cursors_.push_back({queue.begin->time, queue.begin, limit.last_before(rank), &queue});
  }
  const event** out = merged_.data();
  switch (cursors_.size()) {
    case 0:
      break;
    case 4:  // of one card on a bus under one CPU: without a loop over them, 24 instead of 38 instructions a record
      out = merge_cursors<4>(cursors_, out);
      break;
    default:
      out = merge_cursors<0>(cursors_, out);
      break;
  }
  for (const cursor& c : cursors_) c.queue->begin = c.next;
  const auto count = static_cast<std::size_t>(out - merged_.data());
  delivered_ += count;
  return event_stretch({merged_.data(), count});
}

}  // namespace ringside

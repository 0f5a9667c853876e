// SPDX-License-Identifier: Apache-2.0
#include "platform/report/frame_ledger.h"

#include <fmt/format.h>

#include <numeric>

#include "platform/report/descriptor_word.h"

namespace ringside::platform {
namespace {

// A frame with a fate stays open while a second fate would still be noticed.
constexpr frame_id memory_frames = 1024;
constexpr std::size_t most_breaches = 16;

}  // namespace

std::uint64_t frame_counts::dropped_total() const {
  return std::accumulate(dropped.begin(), dropped.end(), std::uint64_t{0});
}

void frame_ledger::on_event(const event& e) {
  handle(e.what, e);
}

void frame_ledger::offer(const event& e) {
  if (e.frame != last_offered_ + 1) {
    breach(e, fmt::format("is offered after frame {}: ids rise by one", last_offered_));
    if (e.frame <= last_offered_) return;
  }
  last_offered_ = e.frame;
  record& r = window_.begin(e.frame);
  r.bytes = static_cast<std::uint32_t>(e.a);
  r.nic = e.unit;
  ++frames_.offered;
  bytes_.offered += r.bytes;
  release_old();
}

// Ended frames leave the window a while after the newest, so that a second fate is still seen.
void frame_ledger::release_old() {
  while (window_.next_id() - window_.first_id() > memory_frames) {
    const frame_id oldest = window_.first_id();
    const record* r = window_.find(oldest);
    if (r != nullptr && (r->what == fate::none || r->unverified)) break;
    window_.end(oldest);
  }
}

void frame_ledger::count(const record& r, fate what, drop_reason reason, bool add) {
  const std::uint64_t one = add ? 1 : ~std::uint64_t{0};
  const std::uint64_t size = add ? r.bytes : ~std::uint64_t{r.bytes} + 1;
  const auto into = [&](frame_counts& counts, std::uint64_t amount) {
    if (what == fate::delivered) counts.delivered += amount;
    if (what == fate::consumed) counts.consumed += amount;
    if (what == fate::dropped) counts.dropped[static_cast<std::size_t>(reason)] += amount;
  };
  into(frames_, one);
  into(bytes_, size);
}

void frame_ledger::undo(record& r) {
  count(r, r.what, r.reason, false);
  r.what = fate::none;
  r.reason = drop_reason::none;
}

void frame_ledger::revoke(const event& e) {
  record* r = window_.find(e.frame);
  if (r == nullptr || r->what != fate::delivered || !r->unverified) return;  // settle() names the breach
  r->unverified = false;
  undo(*r);
}

void frame_ledger::hold(frame_id frame) {
  if (record* r = window_.find(frame); r != nullptr) r->unverified = true;
}

void frame_ledger::read(frame_id frame) {
  if (record* r = window_.find(frame); r != nullptr) r->unverified = false;
}

void frame_ledger::settle(const event& e, fate what, drop_reason reason) {
  if (e.frame == 0) return;  // a packet the host made itself
  record* r = window_.find(e.frame);
  if (r == nullptr) {
    breach(e, e.frame > last_offered_ ? "has a fate and was never offered" : "has a second fate, long after its first");
    return;
  }
  if (what == fate::dropped && (reason == drop_reason::none || reason >= drop_reason::count)) {
    breach(e, "is dropped for no reason");
    return;
  }
  if (r->where == place::lost_in_reset || r->where == place::lost_in_close) undo(*r);
  if (r->what != fate::none) {
    breach(e, "has a second fate");
    return;
  }
  r->what = what;
  r->reason = reason;
  r->where = place::ended;
  count(*r, what, reason, true);
}

void frame_ledger::written_back(const event& e) {
  if ((e.b & word_eop) == 0) return;
  record* r = window_.find(e.frame);
  if (r == nullptr) return;
  r->whole = true;
  if (r->where == place::ended || r->where == place::driver) return;
  if (r->where == place::lost_in_reset) undo(*r);
  r->where = place::ring;
}

void frame_ledger::taken(record& r) {
  if (r.where == place::ended) return;
  if (r.where == place::lost_in_reset || r.where == place::lost_in_close) undo(r);
  r.where = place::driver;
}

// Frames still arriving are not in the FIFO: the MAC reports them itself (filter_reject, rx_disabled).  Of a frame over
// several descriptors the driver may have taken the first ones: its rest goes with the FIFO.
void frame_ledger::reset(const event& e) {
  window_.for_each([&](frame_id, record& r) {
    if (r.nic != e.unit || (r.where != place::fifo && (r.where != place::driver || r.whole))) return;
    r.where = place::lost_in_reset;
    r.what = fate::dropped;
    r.reason = drop_reason::nic_reset;
    count(r, r.what, r.reason, true);
  });
}

void frame_ledger::close() {
  closed_ = true;
  window_.for_each([&](frame_id, record& r) {
    if (r.where != place::ring) return;
    r.where = place::lost_in_close;
    r.what = fate::dropped;
    r.reason = drop_reason::driver_down;
    count(r, r.what, r.reason, true);
  });
}

void frame_ledger::finish() {
  if (finished_) return;
  finished_ = true;
  if (closed_) close();  // written back after the close event
  window_.for_each([&](frame_id, const record& r) {
    if (r.what != fate::none) return;
    ++frames_.in_flight;
    bytes_.in_flight += r.bytes;
  });
  const auto check = [this](const frame_counts& c, std::string_view unit) {
    const std::uint64_t sum = c.delivered + c.consumed + c.dropped_total() + c.in_flight;
    if (sum != c.offered)
      breaches_.push_back(fmt::format("{}: offered {} but delivered {} + consumed {} + dropped {} + in flight {} = {}",
                                      unit, c.offered, c.delivered, c.consumed, c.dropped_total(), c.in_flight, sum));
  };
  check(frames_, "frames");
  check(bytes_, "bytes");
}

void frame_ledger::breach(const event& e, const std::string& what) {
  if (breaches_.size() < most_breaches)
    breaches_.push_back(fmt::format("frame {} {} ({} at {} ps)", e.frame, what, info(e.what).name, e.time));
}

}  // namespace ringside::platform

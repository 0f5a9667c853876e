// SPDX-License-Identifier: Apache-2.0
#include "platform/report/frame_ledger.h"

#include <fmt/format.h>

#include <numeric>

#include "platform/report/descriptor_word.h"
#include "platform/report/frame_name.h"

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
  if (kind_of(e.frame) == frame_kind::derived) return loop(e);
  record* r = begin(e, frame_kind::received);
  if (r == nullptr) return;
  r->bytes = static_cast<std::uint32_t>(e.a);
  r->nic = e.unit;
  bytes_.offered += r->bytes;
}

// A copy that a PHY in loopback sends back: the card that made it has it on its wire again.
void frame_ledger::loop(const event& e) {
  record* r = windows_.find(e.frame);
  if (r == nullptr) return breach(e, "comes in and was derived of no frame");
  r->where = place::wire;
  r->whole = false;
  r->nic = e.unit;
}

frame_ledger::record* frame_ledger::begin(const event& e, frame_kind kind) {
  if (kind_of(e.frame) != kind || number_of(e.frame) == 0) {
    breach(e, "has an id of another kind than how it came to be");
    return nullptr;
  }
  frame_window<record>& window = windows_.of(e.frame);
  const frame_id last = window.last_id();
  if (number_of(e.frame) != last + 1) {
    breach(e, fmt::format("is offered after frame {}: ids rise by one",
                          frame_name((e.frame & ~frame_number_mask) | last)));
    if (number_of(e.frame) <= last) return nullptr;
  }
  record& r = window.begin(number_of(e.frame));
  r.kind = kind;
  ++frames_[static_cast<std::size_t>(kind)].offered;
  release_old(window);
  return &r;
}

frame_ledger::record* frame_ledger::begin_in_software(const event& e, frame_kind kind) {
  record* r = begin(e, kind);
  if (r == nullptr) return nullptr;
  r->where = place::driver;
  r->whole = true;
  return r;
}

bool frame_ledger::came_to_be(frame_id frame) const {
  return number_of(frame) != 0 && number_of(frame) <= windows_.last(frame);
}

void frame_ledger::make(const event& e) {
  if (e.b >= static_cast<std::uint64_t>(cause_kind::count))
    breach(e, "is made for no cause");
  else if (e.b == static_cast<std::uint64_t>(cause_kind::frame) && !came_to_be(e.a))
    breach(e, fmt::format("is made because of frame {}, which never came to be", frame_name(e.a)));
  begin_in_software(e, frame_kind::made);
}

// A contradiction is told once: the frame goes on, so that its fate is none too.
void frame_ledger::link(const event& e) {
  if (e.b >= static_cast<std::uint64_t>(link_kind::count)) return breach(e, "has a link of no kind");
  if (!came_to_be(e.a) || e.a == e.frame)
    breach(e, fmt::format("is linked to frame {}, which did not come to be before", frame_name(e.a)));
  if (e.b == static_cast<std::uint64_t>(link_kind::merged_into)) return merge(e);
  begin_in_software(e, frame_kind::derived);
}

// A frame that a socket got may still grow (tcp_try_coalesce); one with another fate is gone, with what it was given.
void frame_ledger::merge(const event& e) {
  const record* into = windows_.find(e.a);
  if (e.a != e.frame && into != nullptr && into->what != fate::none && into->what != fate::delivered)
    breach(e, fmt::format("is merged into frame {}, which has its fate", frame_name(e.a)));
  settle(e, fate::merged, drop_reason::none);
}

// Ended frames leave the window a while after the newest, so that a second fate is still seen.
void frame_ledger::release_old(frame_window<record>& window) {
  while (window.next_id() - window.first_id() > memory_frames) {
    const frame_id oldest = window.first_id();
    const record* r = window.find(oldest);
    if (r != nullptr && (r->what == fate::none || r->unverified)) break;
    window.end(oldest);
  }
}

void frame_ledger::count(const record& r, fate what, drop_reason reason, bool add) {
  const std::uint64_t one = add ? 1 : ~std::uint64_t{0};
  const std::uint64_t size = add ? r.bytes : ~std::uint64_t{r.bytes} + 1;
  const auto into = [&](frame_counts& counts, std::uint64_t amount) {
    if (what == fate::delivered) counts.delivered += amount;
    if (what == fate::consumed) counts.consumed += amount;
    if (what == fate::dropped) counts.dropped[static_cast<std::size_t>(reason)] += amount;
    if (what == fate::merged) counts.merged += amount;
    if (what == fate::transmitted) counts.transmitted += amount;
  };
  into(frames_[static_cast<std::size_t>(r.kind)], one);
  into(bytes_, size);  // of a frame that did not come in 0
}

void frame_ledger::undo(record& r) {
  count(r, r.what, r.reason, false);
  r.what = fate::none;
  r.reason = drop_reason::none;
}

void frame_ledger::revoke(const event& e) {
  record* r = windows_.find(e.frame);
  if (r == nullptr || r->what != fate::delivered || !r->unverified) return;  // settle() names the breach
  r->unverified = false;
  undo(*r);
}

void frame_ledger::hold(frame_id frame) {
  if (record* r = windows_.find(frame); r != nullptr) r->unverified = true;
}

void frame_ledger::read(frame_id frame) {
  if (record* r = windows_.find(frame); r != nullptr) r->unverified = false;
}

void frame_ledger::settle(const event& e, fate what, drop_reason reason) {
  if (e.frame == 0) return;  // a packet nobody follows
  record* r = windows_.find(e.frame);
  if (r == nullptr) {
    breach(e, came_to_be(e.frame) ? "has a second fate, long after its first" : "has a fate and was never offered");
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
  record* r = windows_.find(e.frame);
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
  windows_.for_each([&](frame_id, record& r) {
    if (r.nic != e.unit || (r.where != place::fifo && (r.where != place::driver || r.whole))) return;
    r.where = place::lost_in_reset;
    r.what = fate::dropped;
    r.reason = drop_reason::nic_reset;
    count(r, r.what, r.reason, true);
  });
}

void frame_ledger::close() {
  closed_ = true;
  windows_.for_each([&](frame_id, record& r) {
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
  windows_.for_each([&](frame_id, const record& r) {
    if (r.what != fate::none) return;
    ++frames_[static_cast<std::size_t>(r.kind)].in_flight;
    bytes_.in_flight += r.bytes;
  });
  const auto check = [this](const frame_counts& c, std::string_view unit) {
    if (c.accounted() != c.offered)
      breaches_.push_back(fmt::format(
          "{}: offered {} but delivered {} + consumed {} + dropped {} + merged {} + transmitted {} + in flight {} = {}",
          unit, c.offered, c.delivered, c.consumed, c.dropped_total(), c.merged, c.transmitted, c.in_flight,
          c.accounted()));
  };
  check(frames(), "frames");
  check(bytes_, "bytes");
  check(frames(frame_kind::made), "made frames");
  check(frames(frame_kind::derived), "derived frames");
}

void frame_ledger::breach(const event& e, const std::string& what) {
  if (breaches_.size() < most_breaches)
    breaches_.push_back(fmt::format("frame {} {} ({} at {} ps)", frame_name(e.frame), what, info(e.what).name, e.time));
}

}  // namespace ringside::platform

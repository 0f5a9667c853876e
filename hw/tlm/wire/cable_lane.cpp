// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/wire/cable_lane.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "hw/tlm/wire/frame_marks.h"

namespace ringside::tlm {

cable_lane::cable_lane(const cable_params& params, const cable_faults& faults, tx_wire& from, wire& to, ends around,
                       event_stream& events)
    : params_(params),
      faults_(faults),
      from_(from),
      to_(to),
      ends_(std::move(around)),
      events_(events),
      sent_source_(events.add_source(origin::nic, ends_.sender_unit)),
      received_source_(events.add_source(origin::nic, ends_.receiver_unit)),
      random_(params.seed) {
  if (params_.delay < least_cable_delay(params_.byte_time) || params_.delay % params_.byte_time != 0)
    throw std::invalid_argument("a cable is at least its reserve long, in whole byte times");
  from.connect(*this);
}

void cable_lane::publish_watermarks() {
  events_.set_watermark(sent_source_, ends_.sender_time());
  events_.set_watermark(received_source_, ends_.receiver_time());
}

// ---- the sender

// As many draws for every frame, so that one chance does not move the others.
cable_lane::verdict cable_lane::judge() {
  verdict v;
  const auto drawn = [this](std::uint32_t per_million) { return random_.chance(per_million); };
  v.lost = drawn(faults_.loss_per_million);
  v.twice = drawn(faults_.duplicate_per_million);
  v.corrupt = drawn(faults_.corrupt_per_million);
  v.overtaken = drawn(faults_.reorder_per_million);
  v.late = drawn(faults_.delay_per_million);
  for (const cable_faults::single& one : faults_.singles) {
    if (one.frame != frames_) continue;
    v.lost = v.lost || one.what == cable_fault::loss;
    v.twice = v.twice || one.what == cable_fault::duplicate;
    v.corrupt = v.corrupt || one.what == cable_fault::corrupt;
    v.overtaken = v.overtaken || one.what == cable_fault::reorder;
    v.late = v.late || one.what == cable_fault::delay;
  }
  return v;
}

void cable_lane::frame_begins(const sent_frame& frame, std::size_t announced) {
  ++frames_;
  sending_ = true;
  const verdict v = judge();
  const std::uint64_t where = random_.next();
  const std::uint32_t part = random_.below(1'000'000);
  if (v.lost) return fault(frame, cable_fault::loss, 0);
  sim_time ready = frame.start + params_.delay;
  if (v.late) {
    const auto units = static_cast<std::uint64_t>(faults_.delay_most / params_.byte_time);
    const auto later = static_cast<sim_time>(1 + units * part / 1'000'000) * params_.byte_time;
    ready += later;
    fault(frame, cable_fault::delay, static_cast<std::uint64_t>(later));
  }
  ready = std::max(ready, in_order_);
  if (v.overtaken) {
    ready += faults_.reorder_by;
    fault(frame, cable_fault::reorder, static_cast<std::uint64_t>(faults_.reorder_by));
  } else {
    in_order_ = ready;
  }
  if (unplugged_between(frame.start, ready)) return fault(frame, cable_fault::unplugged, 0);
  crossing& first = add(frame, announced, ready);
  first.disturbed = first.ready != on_grid(frame.start + params_.delay);
  if (v.corrupt && announced != 0) {
    first.flip_at = static_cast<std::uint32_t>((where >> 3) % announced);
    first.flip = static_cast<std::uint8_t>(1U << (where & 7U));
    fault(frame, cable_fault::corrupt, first.flip_at);
  }
  if (v.twice) {
    crossing& second = add(frame, announced, ready);
    second.duplicate = second.disturbed = true;
    fault(frame, cable_fault::duplicate, 0);
  }
  ends_.receiver_changed();
}

void cable_lane::fault(const sent_frame& frame, cable_fault what, std::uint64_t detail) {
  events_.push(sent_source_, frame.start, stage::cable_fault, frame.id, static_cast<std::uint64_t>(what), detail);
}

bool cable_lane::unplugged_between(sim_time from, sim_time to) const {
  return std::any_of(params_.flaps.begin(), params_.flaps.end(),
                     [&](const cable_flap& f) { return f.from <= to && f.to > from; });
}

// Of a frame that begins at the receiver at `start`: whole bytes before the cable is pulled out next.
std::size_t cable_lane::bytes_before_flap(sim_time start) const {
  for (const cable_flap& f : params_.flaps) {
    if (f.from <= start) continue;
    const sim_time bytes = (f.from - start) / params_.byte_time - params_.preamble_bytes;
    return bytes < 1 ? 1 : static_cast<std::size_t>(bytes);
  }
  return no_end;
}

// A receiving PHY hands on whole byte times of its own clock.
sim_time cable_lane::on_grid(sim_time t) const {
  return (t + params_.byte_time - 1) / params_.byte_time * params_.byte_time;
}

cable_lane::crossing& cable_lane::add(const sent_frame& frame, std::size_t announced, sim_time ready) {
  std::unique_ptr<crossing> c;
  if (free_.empty()) {
    c = std::make_unique<crossing>();
  } else {
    c = std::move(free_.back());
    free_.pop_back();
  }
  c->lane = this;
  c->sent_as = frame.id;
  c->sent = frame.start;
  c->ready = on_grid(ready);
  c->order = ++order_;
  c->announced = static_cast<std::uint32_t>(announced);
  c->duplicate = c->disturbed = c->taken = false;
  c->live = true;
  c->flip_at = no_flip;
  c->most = no_end;
  c->bytes.clear();
  waiting_.push_back(std::move(c));
  return *waiting_.back();
}

void cable_lane::frame_ends(const sent_frame& frame) {
  sending_ = false;
  const auto keep = [&](crossing& c) {
    if (!c.live) return;
    c.live = false;
    c.bytes = frame.bytes;
    if (c.bytes.size() != c.announced) note_length(c, c.bytes.size());
  };
  for (const auto& c : waiting_) keep(*c);
  for (const auto& c : used_) keep(*c);
  if (!frame.bytes.empty()) return;
  // Cut off in its preamble: nothing that a receiver could take for a frame.
  const auto gone = std::remove_if(waiting_.begin(), waiting_.end(),
                                   [&](const auto& c) { return c->sent == frame.start && c->bytes.empty(); });
  if (gone == waiting_.end()) return;  // lost anyway
  waiting_.erase(gone, waiting_.end());
  events_.push(sent_source_, frame.end, stage::cable_fault, frame.id, static_cast<std::uint64_t>(cable_fault::cut), 0);
  ends_.receiver_changed();
}

// The frame on the receiver's line is shorter or longer than announced: the next one may begin at another time.
void cable_lane::note_length(const crossing& c, std::size_t length) {
  if (&c != last_) return;
  line_free_ = last_start_ + time_of(params_.preamble_bytes + length);
  if (!waiting_.empty()) ends_.receiver_changed();
}

// ---- the receiver

// Who could start first, and of those the one that was sent first.
cable_lane::crossing* cable_lane::next() {
  crossing* first = nullptr;
  for (const auto& c : waiting_)
    if (first == nullptr || c->ready < first->ready) first = c.get();
  return first;
}

const wire_frame* cable_lane::peek() {
  crossing* const c = next();
  if (c == nullptr) return nullptr;
  const bool out_of_place = c->disturbed || last_disturbed_;
  next_.start = std::max(c->ready, line_free_ + (out_of_place ? time_of(params_.gap_bytes) : 0));
  next_.announced = c->announced;
  next_.sent_as = c->sent_as;
  next_.feed = c;
  return &next_;
}

void cable_lane::pop(wire_frame& frame) {
  crossing* const c = next();
  for (auto& done : used_) free_.push_back(std::move(done));  // the receiver has had its end
  used_.clear();
  const auto at = std::find_if(waiting_.begin(), waiting_.end(), [c](const auto& w) { return w.get() == c; });
  frame.start = peek()->start;
  frame.announced = c->announced;
  frame.sent_as = c->sent_as;
  frame.feed = c;
  frame.bytes.clear();
  frame.rx_er_at = no_rx_er;
  frame.marks = 0;
  c->taken = true;
  if (!params_.flaps.empty()) c->most = bytes_before_flap(frame.start);
  last_ = c;
  last_start_ = frame.start;
  last_disturbed_ = c->disturbed || frame.start != c->ready;
  line_free_ = last_start_ + time_of(params_.preamble_bytes + (c->live ? c->announced : c->bytes.size()));
  used_.push_back(std::move(*at));
  waiting_.erase(at);
  events_.push(received_source_, frame.start, stage::cable_out, frame.id, frame.sent_as, c->duplicate ? 1 : 0);
  if (c->announced > c->most)
    events_.push(received_source_, frame.start, stage::cable_fault, frame.id,
                 static_cast<std::uint64_t>(cable_fault::broken), c->most);
}

// Bytes that nothing can take back: the sender has sent them by its local time, or has ended.  `all`: there are no
// more.
std::size_t cable_lane::certain(const crossing& c, bool& all) const {
  const std::size_t known = sent_for_certain(c, all);
  if (known <= c.most) return known;
  all = true;
  return c.most;
}

std::size_t cable_lane::sent_for_certain(const crossing& c, bool& all) const {
  if (!c.live) {
    all = true;
    return c.bytes.size();
  }
  const sent_frame& frame = from_.frame();
  const sim_time gone = (ends_.sender_time() - c.sent) / params_.byte_time - params_.preamble_bytes;
  const std::size_t sent = gone <= 0 ? 0 : std::min(static_cast<std::size_t>(gone), frame.bytes.size());
  all = from_.whole() && sent == frame.bytes.size();
  return sent;
}

bool cable_lane::refill(crossing& c, wire_frame& frame) {
  bool all = false;
  const std::size_t known = certain(c, all);
  const std::vector<std::uint8_t>& bytes = c.live ? from_.frame().bytes : c.bytes;
  const std::size_t had = frame.bytes.size();
  frame.bytes.insert(frame.bytes.end(), bytes.begin() + static_cast<std::ptrdiff_t>(had),
                     bytes.begin() + static_cast<std::ptrdiff_t>(known));
  if (c.flip_at >= had && c.flip_at < known) frame.bytes[c.flip_at] ^= c.flip;
  if (!all) return false;
  frame.feed = nullptr;
  frame.marks |= marks_of(frame.bytes, to_.params().max_frame_bytes);
  to_.heard(frame);
  return true;
}

}  // namespace ringside::tlm

// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/wire/wire.h"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

#include "common/ethernet.h"
#include "hw/tlm/wire/frame_marks.h"

namespace ringside::tlm {
wire::wire(std::uint16_t number, frame_source& source, const wire_params& params)
    : number_(number), source_(&source), params_(params) {}

void wire::connect(frame_source& source, const wire_params& params) {
  if (params.byte_time != params_.byte_time) throw std::logic_error("a card knows this wire by another byte time");
  source_ = &source;
  params_ = params;
}

void wire::connect(wire_line& line, const wire_params& params) {
  if (params.byte_time != params_.byte_time) throw std::logic_error("a card knows this wire by another byte time");
  line_ = &line;
  params_ = params;
  held_ = false;
}

void wire::release(sim_time t, sim_time origin) {
  held_ = false;
  origin_ = origin;
  free_ = std::max(free_, t);
}

[[gnu::hot]] const wire_frame* wire::peek() {
  if (held_) return nullptr;
  if (line_ != nullptr) [[unlikely]]
    return line_->peek();
  if (first_ == made_ahead_ && !ended_) read_ahead();
  if (!put_.empty() && put_is_next()) [[unlikely]] {
    put_.front().start = start_of(put_.front());
    return &put_.front();
  }
  if (first_ == made_ahead_) return nullptr;
  ahead_[first_].start = start_of(ahead_[first_]);
  return &ahead_[first_];
}

// Where both could start, they take turns.
bool wire::put_is_next() const {
  if (first_ == made_ahead_) return true;
  const sim_time put = start_of(put_.front());
  const sim_time of_source = start_of(ahead_[first_]);
  return put < of_source || (put == of_source && !last_was_put_);
}

void wire::put(offered_frame&& offer) {
  if (line_ != nullptr) throw std::logic_error("a cable takes frames from its two cards alone");
  wire_frame frame;
  const sim_time earliest = offer.earliest;
  make(std::move(offer), earliest, frame);
  put_.push(std::move(frame));
}

// Byte times begin at 0; nothing starts before the frame before it and its gap are over.
[[gnu::hot]] sim_time wire::start_of(const wire_frame& frame) const {
  const sim_time earliest = std::max(frame.start, free_);
  return (earliest + params_.byte_time - 1) / params_.byte_time * params_.byte_time;
}

// Some frames at a time where the source allows it: what makes frames does not stay in the caches of what receives
// them. A source that fails ends the run where its next frame is wanted, not before.
void wire::read_ahead() {
  if (failure_) std::rethrow_exception(failure_);
  first_ = 0;
  made_ahead_ = 0;
  ahead_.resize(source_->read_ahead());
  try {
    while (!ended_ && made_ahead_ < ahead_.size()) {
      wire_frame& frame = ahead_[made_ahead_];
      source_->give_back(std::move(frame.bytes));
      std::optional<offered_frame> offer = source_->next();
      if (offer) {
        const sim_time earliest = origin_ + offer->earliest;
        make(std::move(*offer), earliest, frame);
        ++made_ahead_;
      } else {
        ended_ = true;
      }
    }
  } catch (...) {
    if (made_ahead_ == 0) throw;
    failure_ = std::current_exception();
  }
}

[[gnu::hot]] void wire::pop(wire_frame& frame) {
  if (line_ != nullptr) [[unlikely]] {
    frame.id = (frame_id{number_} << frame_wire_shift) + ++offered_;
    return line_->pop(frame);
  }
  last_was_put_ = !put_.empty() && put_is_next();
  if (last_was_put_) [[unlikely]]
    frame = std::move(put_.take());
  else
    std::swap(frame, ahead_[first_++]);
  frame.start = start_of(frame);
  frame.id = (frame_id{number_} << frame_wire_shift) + ++offered_;
  const auto on_wire = static_cast<sim_time>(params_.preamble_bytes + frame.bytes.size() + params_.gap_bytes);
  free_ = frame.start + on_wire * params_.byte_time;
  for (const auto& to : listeners_) to(frame);
}

void wire::make(offered_frame&& offer, sim_time earliest, wire_frame& frame) const {
  frame.marks = 0;
  frame.bytes = std::move(offer.bytes);
  if (offer.pad && !offer.has_fcs && frame.bytes.size() < ethernet::least_without_fcs) {
    frame.bytes.resize(ethernet::least_without_fcs);
    frame.marks |= wire_mark::padded;
  }
  if (!offer.has_fcs) {
    const auto fcs = fcs_of(frame.bytes);
    frame.bytes.insert(frame.bytes.end(), fcs.begin(), fcs.end());
  }
  if (offer.bad_fcs) frame.bytes.back() ^= 0x01;
  const bool fcs_right = !offer.bad_fcs && (!offer.has_fcs || fcs_is_right(frame.bytes));
  frame.marks |= marks_of(frame.bytes, params_.max_frame_bytes, fcs_right);
  frame.rx_er_at = offer.rx_er_at;
  if (frame.rx_er_at != no_rx_er) frame.marks |= wire_mark::rx_er;
  frame.start = earliest;
}

}  // namespace ringside::tlm

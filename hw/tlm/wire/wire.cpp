// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/wire/wire.h"

#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <stdexcept>
#include <utility>

#include "common/ethernet.h"

namespace ringside::tlm {
namespace {

// IEEE 802.3 3.2.9: CRC-32, least significant byte of the usual value first on the wire.
std::array<std::uint8_t, ethernet::fcs_bytes> fcs_of(std::span<const std::uint8_t> covered) {
  const std::uint32_t crc = libdeflate_crc32(0, covered.data(), covered.size());
  std::array<std::uint8_t, ethernet::fcs_bytes> fcs;
  for (unsigned i = 0; i < ethernet::fcs_bytes; ++i) fcs[i] = static_cast<std::uint8_t>(crc >> (8 * i));
  return fcs;
}

/// Of a frame that brings its own.
bool fcs_is_right(std::span<const std::uint8_t> frame) {
  if (frame.size() < ethernet::fcs_bytes) return false;
  const auto fcs = fcs_of(frame.first(frame.size() - ethernet::fcs_bytes));
  return std::equal(fcs.begin(), fcs.end(), frame.end() - ethernet::fcs_bytes);
}

// By destination and type (IEEE 802.3 3.2.3, 31.4.1.3): what the card's counters tell apart.
std::uint64_t kind_of(const std::vector<std::uint8_t>& bytes) {
  constexpr std::size_t address_bytes = 6, type_at = 12;
  if (bytes.size() < address_bytes) return 0;
  std::uint64_t marks = 0;
  if (std::all_of(bytes.begin(), bytes.begin() + address_bytes, [](std::uint8_t b) { return b == 0xFF; }))
    marks = wire_mark::broadcast;
  else if ((bytes[0] & 1U) != 0)
    marks = wire_mark::multicast;
  if (bytes.size() > type_at + 1 && bytes[type_at] == 0x88 && bytes[type_at + 1] == 0x08)
    marks |= wire_mark::mac_control;
  return marks;
}
}  // namespace

wire::wire(std::uint16_t number, frame_source& source, const wire_params& params)
    : number_(number), source_(&source), params_(params) {}

void wire::connect(frame_source& source, const wire_params& params) {
  if (params.byte_time != params_.byte_time) throw std::logic_error("a card knows this wire by another byte time");
  source_ = &source;
  params_ = params;
}

void wire::release(sim_time t) {
  held_ = false;
  origin_ = t;
}

[[gnu::hot]] const wire_frame* wire::peek() {
  if (held_) return nullptr;
  if (first_ == made_ahead_ && !ended_) read_ahead();
  return first_ == made_ahead_ ? nullptr : &ahead_[first_];
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
        make(std::move(*offer), frame);
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
  ++offered_;
  std::swap(frame, ahead_[first_++]);
}

void wire::make(offered_frame&& offer, wire_frame& frame) {
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
  if (offer.bad_fcs || (offer.has_fcs && !fcs_is_right(frame.bytes))) frame.marks |= wire_mark::bad_fcs;
  frame.rx_er_at = offer.rx_er_at;
  if (frame.rx_er_at != no_rx_er) frame.marks |= wire_mark::rx_er;
  if (frame.bytes.size() < ethernet::least_frame) frame.marks |= wire_mark::runt;
  if (frame.bytes.size() > params_.max_frame_bytes) frame.marks |= wire_mark::oversize;

  frame.marks |= kind_of(frame.bytes);

  const sim_time earliest = std::max(origin_ + offer.earliest, free_);
  frame.start = (earliest + params_.byte_time - 1) / params_.byte_time * params_.byte_time;
  const auto on_wire = static_cast<sim_time>(params_.preamble_bytes + frame.bytes.size() + params_.gap_bytes);
  free_ = frame.start + on_wire * params_.byte_time;
  frame.id = (frame_id{number_} << frame_wire_shift) + ++made_;
}

}  // namespace ringside::tlm

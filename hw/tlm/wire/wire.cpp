#include "hw/tlm/wire/wire.h"

#include <zlib.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace ringside::tlm {
namespace {
constexpr std::size_t min_without_fcs = 60;  // IEEE 802.3 3.2.8: minFrameSize 64 octets with FCS
constexpr std::size_t fcs_bytes = 4;
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

const wire_frame* wire::peek() {
  if (held_) return nullptr;
  if (!next_ && !ended_) {
    std::optional<offered_frame> offer = source_->next();
    if (offer)
      next_ = make(std::move(*offer));
    else
      ended_ = true;
  }
  return next_ ? &*next_ : nullptr;
}

wire_frame wire::pop() {
  wire_frame frame = std::move(*next_);
  next_.reset();
  ++offered_;
  return frame;
}

wire_frame wire::make(offered_frame&& offer) {
  wire_frame frame;
  frame.bytes = std::move(offer.bytes);
  if (offer.pad && !offer.has_fcs && frame.bytes.size() < min_without_fcs) {
    frame.bytes.resize(min_without_fcs);
    frame.marks |= wire_mark::padded;
  }
  if (!offer.has_fcs) {
    // IEEE 802.3 3.2.9: CRC-32, least significant byte of zlib's value first on the wire.
    const uLong crc = crc32(0L, frame.bytes.data(), static_cast<uInt>(frame.bytes.size()));
    for (unsigned i = 0; i < fcs_bytes; ++i) frame.bytes.push_back(static_cast<std::uint8_t>(crc >> (8 * i)));
  }
  if (offer.bad_fcs) {
    frame.bytes.back() ^= 0x01;
    frame.marks |= wire_mark::bad_fcs;
  }
  frame.rx_er_at = offer.rx_er_at;
  if (frame.rx_er_at >= 0) frame.marks |= wire_mark::rx_er;
  if (frame.bytes.size() < min_without_fcs + fcs_bytes) frame.marks |= wire_mark::runt;
  if (frame.bytes.size() > params_.max_frame_bytes) frame.marks |= wire_mark::oversize;

  const sim_time earliest = std::max(origin_ + offer.earliest, free_);
  frame.start = (earliest + params_.byte_time - 1) / params_.byte_time * params_.byte_time;
  const auto on_wire = static_cast<sim_time>(params_.preamble_bytes + frame.bytes.size() + params_.gap_bytes);
  free_ = frame.start + on_wire * params_.byte_time;
  frame.id = (frame_id{number_} << frame_wire_shift) + ++made_;
  return frame;
}

}  // namespace ringside::tlm

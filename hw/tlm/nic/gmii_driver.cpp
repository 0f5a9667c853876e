// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/nic/gmii_driver.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace ringside::tlm {
namespace {
constexpr std::uint8_t preamble = 0x55;               // IEEE 802.3 3.2.1, least significant bit first
constexpr std::uint8_t start_frame_delimiter = 0xD5;  // IEEE 802.3 3.2.2
}  // namespace

gmii_driver::gmii_driver(wire& from, const clock_domain& clock)
    : wire_(from), clock_(clock), cycles_per_byte_(clock.edge_at_or_after(from.params().byte_time)) {
  look_ahead();
}

[[gnu::hot]] void gmii_driver::look_ahead() {
  const wire_frame* next = wire_.peek();
  next_start_ = next == nullptr ? std::numeric_limits<std::int64_t>::max() : clock_.edge_at_or_after(next->start);
}

[[gnu::hot]] gmii_driver::edge_kind gmii_driver::drive(std::int64_t cycle, pins& out) {
  if (cycles_per_byte_ == 1) return drive_byte(cycle, out);
  if (cycle < next_byte_) {
    out = held_;
    out.ce = false;
    return edge_kind::data;
  }
  const edge_kind kind = drive_byte(cycle, out);
  if (kind != edge_kind::idle) next_byte_ = cycle + cycles_per_byte_;
  held_ = out;
  return kind;
}

// Everything that goes over the pins for the frame, so that a byte costs one load.
[[gnu::hot]] void gmii_driver::lay_out() {
  line_.assign(wire_.params().preamble_bytes, preamble);
  if (!line_.empty()) line_.back() = start_frame_delimiter;
  line_.insert(line_.end(), frame_.bytes.begin(), frame_.bytes.end());
  er_at_ = -1;
  if (frame_.rx_er_at == no_rx_er) return;
  const auto first = static_cast<std::int64_t>(wire_.params().preamble_bytes);  // byte of the frame
  er_at_ = std::max<std::int64_t>(first + frame_.rx_er_at + (frame_.rx_er_at < 0 ? 1 : 0), -1);
}

// Of a frame that is still being sent: the bytes that have become known.  The last of them may be the frame's last.
[[gnu::noinline]] void gmii_driver::take_more() {
  const bool all = frame_.feed->refill(frame_);
  const std::size_t had = line_.size() - wire_.params().preamble_bytes;
  line_.insert(line_.end(), frame_.bytes.begin() + static_cast<std::ptrdiff_t>(had), frame_.bytes.end());
  if (!all && position_ + 1 >= static_cast<std::int64_t>(line_.size()))
    throw std::logic_error("a byte is due before it came over the cable");
  if (cycles_per_byte_ == 1) plain_end_ = static_cast<std::int64_t>(line_.size()) - 1;
}

[[gnu::hot]] gmii_driver::edge_kind gmii_driver::drive_byte(std::int64_t cycle, pins& out) {
  edge_kind kind = edge_kind::data;
  const auto last = [this] { return static_cast<std::int64_t>(line_.size()) - 1; };
  if (position_ < 0) {
    if (cycle < next_start_) {
      out = {};
      return edge_kind::idle;
    }
    wire_.pop(frame_);
    look_ahead();
    ++started_;
    lay_out();
    position_ = 0;
    if (cycles_per_byte_ == 1 && er_at_ < 0) plain_end_ = last();
    kind = edge_kind::sof;
  }
  if (frame_.feed != nullptr) [[unlikely]]
    take_more();
  out.dv = true;
  out.er = position_ == er_at_;
  out.data = line_[static_cast<std::size_t>(position_)];
  if (position_ == last()) {
    position_ = -1;
    plain_end_ = -1;
    return edge_kind::eof;
  }
  ++position_;
  return kind;
}

}  // namespace ringside::tlm

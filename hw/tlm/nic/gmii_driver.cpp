#include "hw/tlm/nic/gmii_driver.h"

#include <limits>

namespace ringside::tlm {
namespace {
constexpr std::uint8_t preamble = 0x55;               // IEEE 802.3 3.2.1, least significant bit first
constexpr std::uint8_t start_frame_delimiter = 0xD5;  // IEEE 802.3 3.2.2
}  // namespace

gmii_driver::gmii_driver(wire& from, const clock_domain& clock)
    : wire_(from), clock_(clock), cycles_per_byte_(clock.edge_at_or_after(from.params().byte_time)) {
  look_ahead();
}

void gmii_driver::look_ahead() {
  const wire_frame* next = wire_.peek();
  next_start_ = next == nullptr ? std::numeric_limits<std::int64_t>::max() : clock_.edge_at_or_after(next->start);
}

gmii_driver::edge_kind gmii_driver::drive(std::int64_t cycle, pins& out) {
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

gmii_driver::edge_kind gmii_driver::drive_byte(std::int64_t cycle, pins& out) {
  edge_kind kind = edge_kind::data;
  if (position_ < 0) {
    if (cycle < next_start_) {
      out = {};
      return edge_kind::idle;
    }
    frame_ = wire_.pop();
    look_ahead();
    ++started_;
    position_ = 0;
    kind = edge_kind::sof;
  }
  const std::int64_t lead = wire_.params().preamble_bytes;
  const std::int64_t offset = position_ - lead;
  out.dv = true;
  out.er = false;
  if (offset < 0) {
    out.data = offset == -1 ? start_frame_delimiter : preamble;
  } else {
    out.data = frame_.bytes[static_cast<std::size_t>(offset)];
    out.er = offset == frame_.rx_er_at;
  }
  if (++position_ == lead + static_cast<std::int64_t>(frame_.bytes.size())) {
    position_ = -1;
    return edge_kind::eof;
  }
  return kind;
}

}  // namespace ringside::tlm

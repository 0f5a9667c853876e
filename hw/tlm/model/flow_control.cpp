// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/model/flow_control.h"

#include <algorithm>

#include "hw/tlm/model/packet_buffer.h"

namespace ringside::tlm::model {
namespace {
constexpr std::uint32_t threshold_mask = 0x0000'FFF8;
}

// F-10.
std::uint32_t flow_control::fill() const {
  const std::uint32_t stored = around_.stored();
  if (!arriving_ || core_.now < first_byte_) return stored;
  const auto bytes = static_cast<std::size_t>((core_.now - first_byte_) / byte_time_);
  return stored + packet_buffer::room_for(std::min(bytes, length_));
}

// F-6: without TFCE nothing is looked at; when it comes, what stands above FCRTH has just come there.
void flow_control::changed() {
  if (!core_.regs.has(reg::CTRL, ctrl::TFCE)) {
    above_ = false;
    ++generation_;
    return;
  }
  const std::uint32_t high = core_.regs.get(reg::FCRTH) & threshold_mask;
  const std::uint32_t low = core_.regs.get(reg::FCRTL);
  const std::uint32_t now = fill();
  if (!above_ && high != 0 && now >= high) {
    above_ = true;
    overflow_told_ = false;
    around_.send_pause(static_cast<std::uint16_t>(core_.regs.get(reg::FCTTV)));
  } else if (above_ && now <= (low & threshold_mask) && (high == 0 || now < high)) {
    above_ = false;
    if ((low & fcrtl::XONE) != 0) around_.send_pause(0);
  }
  watch();
}

// The date at which the frame under way takes the fill over the threshold, as things stand.
void flow_control::watch() {
  const std::uint64_t generation = ++generation_;
  const std::uint32_t high = core_.regs.get(reg::FCRTH) & threshold_mask;
  if (!arriving_ || above_ || high == 0) return;
  const std::uint32_t stored = around_.stored();
  std::size_t bytes = 0;
  if (high > stored + packet_buffer::overhead_bytes) {
    const std::uint32_t missing = high - stored - packet_buffer::overhead_bytes;
    bytes = (missing - 1) / packet_buffer::grain_bytes * packet_buffer::grain_bytes + 1;
  }
  if (bytes > length_) return;
  const sim_time date = first_byte_ + static_cast<sim_time>(bytes) * byte_time_;
  if (date <= core_.now) return;
  core_.at(date, [this, generation] {
    if (generation == generation_) changed();
  });
}

void flow_control::arriving(sim_time first_byte, std::size_t length) {
  arriving_ = true;
  first_byte_ = first_byte;
  length_ = length;
  changed();
}

void flow_control::arrived() {
  arriving_ = false;
  changed();
}

void flow_control::overflow() {
  if (!above_ || overflow_told_ || !core_.regs.has(reg::CTRL, ctrl::TFCE)) return;
  overflow_told_ = true;
  around_.send_pause(static_cast<std::uint16_t>(core_.regs.get(reg::FCTTV)));
}

void flow_control::reset() {
  arriving_ = above_ = overflow_told_ = false;
  ++generation_;
}

}  // namespace ringside::tlm::model

// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/model/receiver.h"

#include <algorithm>

namespace ringside::tlm::model {
namespace {

void put_16(descriptor& d, std::uint32_t at, std::uint32_t value) {
  d.raw[at] = static_cast<std::uint8_t>(value);
  d.raw[at + 1] = static_cast<std::uint8_t>(value >> 8);
}

// Everything the chip writes, not ORed into what software left; the address stays.
void fill_in(descriptor& d, std::uint32_t length, std::uint16_t checksum) {
  std::fill(d.raw.begin() + rxd::LENGTH, d.raw.end(), std::uint8_t{0});
  put_16(d, rxd::LENGTH, length);
  put_16(d, rxd::CHECKSUM, checksum);
  d.raw[rxd::STATUS] = rxd_status::DD;
}

}  // namespace

// BSIZE and BSEX, FS 6.1; the reserved code 00 with BSEX is 2048.
std::uint32_t receiver::buffer_size() const {
  const std::uint32_t value = core_.regs.get(reg::RCTL);
  const std::uint32_t code = (value & rctl::BSIZE) >> rctl::BSIZE_SHIFT;
  if ((value & rctl::BSEX) == 0) return 2048U >> code;
  return code == 0 ? 2048U : 32768U >> code;
}

void receiver::wake() {
  if (waking_) return;
  waking_ = true;
  core_.after(core_.params.dma_clocks, [this] {
    waking_ = false;
    step();
  });
}

// with EN = 0 no frame is begun; the one being delivered goes on.
bool receiver::may_start() const {
  return core_.regs.has(reg::RCTL, rctl::EN) && !buffer_.empty() && ring_.unused() != 0;
}

// without LPE and SBP software may have posted buffers of 1522 bytes, whatever BSIZE says.  A frame that was
// stored under another setting is discarded when its turn comes.
bool receiver::too_long(const stored_frame& frame) const {
  constexpr std::size_t longest =
      1522;  // from the sheet and not from common/, on purpose: checker and RTL have their own
  return frame.bytes.size() > longest && (core_.regs.get(reg::RCTL) & (rctl::LPE | rctl::SBP)) == 0;
}

void receiver::step() {
  while (dma_.allowed() && bursts_ < core_.params.payload_bursts) {
    if (!issuing_) {
      if (!may_start()) break;
      stored_frame next = buffer_.take();
      if (too_long(next)) {
        buffer_.release(next.bytes.size());
        core_.emit(stage::fifo_drop, next.id, drop_mark::stored, static_cast<std::uint64_t>(drop_reason::oversize));
        continue;
      }
      under_way_.push_back({std::move(next), 0, {}});
      issuing_ = true;
      in_buffer_ = false;
    }
    if (!in_buffer_ && !next_descriptor()) break;
    if (room_ == 0 && bursts_ != 0) break;  // nothing to send: its turn comes when those before it are done
    issue();
  }
  if (!issuing_ && !buffer_.empty() && ring_.unused() == 0) ring_.wake();
}

// False when the frame has to wait for a descriptor.
bool receiver::next_descriptor() {
  for (;;) {
    if (ring_.unused() == 0) {
      starve();
      return false;
    }
    const descriptor_ring::serial number = ring_.take();
    descriptor& d = ring_.at(number);
    if (d.is_null()) {  // DD and nothing else
      d.raw[rxd::STATUS] |= rxd_status::DD;
      d.now = descriptor::state::done;
      ring_.consume();
      around_.descriptor_done();
      continue;
    }
    delivery& to = under_way_.back();
    to.descriptors.push_back(number);
    d.frame = to.frame.id;
    address_ = d.address();
    length_ = room_ =
        static_cast<std::uint32_t>(std::min<std::size_t>(buffer_size(), to.frame.bytes.size() - to.issued));
    in_buffer_ = true;
    return true;
  }
}

// a frame that waits for a descriptor gives up those it has filled, when nothing else can bring one.
void receiver::starve() {
  ring_.wake();
  if (!ring_.starved()) return;
  ring_.finish_filled();
  around_.flush();
}

void receiver::issue() {
  delivery& to = under_way_.back();
  const std::uint32_t boundary = core_.params.payload_burst_bytes;
  const auto n = static_cast<std::uint32_t>(std::min<std::uint64_t>(room_, boundary - address_ % boundary));
  const bool buffer_ends = n == room_;
  const bool frame_ends = to.issued + n == to.frame.bytes.size();
  const descriptor_ring::serial number = to.descriptors.back();
  const std::uint32_t length = length_;
  if (n == 0) {  // a frame of which stripping left nothing
    in_buffer_ = issuing_ = false;
    buffer_filled(number, 0);
    frame_done();
    return;
  }
  burst& b = dma_.make(frame_ends ? dma_kind::payload_end : dma_kind::payload, address_, n);
  std::copy_n(to.frame.bytes.begin() + static_cast<std::ptrdiff_t>(to.issued), n, b.data.begin());
  b.frames.push_back(to.frame.id);
  const std::uint64_t epoch = epoch_;
  b.over = [this, epoch, buffer_ends, frame_ends, number, length] {
    --bursts_;
    if (epoch == epoch_) {
      if (buffer_ends) buffer_filled(number, length);
      if (frame_ends) frame_done();
    }
    wake();
  };
  to.issued += n;
  address_ += n;
  room_ -= n;
  if (buffer_ends) in_buffer_ = false;
  if (frame_ends) issuing_ = false;
  ++bursts_;
  dma_.start(b);
}

void receiver::buffer_filled(descriptor_ring::serial number, std::uint32_t length) {
  descriptor& d = ring_.at(number);
  fill_in(d, length, under_way_.front().frame.packet_checksum);
  d.now = descriptor::state::filled;
  ring_.consume();
}

// The last byte of the oldest frame under way is in memory.
void receiver::frame_done() {
  const delivery whole = std::move(under_way_.front());
  under_way_.pop_front();
  descriptor& last = ring_.at(whole.descriptors.back());
  last.last = true;
  last.raw[rxd::STATUS] = static_cast<std::uint8_t>(whole.frame.status | rxd_status::DD | rxd_status::EOP);
  last.raw[rxd::ERRORS] = whole.frame.errors;
  put_16(last, rxd::SPECIAL, whole.frame.special);
  for (const descriptor_ring::serial number : whole.descriptors)
    if (number >= ring_.first()) ring_.at(number).now = descriptor::state::done;  // the rest was written early
  buffer_.release(whole.frame.bytes.size());
  around_.descriptor_done();
  around_.frame_in_memory(whole.frame.bytes.size());
}

void receiver::restart() {
  ++epoch_;
  for (const delivery& lost : under_way_) {
    buffer_.release(lost.frame.bytes.size());
    core_.emit(stage::fifo_drop, lost.frame.id, drop_mark::stored, static_cast<std::uint64_t>(drop_reason::nic_reset));
  }
  under_way_.clear();
  issuing_ = in_buffer_ = false;
}

}  // namespace ringside::tlm::model

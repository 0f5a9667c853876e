// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/model/transmit_mac.h"

#include <algorithm>

#include "common/ethernet.h"
#include "hw/tlm/model/transmit_offload.h"
#include "hw/tlm/wire/frame_marks.h"

namespace ringside::tlm::model {
namespace {

constexpr std::uint32_t gap_overhead = 4;  // T-75
constexpr std::uint16_t pause_operation = 1;

std::uint32_t sent_size_bin(std::size_t length) {
  if (length == ethernet::least_frame) return reg::PTC64;
  if (length <= 127) return reg::PTC127;
  if (length <= 255) return reg::PTC255;
  if (length <= 511) return reg::PTC511;
  return length <= 1023 ? reg::PTC1023 : reg::PTC1522;
}

bool to_broadcast(const std::vector<std::uint8_t>& bytes) {
  return bytes.size() >= ethernet::address_bytes &&
         std::all_of(bytes.begin(), bytes.begin() + ethernet::address_bytes, [](std::uint8_t b) { return b == 0xFF; });
}
bool to_group(const std::vector<std::uint8_t>& bytes) {
  return !bytes.empty() && (bytes[0] & 1) != 0;
}

void put_low_first(std::vector<std::uint8_t>& to, std::uint64_t value, unsigned n) {
  for (unsigned i = 0; i < n; ++i) to.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}
void put_high_first(std::vector<std::uint8_t>& to, std::uint32_t value) {
  to.push_back(static_cast<std::uint8_t>(value >> 8));
  to.push_back(static_cast<std::uint8_t>(value));
}

void append_fcs(std::vector<std::uint8_t>& bytes) {
  const auto fcs = frame_check_sequence(bytes);
  bytes.insert(bytes.end(), fcs.begin(), fcs.end());
}

}  // namespace

// While a frame is on the wire its end wakes; so nobody is woken inside the gap.
void transmit_mac::wake() {
  if (waking_ || now_sent_ || (!pause_ && fifo_.empty())) return;
  waking_ = true;
  core_.at(std::max(core_.now + core_.params.transmit_clocks * card_clock, gap_until_), [this] {
    waking_ = false;
    step();
  });
}

// T-72; a PAUSE that was received holds the FIFO's frames, not the chip's own (F-9).
bool transmit_mac::may_begin() const {
  if (now_sent_ || core_.config.asleep()) return false;
  if (!core_.regs.has(reg::TCTL, tctl::EN) || !around_.link_up()) return false;
  return pause_ || (!fifo_.empty() && !around_.paused());
}

void transmit_mac::step() {
  if (!may_begin()) return;
  if (!pause_) {
    begin(next_frame());
    return;
  }
  const std::uint16_t timer = *pause_;
  pause_.reset();
  begin(pause_frame(timer));
}

transmit_mac::sending transmit_mac::next_frame() {
  outgoing_frame frame = fifo_.take();
  sending s;
  s.id = frame.id;
  s.room = transmit_fifo::room_for(frame.bytes.size());
  s.bytes = std::move(frame.bytes);
  if (!frame.append_fcs) return s;  // T-73: it brings its own
  if (core_.regs.has(reg::TCTL, tctl::PSP) && s.bytes.size() < ethernet::least_without_fcs)
    s.bytes.resize(ethernet::least_without_fcs);
  append_fcs(s.bytes);
  return s;
}

transmit_mac::sending transmit_mac::pause_frame(std::uint16_t timer) const {
  sending s;
  put_low_first(s.bytes, core_.regs.get(reg::FCAL), 4);
  put_low_first(s.bytes, core_.regs.get(reg::FCAH), 2);
  put_low_first(s.bytes, core_.regs.get(reg::RAL), 4);
  put_low_first(s.bytes, core_.regs.get(reg::RAH) & rah::ADDR, 2);
  put_high_first(s.bytes, core_.regs.get(reg::FCT));
  put_high_first(s.bytes, pause_operation);
  put_high_first(s.bytes, timer);
  s.bytes.resize(ethernet::least_without_fcs);
  append_fcs(s.bytes);
  s.pause = timer;
  return s;
}

void transmit_mac::begin(sending&& frame) {
  now_sent_ = std::move(frame);
  sending& s = *now_sent_;
  s.start = core_.now;
  core_.emit(stage::tx_wire_sof, s.id);
  if (s.pause) core_.emit(stage::tx_pause, 0, *s.pause);
  s.on_tx_wire = !around_.looped();
  if (s.on_tx_wire) {
    wire_.begin(s.start, s.id, s.bytes.size());
    wire_.add(s.bytes);
    wire_.complete();
  } else {
    around_.loop(s.id, s.bytes);
  }
  const sim_time whole = (preamble_bytes + static_cast<sim_time>(s.bytes.size())) * byte_time_;
  const std::uint64_t epoch = epoch_;
  core_.at(s.start + whole - byte_time_, [this, epoch] {
    if (epoch == epoch_) last_byte();
  });
  core_.at(s.start + whole, [this, epoch] {
    if (epoch == epoch_) end();
  });
}

// T-90, T-91.
void transmit_mac::count(const sending& s) const {
  statistics& counters = core_.stats;
  const auto octets = static_cast<std::uint32_t>(s.bytes.size());
  counters.count(reg::TPT);
  counters.add_octets(reg::TOTL, octets);
  if (s.pause) {
    counters.count(*s.pause == 0 ? reg::XONTXC : reg::XOFFTXC);
    return;
  }
  if (octets < ethernet::least_frame) return;
  counters.count(reg::GPTC);
  counters.add_octets(reg::GOTCL, octets);
  counters.count(sent_size_bin(octets));
  if (to_broadcast(s.bytes))
    counters.count(reg::BPTC);
  else if (to_group(s.bytes))
    counters.count(reg::MPTC);
}

// The frame counts as sent with it (T-90).
void transmit_mac::last_byte() {
  now_sent_->whole = true;
  core_.emit(stage::tx_wire_eof, now_sent_->id, now_sent_->bytes.size(),
             marks_of(now_sent_->bytes, ethernet::longest_frame));
  count(*now_sent_);
}

void transmit_mac::end() {
  const sending s = std::move(*now_sent_);
  now_sent_.reset();
  gap_until_ = core_.now + ((core_.regs.get(reg::TIPG) & tipg::IPGT) + gap_overhead) * byte_time_;
  if (s.on_tx_wire) wire_.end(core_.now);
  if (s.room != 0) {
    fifo_.give_room(s.room);
    around_.room_given();
  }
  wake();
}

void transmit_mac::send_pause(std::uint16_t timer) {
  if (!core_.regs.has(reg::TCTL, tctl::EN) || !around_.link_up() || !around_.full_duplex()) return;
  pause_ = timer;
  wake();
}

void transmit_mac::reset() {
  ++epoch_;
  pause_.reset();
  gap_until_ = 0;
  if (!now_sent_) return;
  const sending s = std::move(*now_sent_);
  now_sent_.reset();
  const sim_time gone = (core_.now - s.start) / byte_time_ - preamble_bytes;
  const auto sent = static_cast<std::size_t>(std::clamp<sim_time>(gone, 0, static_cast<sim_time>(s.bytes.size())));
  if (!s.whole) core_.emit(stage::tx_wire_eof, s.id, sent, wire_mark::bad_fcs);
  if (!s.on_tx_wire) return;
  wire_.cut(sent);
  wire_.end(core_.now);
}

}  // namespace ringside::tlm::model

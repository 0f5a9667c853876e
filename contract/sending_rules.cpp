// SPDX-License-Identifier: Apache-2.0
#include "contract/sending_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "common/ethernet.h"
#include "hw/regs/e1000_regs.h"

namespace ringside::contract {
namespace {

// From a frame's last byte on the wire to its counters: a byte time at 10 Mb/s and some clocks, as for what is
// received.
constexpr sim_time counted_within = 1 * us;
constexpr sim_time byte_time = 8 * ns;  // at 1000 Mb/s; slower links leave longer gaps

}  // namespace

// T-90.
sending_rules::counter sending_rules::size_bin(std::uint32_t bytes) {
  if (bytes == ethernet::least_frame) return ptc64;
  if (bytes <= 127) return ptc127;
  if (bytes <= 255) return ptc255;
  if (bytes <= 511) return ptc511;
  return bytes <= 1023 ? ptc1023 : ptc1522;
}

void sending_rules::add(std::uint32_t which, std::uint32_t bytes, bool certain, sim_time t) {
  for (std::uint8_t i = 0; i < counters; ++i) {
    if ((which >> i & 1U) == 0) continue;
    const std::uint32_t by = is_octets(static_cast<counter>(i)) ? bytes : 1;
    ranges_[i].high += by;
    if (certain) ranges_[i].low += by;
  }
  recent_[next_recent_] = {t, which, bytes};
  next_recent_ = (next_recent_ + 1) % recent_.size();
}

std::uint64_t sending_rules::recently(counter c, sim_time t) const {
  std::uint64_t sum = 0;
  for (const recent_count& r : recent_)
    if (t - r.time <= counted_within && (r.which >> c & 1U) != 0) sum += is_octets(c) ? r.bytes : 1;
  return sum;
}

// T-70.  The frame on the wire leaves with its last byte, in the clock in which the next may come.
void sending_rules::on_commit(const event& e) {
  watching_ = true;
  fifo_.push_back({e.frame, static_cast<std::uint32_t>(e.a)});
  fill_ += fifo_.back().room();
  const std::uint64_t leaving = on_wire_ ? fifo_.front().room() : 0;
  if (fill_ - leaving > state_.registers.sending_bytes())
    state_.log.trip(rule::T_70, e.time,
                    fmt::format("{} bytes in a transmit FIFO of {}", fill_ - leaving, state_.registers.sending_bytes()),
                    {e.frame, breach::no_descriptor, 0});
}

// T-71.  A frame that looks like a PAUSE of the card's own need not have been in the FIFO.
void sending_rules::leave_fifo(const event& e, bool like_pause) {
  const bool first = !fifo_.empty() && fifo_.front().id == e.frame;
  if (like_pause && !(first && fifo_.front().bytes <= ethernet::least_without_fcs)) return;
  if (!first)
    return state_.log.trip(rule::T_71, e.time,
                           fifo_.empty() ? std::string("a frame is sent that was not in the FIFO")
                                         : fmt::format("a frame is sent before frame {}", fifo_.front().id),
                           {e.frame, breach::no_descriptor, 0});
  fill_ -= fifo_.front().room();
  fifo_.pop_front();
}

void sending_rules::on_frame_begins(const event& e) {
  on_wire_ = watching_ = true;
  cut_ = false;
  pause_.reset();
  // The event of a last byte is its beginning.
  const sim_time least = ended_at_ + byte_time * (1 + sim_time{gap_due_});
  if (gap_due_ != 0 && e.time < least)
    state_.log.trip(rule::T_75, e.time,
                    fmt::format("a frame begins {} ns after the one before it, {} byte times are asked for",
                                (e.time - ended_at_ - byte_time) / ns, gap_due_),
                    {e.frame, breach::no_descriptor, 0});
}

void sending_rules::on_frame_ends(const event& e) {
  if (!on_wire_) return;  // T-82: it counts nowhere
  on_wire_ = false;
  ended_at_ = e.time;
  gap_due_ = gap_;
  const auto bytes = static_cast<std::uint32_t>(e.a);
  // A PAUSE frame of the card's own is no good packet; one that looks like it may be software's.
  const bool like_pause = e.frame == 0 && bytes == ethernet::least_frame && (e.b & wire_mark::mac_control) != 0;
  leave_fifo(e, like_pause);
  add(bit(tpt) | bit(tot), bytes, /*certain=*/true, e.time);
  if (pause_) count_pause(*pause_, e.time);
  if (bytes < ethernet::least_frame) return;
  std::uint32_t good = bit(gptc) | bit(got) | bit(size_bin(bytes));
  if ((e.b & wire_mark::broadcast) != 0) good |= bit(bptc);
  if ((e.b & wire_mark::multicast) != 0) good |= bit(mptc);
  add(good, bytes, !like_pause, e.time);
}

// The event may come with its first byte or behind its last.
void sending_rules::on_pause(std::uint16_t timer, sim_time t) {
  if (on_wire_)
    pause_ = timer;
  else if (!cut_)
    count_pause(timer, t);
}

void sending_rules::count_pause(std::uint16_t timer, sim_time t) {
  add(bit(timer == 0 ? xontxc : xofftxc), 0, /*certain=*/true, t);
}

void sending_rules::on_tipg_write(std::uint32_t value) {
  gap_ = (value & tipg::IPGT) + gap_overhead;
  gap_due_ = std::min(gap_due_, gap_);  // a frame that ends beside it may have read either
}

int sending_rules::find(std::uint64_t offset) {
  switch (offset) {
    case reg::TPT:
      return tpt;
    case reg::GPTC:
      return gptc;
    case reg::PTC64:
      return ptc64;
    case reg::PTC127:
      return ptc127;
    case reg::PTC255:
      return ptc255;
    case reg::PTC511:
      return ptc511;
    case reg::PTC1023:
      return ptc1023;
    case reg::PTC1522:
      return ptc1522;
    case reg::MPTC:
      return mptc;
    case reg::BPTC:
      return bptc;
    case reg::XOFFTXC:
      return xofftxc;
    case reg::XONTXC:
      return xontxc;
    default:
      return -1;
  }
}

void sending_rules::on_read(std::uint64_t offset, std::uint32_t value, sim_time t) {
  if (!watching_ || value == ~0U) return;  // saturated, or N-13
  switch (offset) {
    case reg::GOTCL:
      return on_read_low(got, value, t);
    case reg::GOTCH:
      return on_read_high(got, value, t);
    case reg::TOTL:
      return on_read_low(tot, value, t);
    case reg::TOTH:
      return on_read_high(tot, value, t);
    case reg::SCC:
    case reg::ECOL:
    case reg::MCC:
    case reg::LATECOL:
    case reg::COLC:
    case reg::DC:
    case reg::TNCRS:
      if (value != 0) blame(rule::T_76, offset, value, 0, 0, t);
      return;
    default:
      if (const int c = find(offset); c >= 0) on_read_counter(offset, static_cast<counter>(c), value, t);
  }
}

void sending_rules::blame(rule which, std::uint64_t offset, std::uint64_t value, std::uint64_t low, std::uint64_t high,
                          sim_time t) const {
  state_.log.trip(which, t, fmt::format("statistic {:#x} reads {}, {} to {} by the events", offset, value, low, high),
                  {0, breach::no_descriptor, offset});
}

// What a read did not show must be shown by the next.
void sending_rules::on_read_counter(std::uint64_t offset, counter c, std::uint32_t value, sim_time t) {
  range& r = ranges_[c];
  const std::uint64_t recent = recently(c, t);
  const std::uint64_t low = r.low - std::min(r.low, recent);
  const bool sound = value >= low && value <= r.high;
  if (!sound) blame(c == xofftxc || c == xontxc ? rule::T_91 : rule::T_90, offset, value, low, r.high, t);
  r.high = sound ? r.high - value : recent;
  r.low = sound ? r.low - std::min<std::uint64_t>(r.low, value) : 0;
}

void sending_rules::on_read_low(counter pair, std::uint32_t value, sim_time t) {
  range& r = ranges_[pair];
  const std::uint64_t low = r.low - std::min(r.low, recently(pair, t));
  if (r.high > ~0U || (value >= low && value <= r.high)) return;
  blame(rule::T_90, pair == got ? reg::GOTCL : reg::TOTL, value, low, r.high, t);
  r.low = r.high = value;
}

// clears both words.
void sending_rules::on_read_high(counter pair, std::uint32_t value, sim_time t) {
  range& r = ranges_[pair];
  if (value < r.low >> 32 || value > r.high >> 32)
    blame(rule::T_90, pair == got ? reg::GOTCH : reg::TOTH, value, r.low >> 32, r.high >> 32, t);
  r.low = 0;
  r.high = recently(pair, t);
}

void sending_rules::on_reset() {
  fifo_.clear();
  fill_ = 0;
  ranges_ = {};
  recent_ = {};
  pause_.reset();
  cut_ = on_wire_;
  on_wire_ = false;
  gap_ = reset_gap;
  gap_due_ = 0;
}

}  // namespace ringside::contract

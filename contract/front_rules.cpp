// SPDX-License-Identifier: Apache-2.0
#include "contract/front_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/ethernet.h"

namespace ringside::contract {
namespace {

// words of 8 bytes and two words of status.
std::uint64_t fifo_bytes_of(std::uint32_t frame_bytes) {
  return ((std::uint64_t{frame_bytes} + 7) & ~std::uint64_t{7}) + 16;
}

}  // namespace

void front_rules::on_start(frame_record& row, sim_time t) {
  const nic_registers& r = state_.registers;
  row.off = !r.enabled() && t - r.enable_fell() > state_.limits.settle;
  row.down = link_down_ && t - link_changed_at_ > state_.limits.settle;
  row.freed_before = freed_;
}

// R-5, L-6: judged when nothing was switched on again while the frame arrived.
void front_rules::on_commit(frame_record& row, sim_time t) {
  row.committed = true;
  stored_ += fifo_bytes_of(row.bytes);
  row.stored_through = stored_;
  if (due_ == time_never) {
    progress_at_ = t;
    due_ = t + state_.limits.payload;
    state_.due.ask(due_);
  }
  const breach_log::subject about{row.id, breach::no_descriptor, 0};
  if (row.off && !state_.registers.enabled())
    state_.log.trip(rule::R_5, t, "a frame begun with RCTL.EN = 0 is stored", about);
  if (row.down && link_down_) state_.log.trip(rule::L_6, t, "a frame begun with the link down is stored", about);
}

// N-15: the FIFO holds frames, the ring has descriptors, and no payload moves.
void front_rules::check(sim_time now) {
  if (due_ == time_never) return;
  if (stored_ == freed_) {
    due_ = time_never;
    return;
  }
  const nic_registers& r = state_.registers;
  const bool free_to_go =
      r.enabled() && r.bus_master() && state_.ring.usable() && !state_.after_reset && state_.ring.free() != 0;
  if (!free_to_go) progress_at_ = now;
  if (now - progress_at_ >= state_.limits.payload) {
    state_.log.trip(rule::N_15, now,
                    fmt::format("{} bytes of frames have waited {} us with {} free descriptors", stored_ - freed_,
                                (now - progress_at_) / us, state_.ring.free()),
                    {0, state_.ring.filling.index, 0});
    due_ = time_never;  // once: the next frame asks again
    return;
  }
  due_ = std::max(due_, progress_at_ + state_.limits.payload);
  if (due_ <= now) due_ = now + state_.limits.payload;
  state_.due.ask(due_);
}

void front_rules::on_overflow(const frame_record& row, sim_time t) {
  const std::uint64_t held = stored_ - std::min(stored_, row.freed_before);
  const std::uint64_t room = state_.registers.fifo_bytes();
  if (held + fifo_bytes_of(row.bytes) <= room)
    state_.log.trip(rule::R_31, t,
                    fmt::format("missed with at most {} bytes in a FIFO of {}, {} wanted", held, room, row.bytes),
                    {row.id, breach::no_descriptor, 0});
}

void front_rules::on_first_payload(const frame_record& row, const event& e) {
  if (!row.here) return;
  if (row.refused)
    state_.log.trip(rule::R_27, e.time, "a byte of a frame the card had refused",
                    {e.frame, state_.ring.filling.index, e.a});
  else if (!row.committed)
    state_.log.trip(rule::R_30, e.time, "payload before the whole frame is in the FIFO",
                    {e.frame, state_.ring.filling.index, e.a});
}

// Frames leave in the order they came, so all before this one are gone too.
void front_rules::on_frame_placed(frame_id frame) {
  if (const frame_record* row = state_.frames.find(frame); row != nullptr && row->committed)
    freed_ = std::max(freed_, row->stored_through);
}

void front_rules::on_discard(const frame_record& row, bool too_long, sim_time t) {
  freed_ = std::max(freed_, row.stored_through);
  on_progress(t);
  const nic_registers& r = state_.registers;
  const bool settled = t - r.rctl_written() > state_.limits.settle;
  if (too_long && settled && (row.bytes <= ethernet::longest_frame || r.long_packets() || r.store_bad()))
    state_.log.trip(rule::R_40, t, fmt::format("a stored frame of {} bytes is discarded as too long", row.bytes),
                    {row.id, breach::no_descriptor, 0});
}

void front_rules::on_link(bool up, sim_time t) {
  link_down_ = !up;
  link_changed_at_ = t;
}

void front_rules::on_reset() {
  freed_ = stored_;  // the FIFO is empty
  due_ = time_never;
}

}  // namespace ringside::contract

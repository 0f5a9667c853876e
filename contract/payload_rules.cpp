// SPDX-License-Identifier: Apache-2.0
#include "contract/payload_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/ethernet.h"
#include "contract/dma_guard.h"

namespace ringside::contract {
namespace {}

void payload_rules::restart() {
  frame_ = 0;
  in_frame_ = false;
  frame_over_ = false;
  muted_ = false;
}

void payload_rules::begin_frame(const event& e) {
  const frame_id frame = e.frame;
  ring_ledger& ring = state_.ring;
  if (ring.filling_used) {
    ring.step(ring.filling);
    ring.filling_used = false;
  }
  frame_ = frame;
  in_frame_ = true;
  muted_ = false;
  frame_over_ = false;
  placed_ = expected_ = 0;
  // A frame that loses a VLAN tag is 4 bytes shorter: its end is seen by dma_done only.
  // a frame is begun by the card before the bus sees it.
  const nic_registers& r = state_.registers;
  const bool before = state_.rewritten_at < r.long_fell() && e.time - r.long_fell() <= state_.limits.bus_drain;
  long_buffers_ = r.long_packets() || r.store_bad() || before;
  const frame_record* wire = state_.frames.find(frame);
  if (wire != nullptr && state_.registers.rctl_written() < wire->start)
    expected_ = wire->bytes - (state_.registers.strip_crc() ? 4 : 0);
}

// a null descriptor takes no data; the frame goes on in the next one.
void payload_rules::skip_null() {
  ring_ledger& ring = state_.ring;
  while (ring.filling.position < ring.on_chip_until()) {
    const ring_slot& slot = ring.at(ring.filling);
    if (!slot.loaded || slot.loaded_buffer != 0) break;
    ring.step(ring.filling);
  }
}

void payload_rules::refuse(rule broken, const event& e, const char* what) {
  muted_ = true;
  ring_slot& slot = state_.ring.at(state_.ring.filling);
  slot.suspect = true;
  state_.log.trip(broken, e.time, fmt::format("{} bytes of payload: {}", e.b, what),
                  {e.frame, state_.ring.filling.index, e.a});
}

bool payload_rules::on_write(const event& e) {
  if (!may_write(state_, e)) return false;
  if (!in_frame_ || e.frame != frame_) {
    if (e.frame == frame_ && frame_ != 0 && frame_over_ && state_.ring.filling_used) {
      place(e);  // more data of a frame that was complete: judged, not counted again
      return false;
    }
    begin_frame(e);
  }
  if (muted_) return false;
  if (!state_.ring.filling_used) skip_null();
  place(e);
  placed_ += static_cast<std::uint32_t>(e.b);
  if (muted_ || placed_ != expected_) return false;
  in_frame_ = false;
  frame_over_ = true;
  return true;
}

void payload_rules::place(const event& e) {
  ring_ledger& ring = state_.ring;
  const std::uint64_t size = state_.registers.buffer_size();
  for (int attempt = 0;; ++attempt) {
    ring_slot& slot = ring.at(ring.filling);
    if (slot.suspect) return;
    if (ring.filling.position < ring.written.position) {
      if (!ring.filling_used || slot.filled < size)
        return refuse(rule::N_1, e, "data of a descriptor that already has DD");
      ring.step(ring.filling);  // a full buffer went back early
      ring.filling_used = false;
      skip_null();
      continue;
    }
    if (ring.filling.position >= ring.tail && !slot.stale)
      return refuse(rule::R_11, e, "no descriptor is left before RDT");
    if (!slot.loaded) return refuse(rule::N_8, e, "the descriptor was not fetched since the ring was rewritten");
    if (slot.stale && slot.filled == 0 && e.time - state_.restarted_at > state_.limits.bus_drain)
      return refuse(rule::N_8, e, "the descriptor was not fetched since RDT was written with EN = 0");
    const std::uint64_t offset = e.a - slot.loaded_buffer;
    if (offset < size) {
      const std::uint64_t end = offset + e.b;
      if (end > size) return refuse(rule::N_3, e, "beyond the end of its buffer");
      if (end > ethernet::longest_frame && !long_buffers_)
        return refuse(rule::R_40, e, "beyond byte 1522 of its buffer");
      slot.filled += static_cast<std::uint32_t>(e.b);
      slot.extent = std::max(slot.extent, static_cast<std::uint32_t>(end));
      slot.frame = e.frame;
      ring.filling_used = true;
      if (slot.unmapped) return refuse(rule::D_6, e, "its buffer was unmapped");
      if (slot.mapped != 0 && end > slot.mapped) refuse(rule::S_8, e, "beyond what the driver mapped");
      return;
    }
    if (slot.stale_buffer != 0 && !ring.filling_used && e.a - slot.stale_buffer < size)
      return refuse(rule::N_8, e, "it goes to the buffer this descriptor held before");
    if (!ring.filling_used || attempt > 0) return refuse(rule::N_3, e, "outside its buffer");
    if (slot.filled < size) {
      ring_cursor next = ring.filling;
      ring.step(next);
      const ring_slot& after = ring.at(next);
      const bool skips = after.loaded && e.a == after.loaded_buffer;
      return refuse(skips ? rule::R_23 : rule::N_3, e,
                    skips ? "the buffer before it is not full" : "outside its buffer");
    }
    ring.step(ring.filling);
    ring.filling_used = false;
    skip_null();
  }
}

bool payload_rules::on_done(const event& e) {
  if (state_.after_reset || !state_.ring.usable()) return false;
  if (!in_frame_ || e.frame != frame_) return false;
  in_frame_ = false;
  frame_over_ = true;
  return true;
}

}  // namespace ringside::contract

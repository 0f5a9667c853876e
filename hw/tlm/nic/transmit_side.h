// SPDX-License-Identifier: Apache-2.0
// What a Verilated card sends: its bytes on their way to the wire, and whose they are.
//
// Owned by rtl_nic.cpp.  The card numbers its packets; the bus knows the frame of the bytes it reads for one
// (dma_transfer::frames), so a packet bears the id of the first frame read for it.  What leaves the FIFO is in the
// order in which it went in.  Frames cut out of a TSO packet get ids of their own (FS 9.2).
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "common/drop_reason.h"
#include "common/ethernet.h"
#include "common/event.h"
#include "common/ring_queue.h"
#include "common/time.h"
#include "hw/regs/e1000_pins.h"
#include "hw/tlm/nic/frame_tags.h"
#include "hw/tlm/nic/nic.h"
#include "hw/tlm/wire/frame_marks.h"
#include "hw/tlm/wire/tx_wire.h"

namespace ringside::tlm {

class transmit_side {
 public:
  transmit_side(tx_wire& to, std::uint8_t unit)
      : to_(to),
        counter_(static_cast<std::uint16_t>(segment_counters + unit)),
        copies_counter_(static_cast<std::uint16_t>(looped_counters + unit)) {}

  // ---- the bus
  /// A request of the transmit side for the packet numbered so.
  void requested(dma_transfer& transfer, std::uint16_t packet) {
    if (is_payload(transfer.kind)) packet_of_read_[transfer.tag % packet_of_read_.size()] = packet;
    if (transfer.kind == dma_kind::tx_writeback) transfer.frames.push_back(frame_of(packet));
  }
  /// A part of a read came; with payload the bus says whose it is.
  void bytes_came(const dma_transfer& transfer) {
    if (!is_payload(transfer.kind) || transfer.frames.empty() || transfer.frames.front() == 0) return;
    const std::uint16_t packet = packet_of_read_[transfer.tag % packet_of_read_.size()];
    known& entry = packets_[packet % packets_.size()];
    if (entry.frame == 0 || entry.packet != packet) entry = {packet, transfer.frames.front()};
  }

  // ---- the card's events, with emit(stage, frame, a, b)
  /// evt_tx_o was not zero behind the edge at `t`; `length` goes with a commit, `on_wire` says that a frame that begins
  /// is seen on GMII.  Else it goes to the card's own receiver: a copy of it, whose tag it takes (B-5).
  template <class Emit>
  void happened(const pins::tx_evt& e, std::uint32_t length, bool on_wire, sim_time t, frame_tags& tags,
                std::uint64_t wire_begun, const Emit& emit) {
    if (e.commit) {
      frame_id id = frame_of(e.tag);
      if (e.segment) {
        const frame_id whole = id;
        id = make_frame_id(frame_kind::derived, counter_, ++derived_);
        emit(stage::skb_link, id, whole, static_cast<std::uint64_t>(link_kind::segment_of));
      }
      emit(stage::tx_fifo_commit, id, length, 0);
      in_fifo_.push({id, length});
    }
    if (!e.sof) return;
    const queued frame = e.pause || in_fifo_.empty() ? queued{0, shortest_frame} : in_fifo_.take();
    const frame_id id = frame.id;
    pause_ = e.pause;
    in_frame_ = whole_ = false;
    looped_ = !on_wire;
    loop_.id = id;
    loop_.bytes.clear();
    if (on_wire) to_.begin(t, id, std::max(frame.length, shortest_frame) + ethernet::fcs_bytes);
    emit(stage::tx_wire_sof, id, 0, 0);
    if (on_wire) return;
    copy_ = id == 0 ? 0 : make_frame_id(frame_kind::derived, copies_counter_, ++copies_);
    if (id != 0) emit(stage::skb_link, copy_, id, static_cast<std::uint64_t>(link_kind::copy));
    tags.loop_began(copy_, wire_begun);
    emit(stage::wire_sof, copy_, std::max(frame.length, shortest_frame) + ethernet::fcs_bytes, 0);
  }
  /// CTRL.RST took effect, and says so: what was in the FIFO is gone; a packet's fate is told by who cleans its ring.
  template <class Emit>
  void reset(const Emit& emit) {
    emit(stage::nic_reset, 0, 0, 0);
    while (!in_fifo_.empty())
      if (const frame_id id = in_fifo_.take().id; is_segment(id))
        emit(stage::fifo_drop, id, drop_mark::stored, static_cast<std::uint64_t>(drop_reason::tx_reset));
  }

  // ---- GMII
  /// A byte with TX_EN: up to the delimiter it is preamble (IEEE 802.3 3.2.1, 3.2.2).
  void byte(std::uint8_t data) {
    if (!in_frame_)
      in_frame_ = data == start_frame_delimiter;
    else if (looped_)
      loop_.bytes.push_back(data);
    else
      to_.add(data);
  }
  /// The frame's last byte came onto GMII.
  template <class Emit>
  void last_byte(std::uint8_t data, const Emit& emit) {
    byte(data);
    show_end(emit);
  }
  bool whole() const { return whole_; }
  /// TX_EN fell at the edge at `t`; before the last byte when a reset cut the frame.
  template <class Emit>
  void ended(sim_time t, const Emit& emit) {
    if (!whole_) show_end(emit);
    if (!looped_) to_.end(t);
  }

 private:
  template <class Emit>
  void show_end(const Emit& emit) {
    whole_ = true;
    if (!looped_) to_.complete();
    const sent_frame& frame = looped_ ? loop_ : to_.frame();
    emit(stage::tx_wire_eof, frame.id, frame.bytes.size(), marks_of(frame.bytes, ethernet::longest_frame));
    if (looped_) emit(stage::wire_eof, copy_, frame.bytes.size(), marks_of(frame.bytes, ethernet::longest_frame));
    if (pause_ && frame.bytes.size() > pause_timer + 1)
      emit(stage::tx_pause, 0, std::uint64_t{frame.bytes[pause_timer]} << 8 | frame.bytes[pause_timer + 1], 0);
  }

  static constexpr std::uint8_t start_frame_delimiter = 0xD5;
  static constexpr std::uint32_t shortest_frame = 60;  // without FCS: T-74
  static constexpr std::size_t pause_timer = 16;       // IEEE 802.3 annex 31B: behind the opcode

  struct known {
    std::uint16_t packet = 0;
    frame_id frame = 0;
  };
  frame_id frame_of(std::uint16_t packet) const {
    const known& entry = packets_[packet % packets_.size()];
    return entry.packet == packet ? entry.frame : 0;
  }

  tx_wire& to_;
  const std::uint16_t counter_, copies_counter_;
  std::uint64_t derived_ = 0;
  std::array<std::uint16_t, 4> packet_of_read_{};  // by the two low bits of a read's tag: four at most are under way
  std::array<known, 256> packets_{};               // more than a card has descriptors on chip
  struct queued {
    frame_id id = 0;
    std::uint32_t length = 0;  // with tag, without padding and FCS
  };
  ring_queue<queued> in_fifo_;
  sent_frame loop_;    // on its way to the card's own receiver,
  frame_id copy_ = 0;  // which hears it as this one
  std::uint64_t copies_ = 0;
  bool looped_ = false;
  bool in_frame_ = false;  // behind the delimiter
  bool whole_ = false;     // its last byte was on GMII
  bool pause_ = false;     // the frame on GMII is the card's own
};

}  // namespace ringside::tlm

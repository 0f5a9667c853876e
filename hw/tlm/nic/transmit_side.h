// SPDX-License-Identifier: Apache-2.0
// What a Verilated card sends: its bytes on their way to the wire, and whose they are.
//
// Owned by rtl_nic.cpp.  The card numbers its packets; the bus knows the frame of the bytes it reads for one
// (dma_transfer::frames), so a packet bears the id of the first frame read for it.  What leaves the FIFO is in the
// order in which it went in.  Frames cut out of a TSO packet get ids of their own (FS 9.2).
#pragma once

#include <array>
#include <cstdint>

#include "common/drop_reason.h"
#include "common/event.h"
#include "common/ring_queue.h"
#include "common/time.h"
#include "hw/regs/e1000_pins.h"
#include "hw/tlm/nic/nic.h"
#include "hw/tlm/wire/frame_marks.h"
#include "hw/tlm/wire/tx_wire.h"

namespace ringside::tlm {

class transmit_side {
 public:
  transmit_side(tx_wire& to, std::uint8_t unit)
      : to_(to), counter_(static_cast<std::uint16_t>(segment_counters + unit)) {}

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
  /// evt_tx_o was not zero behind the edge at `t`; `length` goes with a commit, `on_wire` says that GMII carries a
  /// byte.
  template <class Emit>
  void happened(const pins::tx_evt& e, std::uint32_t length, bool on_wire, sim_time t, const Emit& emit) {
    if (e.commit) {
      frame_id id = frame_of(e.tag);
      if (e.segment) {
        const frame_id whole = id;
        id = make_frame_id(frame_kind::derived, counter_, ++derived_);
        emit(stage::skb_link, id, whole, static_cast<std::uint64_t>(link_kind::segment_of));
      }
      emit(stage::tx_fifo_commit, id, length, 0);
      in_fifo_.push(id);
    }
    if (!e.sof) return;
    const frame_id id = e.pause || in_fifo_.empty() ? 0 : in_fifo_.take();
    pause_ = e.pause;
    if (!on_wire) return;
    to_.begin(t, id);
    in_frame_ = false;
    emit(stage::tx_wire_sof, id, 0, 0);
  }
  /// CTRL.RST took effect: what was in the FIFO is gone; a packet's fate is told by who cleans its ring.
  template <class Emit>
  void reset(const Emit& emit) {
    while (!in_fifo_.empty())
      if (const frame_id id = in_fifo_.take(); is_segment(id))
        emit(stage::fifo_drop, id, drop_mark::stored, static_cast<std::uint64_t>(drop_reason::tx_reset));
  }

  // ---- GMII
  /// A byte with TX_EN: up to the delimiter it is preamble (IEEE 802.3 3.2.1, 3.2.2).
  void byte(std::uint8_t data) {
    if (in_frame_)
      to_.add(data);
    else
      in_frame_ = data == start_frame_delimiter;
  }
  /// TX_EN fell at the edge at `t`.
  template <class Emit>
  void ended(sim_time t, const Emit& emit) {
    to_.end(t);
    const sent_frame& frame = to_.frame();
    emit(stage::tx_wire_eof, frame.id, frame.bytes.size(), marks_of(frame.bytes, longest_frame));
    if (pause_ && frame.bytes.size() > pause_timer + 1)
      emit(stage::tx_pause, 0, std::uint64_t{frame.bytes[pause_timer]} << 8 | frame.bytes[pause_timer + 1], 0);
  }

 private:
  static constexpr std::uint8_t start_frame_delimiter = 0xD5;
  static constexpr std::uint32_t longest_frame = 16292;  // T-17, with FCS
  static constexpr std::size_t pause_timer = 16;         // IEEE 802.3 annex 31B: behind the opcode

  struct known {
    std::uint16_t packet = 0;
    frame_id frame = 0;
  };
  frame_id frame_of(std::uint16_t packet) const {
    const known& entry = packets_[packet % packets_.size()];
    return entry.packet == packet ? entry.frame : 0;
  }

  tx_wire& to_;
  const std::uint16_t counter_;
  std::uint64_t derived_ = 0;
  std::array<std::uint16_t, 4> packet_of_read_{};  // by the two low bits of a read's tag: four at most are under way
  std::array<known, 256> packets_{};               // more than a card has descriptors on chip
  ring_queue<frame_id> in_fifo_;
  bool in_frame_ = false;  // behind the delimiter
  bool pause_ = false;     // the frame on GMII is the card's own
};

}  // namespace ringside::tlm

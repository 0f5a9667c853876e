// SPDX-License-Identifier: Apache-2.0
// The fate of every frame, and why each drop happened.  For received, made and derived frames each:
//   offered == delivered + consumed + dropped + merged + transmitted + in_flight
// where offered counts those that came to be: on a wire, in software, or of another frame.
//
// A consumer of the event stream, read by the reports after finish().  Frame 0 is no frame: of it nothing is kept. Most
// fates are events of their own; two follow from where a frame was:
//  - nic_reset: the chip had the frame (stored, not written back) when CTRL.RST took effect.  A write-back already on
//    the bus may still complete (sheet X-7): the frame then goes on as if nothing had happened.
//  - driver_down: written back, never taken by the driver, and the interface was closed.  An own fate event, which a
//    driver that cleans its ring after the close event would give, goes before.
// One fate may be taken back: of a datagram delivered with its checksum unverified, which its reader then finds wrong
// (drop_mark::revoked).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "common/drop_reason.h"
#include "common/event_stream.h"
#include "common/stage_set.h"
#include "platform/report/frame_windows.h"

namespace ringside::platform {

inline constexpr std::size_t drop_reasons = static_cast<std::size_t>(drop_reason::count);

struct frame_counts {
  std::uint64_t offered = 0;
  std::uint64_t delivered = 0;
  std::uint64_t consumed = 0;
  std::uint64_t merged = 0;       // into another frame, which has a fate of its own
  std::uint64_t transmitted = 0;  // given back by the card as sent
  std::uint64_t in_flight = 0;
  std::array<std::uint64_t, drop_reasons> dropped{};  // by drop_reason; [none] stays 0

  std::uint64_t dropped_total() const;
  /// What offered must be.
  std::uint64_t accounted() const { return delivered + consumed + dropped_total() + merged + transmitted + in_flight; }
};

class frame_ledger final : public event_consumer {
 public:
  /// The stages that route() knows.
  static consteval stage_set interests();

  void on_event(const event& e) override;
  /// An event of any stage.  Of the choice by stage nothing is left where the caller names the stage.
  void handle(stage what, const event& e);
  /// The one list of stages: hands what `self` does about one of them to `act`, and returns its answer; else false.
  template <class action>
  static constexpr bool route(frame_ledger* self, stage what, const event& e, action act);
  /// The stream has ended: settles driver_down, counts what is in flight, checks the sum.
  void finish();

  /// Of the received frames, or of those of another kind.
  const frame_counts& frames(frame_kind kind = frame_kind::received) const {
    return frames_[static_cast<std::size_t>(kind)];
  }
  /// The received ones in bytes, DA..FCS.  How long another frame is shows only when it is sent.
  const frame_counts& bytes() const { return bytes_; }
  /// Bytes sent, DA..FCS, of frames of all kinds.
  std::uint64_t sent_bytes() const { return sent_bytes_; }
  /// Payload bytes handed to sockets.
  std::uint64_t payload_bytes() const { return payload_bytes_; }
  /// Contradictions (two fates, a fate for a frame that never came to be, a link to one, sums that differ); empty in a
  /// sound run.
  const std::vector<std::string>& breaches() const { return breaches_; }

 private:
  // A frame that did not come in is in the driver's place: software has it, whatever befalls the card.
  enum class place : std::uint8_t { wire, fifo, ring, driver, lost_in_reset, lost_in_close, ended };
  enum class fate : std::uint8_t { none, delivered, consumed, dropped, merged, transmitted };
  struct record {
    std::uint32_t bytes = 0;
    place where = place::wire;
    frame_kind kind = frame_kind::received;
    std::uint8_t nic = 0;
    bool whole = false;  // its EOP was written back
    fate what = fate::none;
    drop_reason reason = drop_reason::none;
    bool unverified = false;  // delivered, and its reader may still find the checksum wrong
  };

  void offer(const event& e);
  void loop(const event& e);
  void make(const event& e);
  void link(const event& e);
  record* begin(const event& e, frame_kind kind);
  record* begin_in_software(const event& e, frame_kind kind);
  bool came_to_be(frame_id frame) const;
  void merge(const event& e);
  void settle(const event& e, fate what, drop_reason reason);
  void count(const record& r, fate what, drop_reason reason, bool add);
  void undo(record& r);
  void revoke(const event& e);
  void hold(frame_id frame);
  void read(frame_id frame);
  void written_back(const event& e);
  void taken(record& r);
  void reset(const event& e);
  void close();
  static void release_old(frame_window<record>& window);
  void breach(const event& e, const std::string& what);

  frame_windows<record> windows_;
  std::array<frame_counts, static_cast<std::size_t>(frame_kind::count)> frames_;
  frame_counts bytes_;
  std::uint64_t payload_bytes_ = 0;
  std::uint64_t sent_bytes_ = 0;
  bool closed_ = false;
  bool finished_ = false;
  std::vector<std::string> breaches_;
};

template <class action>
[[gnu::always_inline]] constexpr bool frame_ledger::route(frame_ledger* self, stage what, const event& e, action act) {
  switch (what) {
    case stage::wire_sof:
      return act([&] { self->offer(e); });
    case stage::fifo_commit:
      return act([&] {
        if (record* r = self->windows_.find(e.frame); r != nullptr && r->where == place::wire) r->where = place::fifo;
      });
    case stage::desc_writeback:
      return act([&] { self->written_back(e); });
    case stage::desc_take:
    case stage::dma_sync:
    case stage::netif_receive_skb:
      return act([&] {
        if (record* r = self->windows_.find(e.frame); r != nullptr && r->where != place::driver) self->taken(*r);
      });
    case stage::skb_drop:
      return act([&] {
        if ((e.a & drop_mark::revoked) != 0) self->revoke(e);
        self->settle(e, fate::dropped, static_cast<drop_reason>(e.b));
      });
    case stage::filter_reject:
    case stage::fifo_drop:
      return act([&] { self->settle(e, fate::dropped, static_cast<drop_reason>(e.b)); });
    case stage::socket_enqueue:
      return act([&] {
        if (e.frame != 0) self->payload_bytes_ += e.b;
        self->settle(e, fate::delivered, drop_reason::none);
        if ((e.a & socket_mark::unverified) != 0) self->hold(e.frame);
      });
    case stage::app_read:
      return act([&] { self->read(e.frame); });
    case stage::skb_consume:
      return act([&] { self->settle(e, fate::consumed, drop_reason::none); });
    case stage::frame_made:
      return act([&] { self->make(e); });
    case stage::skb_link:
      return act([&] { self->link(e); });
    case stage::tx_wire_eof:
      return act([&] {
        if (is_segment(e.frame)) self->settle(e, fate::transmitted, drop_reason::none);
      });
    case stage::tx_complete:
      return act([&] {
        if (e.frame != 0) self->sent_bytes_ += e.a;
        self->settle(e, fate::transmitted, drop_reason::none);
      });
    case stage::nic_reset:
      return act([&] { self->reset(e); });
    case stage::driver_open:
      return act([&] { self->closed_ = false; });
    case stage::driver_close:
      return act([&] { self->close(); });
    default:
      return false;
  }
}

consteval stage_set frame_ledger::interests() {
  return stages_routed<frame_ledger>();
}

[[gnu::always_inline]] inline void frame_ledger::handle(stage what, const event& e) {
  route(this, what, e, do_it);
}

}  // namespace ringside::platform

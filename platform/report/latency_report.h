// SPDX-License-Identifier: Apache-2.0
// How long each part of the way took, in exact percentiles, and which part of the way the time went to.
//
// A consumer of the event stream, after interrupt_report.h (asked which interrupt brought a frame in).
//
// Segments (nanoseconds, rounded down; DD is the descriptor drained into memory, so INTA#, a sideband, may overtake
// it):
//   wire_dd       first preamble byte -> DD visible
//   dd_intx       DD visible -> INTA# asserted; frames with an interrupt of their own; signed
//   intx_hardirq  INTA# asserted -> handler entered; one sample per interrupt served
//   hardirq_poll  handler entered -> first poll it scheduled; one sample per interrupt served
//   poll_netif    poll begun -> netif_receive_skb
//   netif_socket  netif_receive_skb -> in the socket's queue
//   socket_app    in the socket's queue -> read by the application
//   wire_app      first preamble byte -> read by the application
//   made_sent     came to be in software -> given back by the card as sent
// A frame that did not come in by a wire has no part in those that begin before the stack: made_sent, and when a socket
// gets it netif_socket and socket_app, are all of its way.
//
// Shares cut the way of every frame that was read into pieces that add up to wire_app:
//   wire  dma (stored -> DD visible)  interrupt_delivery (-> taken by the driver: moderation, INTA#, hardirq, softirq,
//   frames before it)  raw_to_skb (-> netif_receive_skb)  tap_copy (-> first protocol, with a tap)
//   protocol_layers (-> socket)  socket_wait (-> application)
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "common/event_stream.h"
#include "common/stage_set.h"
#include "platform/report/frame_windows.h"
#include "platform/report/interrupt_report.h"
#include "platform/report/percentiles.h"

namespace ringside::platform {

enum class segment {
  wire_dd,
  dd_intx,
  intx_hardirq,
  hardirq_poll,
  poll_netif,
  netif_socket,
  socket_app,
  wire_app,
  made_sent,
  count
};
inline constexpr std::array<std::string_view, static_cast<std::size_t>(segment::count)> segment_names{
    "wire_dd",      "dd_intx",    "intx_hardirq", "hardirq_poll", "poll_netif",
    "netif_socket", "socket_app", "wire_app",     "made_sent"};

/// Of frames that come in: these are told of although there are none.
inline constexpr std::size_t received_segments = static_cast<std::size_t>(segment::made_sent);

enum class share { wire, dma, interrupt_delivery, raw_to_skb, tap_copy, protocol_layers, socket_wait, count };
inline constexpr std::array<std::string_view, static_cast<std::size_t>(share::count)> share_names{
    "wire", "dma", "interrupt_delivery", "raw_to_skb", "tap_copy", "protocol_layers", "socket_wait"};

class latency_report final : public event_consumer {
 public:
  /// `interrupts` sees every event before this does.
  explicit latency_report(interrupt_report& interrupts) : interrupts_(interrupts) {}

  /// The stages that route() knows.
  static consteval stage_set interests();

  void on_event(const event& e) override;
  /// An event of any stage.  Of the choice by stage nothing is left where the caller names the stage.
  void handle(stage what, const event& e);
  /// The one list of stages: hands what `self` does about one of them to `act`, and returns its answer; else false.
  template <class action>
  static constexpr bool route(latency_report* self, stage what, const event& e, action act);

  const percentiles& of(segment s) const { return segments_[static_cast<std::size_t>(s)]; }
  /// Time of all frames read by the application in that part of the way.
  sim_time time_in(share s) const { return shares_[static_cast<std::size_t>(s)]; }
  /// Sum of all shares.
  sim_time time_in_all() const;

 private:
  static constexpr sim_time unknown = INT64_MIN;
  struct record {
    sim_time began = 0;  // first preamble byte, or came to be in software
    sim_time stored = unknown;
    sim_time visible = unknown;
    sim_time taken = unknown;
    sim_time netif = unknown;
    sim_time protocol = unknown;
    sim_time queued = unknown;
    bool tapped = false;
    bool received = false;  // by a wire
  };
  struct cpu_state {
    sim_time hardirq = unknown;    // handler running now
    sim_time scheduled = unknown;  // handler that scheduled the poll to come
    sim_time poll = unknown;       // poll running now
  };

  void add(segment s, sim_time from, sim_time to);
  void on_visible(const event& e);
  void on_intx(const event& e) {
    if (asserted_.size() <= e.unit) asserted_.resize(e.unit + 1U, unknown);
    asserted_[e.unit] = e.time;
  }
  void on_poll(const event& e) {
    cpu_state& c = cpu(e.unit);
    add(segment::hardirq_poll, c.scheduled, e.time);
    c.scheduled = unknown;
    c.poll = e.time;
  }
  void on_taken(const event& e, record& r);
  void on_netif(const event& e);
  void on_read(const event& e);
  void on_link(const event& e);
  void on_sent(const event& e);
  void on_icr_read(const event& e);
  cpu_state& cpu(std::uint8_t unit) {
    if (cpus_.size() <= unit) cpus_.resize(unit + 1U);
    return cpus_[unit];
  }

  interrupt_report& interrupts_;
  frame_windows<record> windows_{frames_under_way};
  std::vector<cpu_state> cpus_;
  std::vector<sim_time> asserted_;  // by NIC: INTA# asserted and not served yet
  std::array<percentiles, static_cast<std::size_t>(segment::count)> segments_;
  std::array<sim_time, static_cast<std::size_t>(share::count)> shares_{};
};

template <class action>
[[gnu::always_inline]] constexpr bool latency_report::route(latency_report* self, stage what, const event& e,
                                                            action act) {
  switch (what) {
    case stage::wire_sof:
      return act([&] {
        record& r = self->windows_.begin(e.frame);
        r.began = e.time;
        r.received = true;
      });
    case stage::frame_made:
      return act([&] { self->windows_.begin(e.frame).began = e.time; });
    case stage::skb_link:
      return act([&] { self->on_link(e); });
    case stage::tx_complete:
      return act([&] { self->on_sent(e); });
    case stage::fifo_commit:
      return act([&] {
        if (record* r = self->windows_.find(e.frame)) r->stored = e.time;
      });
    case stage::dd_visible:
      return act([&] { self->on_visible(e); });
    case stage::intx_assert:
      return act([&] { self->on_intx(e); });
    case stage::hardirq_enter:
      return act([&] { self->cpu(e.unit).hardirq = e.time; });
    case stage::hardirq_exit:
      return act([&] { self->cpu(e.unit).hardirq = unknown; });
    case stage::icr_read:
      return act([&] { self->on_icr_read(e); });
    case stage::napi_schedule:
      return act([&] { self->cpu(e.unit).scheduled = self->cpu(e.unit).hardirq; });
    case stage::napi_poll:
      return act([&] { self->on_poll(e); });
    case stage::desc_take:
    case stage::dma_sync:
      return act([&] {
        if (record* r = self->windows_.find(e.frame); r != nullptr && r->taken == unknown) self->on_taken(e, *r);
      });
    case stage::netif_receive_skb:
      return act([&] { self->on_netif(e); });
    case stage::tap:
      return act([&] {
        if (record* r = self->windows_.find(e.frame)) r->tapped = true;
      });
    case stage::ip_rcv:
    case stage::arp_rcv:
      return act([&] {
        if (record* r = self->windows_.find(e.frame); r != nullptr && r->protocol == unknown) r->protocol = e.time;
      });
    case stage::socket_enqueue:
      return act([&] {
        record* r = self->windows_.find(e.frame);
        if (r == nullptr) return;
        r->queued = e.time;
        self->add(segment::netif_socket, r->netif, e.time);
      });
    case stage::app_read:
      return act([&] { self->on_read(e); });
    case stage::filter_reject:
    case stage::fifo_drop:
    case stage::skb_consume:
    case stage::skb_drop:
      return act([&] { self->windows_.end(e.frame); });
    default:
      return false;
  }
}

consteval stage_set latency_report::interests() {
  return stages_routed<latency_report>();
}

[[gnu::always_inline]] inline void latency_report::handle(stage what, const event& e) {
  route(this, what, e, do_it);
}

}  // namespace ringside::platform

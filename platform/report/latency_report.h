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
#include "platform/report/frame_window.h"
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
  count
};
inline constexpr std::array<std::string_view, static_cast<std::size_t>(segment::count)> segment_names{
    "wire_dd", "dd_intx", "intx_hardirq", "hardirq_poll", "poll_netif", "netif_socket", "socket_app", "wire_app"};

enum class share { wire, dma, interrupt_delivery, raw_to_skb, tap_copy, protocol_layers, socket_wait, count };
inline constexpr std::array<std::string_view, static_cast<std::size_t>(share::count)> share_names{
    "wire", "dma", "interrupt_delivery", "raw_to_skb", "tap_copy", "protocol_layers", "socket_wait"};

class latency_report final : public event_consumer {
 public:
  /// `interrupts` sees every event before this does.
  explicit latency_report(interrupt_report& interrupts) : interrupts_(interrupts) {}

  static constexpr stage_set interests{
      stage::wire_sof,       stage::fifo_commit,       stage::dd_visible,    stage::intx_assert, stage::hardirq_enter,
      stage::hardirq_exit,   stage::icr_read,          stage::napi_schedule, stage::napi_poll,   stage::desc_take,
      stage::dma_sync,       stage::netif_receive_skb, stage::tap,           stage::ip_rcv,      stage::arp_rcv,
      stage::socket_enqueue, stage::app_read,          stage::filter_reject, stage::fifo_drop,   stage::skb_consume,
      stage::skb_drop};

  void on_event(const event& e) override;
  /// An event of a stage of `interests`.  Of the choice by stage nothing is left where the caller names the stage.
  void handle(stage what, const event& e);

  const percentiles& of(segment s) const { return segments_[static_cast<std::size_t>(s)]; }
  /// Time of all frames read by the application in that part of the way.
  sim_time time_in(share s) const { return shares_[static_cast<std::size_t>(s)]; }
  /// Sum of all shares.
  sim_time time_in_all() const;

 private:
  static constexpr sim_time unknown = INT64_MIN;
  struct record {
    sim_time sof = 0;
    sim_time stored = unknown;
    sim_time visible = unknown;
    sim_time taken = unknown;
    sim_time netif = unknown;
    sim_time protocol = unknown;
    sim_time queued = unknown;
    bool tapped = false;
  };
  struct cpu_state {
    sim_time hardirq = unknown;    // handler running now
    sim_time scheduled = unknown;  // handler that scheduled the poll to come
    sim_time poll = unknown;       // poll running now
  };

  void add(segment s, sim_time from, sim_time to);
  void on_visible(const event& e);
  void on_taken(const event& e, record& r);
  void on_netif(const event& e);
  void on_read(const event& e);
  void on_icr_read(const event& e);
  cpu_state& cpu(std::uint8_t unit) {
    if (cpus_.size() <= unit) cpus_.resize(unit + 1U);
    return cpus_[unit];
  }

  interrupt_report& interrupts_;
  frame_window<record> window_{frames_under_way};
  std::vector<cpu_state> cpus_;
  std::vector<sim_time> asserted_;  // by NIC: INTA# asserted and not served yet
  std::array<percentiles, static_cast<std::size_t>(segment::count)> segments_;
  std::array<sim_time, static_cast<std::size_t>(share::count)> shares_{};
};

[[gnu::always_inline]] inline void latency_report::handle(stage what, const event& e) {
  switch (what) {
    case stage::wire_sof:
      window_.begin(e.frame).sof = e.time;
      break;
    case stage::fifo_commit:
      if (record* r = window_.find(e.frame)) r->stored = e.time;
      break;
    case stage::dd_visible:
      on_visible(e);
      break;
    case stage::intx_assert:
      if (asserted_.size() <= e.unit) asserted_.resize(e.unit + 1U, unknown);
      asserted_[e.unit] = e.time;
      break;
    case stage::hardirq_enter:
      cpu(e.unit).hardirq = e.time;
      break;
    case stage::hardirq_exit:
      cpu(e.unit).hardirq = unknown;
      break;
    case stage::icr_read:
      on_icr_read(e);
      break;
    case stage::napi_schedule:
      cpu(e.unit).scheduled = cpu(e.unit).hardirq;
      break;
    case stage::napi_poll: {
      cpu_state& c = cpu(e.unit);
      add(segment::hardirq_poll, c.scheduled, e.time);
      c.scheduled = unknown;
      c.poll = e.time;
      break;
    }
    case stage::desc_take:
    case stage::dma_sync:
      if (record* r = window_.find(e.frame); r != nullptr && r->taken == unknown) on_taken(e, *r);
      break;
    case stage::netif_receive_skb:
      on_netif(e);
      break;
    case stage::tap:
      if (record* r = window_.find(e.frame)) r->tapped = true;
      break;
    case stage::ip_rcv:
    case stage::arp_rcv:
      if (record* r = window_.find(e.frame); r != nullptr && r->protocol == unknown) r->protocol = e.time;
      break;
    case stage::socket_enqueue:
      if (record* r = window_.find(e.frame)) {
        r->queued = e.time;
        add(segment::netif_socket, r->netif, e.time);
      }
      break;
    case stage::app_read:
      on_read(e);
      break;
    case stage::filter_reject:
    case stage::fifo_drop:
    case stage::skb_consume:
    case stage::skb_drop:
      window_.end(e.frame);
      break;
    default:
      break;
  }
}

}  // namespace ringside::platform

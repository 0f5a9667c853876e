// SPDX-License-Identifier: Apache-2.0
// How long each part of the way out took, in exact percentiles, and which part the time went to.
//
// A consumer of the event stream.  Of every frame that software made and the card gave back as sent; of a packet that
// became several frames on the wire, its first one.  The parts add up to made_sent less what lies behind the wire:
//   stack      came to be -> queueing discipline: socket, UDP, IP, neighbour
//   queue_tap  queueing discipline -> driver: what waited before it, and the copy for a tap
//   driver     driver -> doorbell (TDT)
//   fetch      doorbell -> first byte of payload asked for on the bus: the card's descriptor read among it
//   payload    first byte of payload -> whole in the transmit FIFO
//   fifo       whole in the FIFO -> first preamble byte: frames before it, PAUSE
//   wire       first preamble byte -> last byte of the FCS
#pragma once

#include <array>
#include <map>
#include <string_view>
#include <vector>

#include "common/event_stream.h"
#include "common/stage_set.h"
#include "platform/report/percentiles.h"

namespace ringside::platform {

enum class send_part { stack, queue_tap, driver, fetch, bus, fifo, wire, all, count };
inline constexpr std::array<std::string_view, static_cast<std::size_t>(send_part::count)> send_part_names{
    "stack", "queue_tap", "driver", "fetch", "payload", "fifo", "wire", "made_wire"};

class send_latency final : public event_consumer {
 public:
  /// The stages that route() knows.
  static consteval stage_set interests();

  void on_event(const event& e) override;
  /// The one list of stages, as in frame_ledger.h.
  template <class action>
  static constexpr bool route(send_latency* self, stage what, const event& e, action act);

  const percentiles& of(send_part p) const { return parts_[static_cast<std::size_t>(p)]; }
  /// Time of all frames in that part.
  sim_time time_in(send_part p) const { return sums_[static_cast<std::size_t>(p)]; }

 private:
  static constexpr sim_time unknown = -1;
  struct record {
    sim_time made = unknown;
    sim_time queued = unknown;
    sim_time driver = unknown;
    sim_time doorbell = unknown;
    sim_time payload = unknown;
    sim_time whole = unknown;
    sim_time begun = unknown;
  };

  /// `part` of a frame that is on its way; false: another frame.
  bool note(const event& e, sim_time record::*part);
  void note_first(const event& e, sim_time record::*part);
  void ring(sim_time t);
  void sent(const event& e);
  void end(const record& r, sim_time t);
  void add(send_part p, sim_time time);

  std::map<frame_id, record> open_;  // made, and not on the wire yet
  std::vector<frame_id> unrung_;     // with the driver, and the card has not been told
  std::array<percentiles, static_cast<std::size_t>(send_part::count)> parts_{};
  std::array<sim_time, static_cast<std::size_t>(send_part::count)> sums_{};
};

template <class action>
constexpr bool send_latency::route(send_latency* self, stage what, const event& e, action act) {
  switch (what) {
    case stage::frame_made:
      return act([&] {
        if (kind_of(e.frame) == frame_kind::made) self->open_[e.frame].made = e.time;
      });
    case stage::tx_qdisc:
      return act([&] { self->note(e, &record::queued); });
    case stage::tx_driver:
      return act([&] {
        if (self->note(e, &record::driver)) self->unrung_.push_back(e.frame);
      });
    case stage::tdt_write:
      return act([&] { self->ring(e.time); });
    case stage::tx_dma_start:
      return act([&] { self->note_first(e, &record::payload); });
    case stage::tx_fifo_commit:
      return act([&] { self->note_first(e, &record::whole); });
    case stage::tx_wire_sof:
      return act([&] { self->note_first(e, &record::begun); });
    case stage::tx_wire_eof:
      return act([&] { self->sent(e); });
    case stage::skb_drop:
      return act([&] { self->open_.erase(e.frame); });
    default:
      return false;
  }
}

consteval stage_set send_latency::interests() {
  return stages_routed<send_latency>();
}

}  // namespace ringside::platform

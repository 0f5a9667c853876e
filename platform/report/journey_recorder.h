// SPDX-License-Identifier: Apache-2.0
// Records what happened to a few chosen frames, their interrupt and their descriptor fetch included.
//
// A consumer of the event stream after interrupt_report.h; read by journey_printer.h.  Costs next to nothing once the
// frames asked for have arrived.
//
// Steps that carry no frame id belong to the journey of a received frame by these rules: the descriptor fetch that
// brought the descriptor it was written back to; with an interrupt of its own, causes, INTA#, handler and softirq up to
// the poll that took it; otherwise the poll alone; afterwards, on the same CPU, the first rdt_write, napi_complete,
// ims_write and softirq_exit.  Of a frame that is sent: the first tdt_write on its CPU after the driver took it, the
// fetch that brought the descriptor that was written back, and, from that write-back on, causes, INTA#, handler and
// softirq up to the poll that found it sent.
#pragma once

#include <cstdint>
#include <vector>

#include "common/drop_reason.h"
#include "common/event_stream.h"
#include "platform/report/frame_windows.h"
#include "platform/report/interrupt_report.h"
#include "platform/report/lineage.h"

namespace ringside::platform {

struct journey {
  enum class end { in_flight, delivered, consumed, dropped, merged, transmitted };

  frame_id frame = 0;
  std::uint32_t bytes = 0;  // DA..FCS; 0: not known
  std::vector<event> steps;
  frame_interrupt by;
  end fate = end::in_flight;
  drop_reason reason = drop_reason::none;
};

class journey_recorder final : public event_consumer {
 public:
  /// Follows the frames of `wanted` and, with `first_delivered`, the first frame from a wire that a socket gets.
  journey_recorder(interrupt_report& interrupts, std::vector<frame_id> wanted, bool first_delivered);
  /// Follows what `of` says, for the whole run.
  journey_recorder(interrupt_report& interrupts, const lineage& of);

  void on_event(const event& e) override {
    if (!done_) record(e);
  }
  /// Every frame asked for has its story: no event changes anything more.
  bool done() const { return done_; }
  /// The stream has ended: what is under way is handed out as far as it came.
  void finish();

  /// The frames asked for in rising order; a frame that never came to be has no steps.  Of a lineage those that did, as
  /// they ended.
  std::vector<journey> journeys() const;

 private:
  struct track {
    journey story;
    std::uint8_t cpu = 0;
    bool taken = false;
    bool over = false;       // fate known and, when delivered, read
    bool rings = false;      // the driver has it, TDT is to be written
    std::uint8_t after = 0;  // bits of `after_stages` seen
  };

  void record(const event& e);
  void record_context(const event& e);
  void begin(const event& e);
  void step(track& t, const event& e);
  void add_fetch(track& t, stage fetch, std::uint64_t descriptor);
  void add_completion(track& t, const event& complete);
  void add_interrupt(track& t, const event& taken);
  void close_if_complete(frame_id id, track& t);
  void choose(frame_id id);
  void store(track& t);
  bool wants(frame_id id) const;
  void update_done();

  interrupt_report& interrupts_;
  std::vector<frame_id> wanted_;  // rising
  bool looking_;                  // for the first frame delivered
  const lineage* of_ = nullptr;
  bool done_ = false;
  frame_windows<track> windows_{4096};
  std::vector<event> recent_;  // ring of steps without a frame id
  std::uint64_t recent_count_ = 0;
  std::vector<journey> finished_;
};

}  // namespace ringside::platform

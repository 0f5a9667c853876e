// SPDX-License-Identifier: Apache-2.0
// The contract checker: reads the event stream of a run and names every rule the card or its driver breaks.
//
// One instance per card.  Owner: the machine, which adds it to the event stream and asks breaches() at the end.  It
// knows the contract from the fact sheet only; it shares no behaviour with RTL, model or driver.
#pragma once

#include "common/event_selection.h"
#include "common/event_stream.h"
#include "common/stage_set.h"
#include "contract/cause_rules.h"
#include "contract/checker_state.h"
#include "contract/driver_rules.h"
#include "contract/fetch_rules.h"
#include "contract/front_rules.h"
#include "contract/interrupt_rules.h"
#include "contract/link_rules.h"
#include "contract/memory_rules.h"
#include "contract/payload_rules.h"
#include "contract/register_rules.h"
#include "contract/sending_rules.h"
#include "contract/statistics_rules.h"
#include "contract/timer_rules.h"
#include "contract/transmit_rules.h"
#include "contract/writeback_rules.h"

namespace ringside::contract {

class checker final : public event_consumer {
 public:
  /// The card stands as after power-on.
  explicit checker(const config& setup);

  void on_event(const event& e) override;
  void on_events(event_stretch stretch) override;
  /// The run ends at `end`: judges what was still waiting.
  void finish(sim_time end);

  /// The first breaches in stream order, breach_log::kept_breaches at most.
  const std::vector<breach>& breaches() const { return state_.log.breaches(); }
  std::uint64_t breach_count() const { return state_.log.count(); }

 private:
  static consteval stage_set interests();
  /// The one list of stages: hands what `self` does about one of them to `act`, and returns its answer; else false.
  template <class action>
  static constexpr bool route(checker* self, stage what, const event& e, action act);
  /// The same for stages that come less often, out of the way of the others.
  template <class action>
  static constexpr bool route_rare(checker* self, stage what, const event& e, action act);
  void dispatch_rare(const event& e);
  bool hears_card(const event& e);
  bool hears_payload(const event& e);
  bool hears_descriptor(const event& e);
  bool hears_sending(const event& e);
  bool hears_driver(const event& e);
  bool hears_host(const event& e);
  void see_here(frame_record& row, sim_time t);
  void on_accept(const event& e);
  void on_stored(const event& e);
  void on_refused(const event& e);
  void on_cause(const event& e);
  void on_frame_placed(const event& e);
  void on_start(const event& e);
  void on_end(const event& e);
  void on_reg_write(const event& e);
  void on_reg_read(const event& e);
  void on_reset(const event& e);
  void restart_ring(sim_time t);
  void rewrite_ring(bool head_written, sim_time t);
  void remember_ring(bool head_written, sim_time t);
  bool belongs_to_old_ring(const event& e);
  void refetch(std::uint32_t tail, sim_time t);
  void run_due(sim_time now);
  void pass(event_stretch stretch, std::size_t from, std::size_t to);

  /// Where a write-back that was under way ends when the ring is rewritten.
  struct old_ring {
    std::uint64_t next = 0;  // address of the next descriptor
    std::uint64_t base = 0;
    std::uint32_t count = 0;
    std::uint32_t index = 0;
    std::uint64_t left = 0;  // descriptors that may have been on their way
    bool moves = false;      // ... and take RDH along
    sim_time until = -1;
  };

  event_selection selection_;
  checker_state state_;
  fetch_rules fetch_;
  payload_rules payload_;
  writeback_rules writeback_;
  memory_rules memory_;
  interrupt_rules interrupt_;
  cause_rules cause_;
  timer_rules timer_;
  driver_rules driver_;
  transmit_rules transmit_;
  front_rules front_;
  link_rules link_;
  register_rules register_;
  statistics_rules statistics_;
  sending_rules sending_;
  old_ring old_ring_;
};

}  // namespace ringside::contract

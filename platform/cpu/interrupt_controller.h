// SPDX-License-Identifier: Apache-2.0
// The interrupt controller: level-triggered lines, each delivered to one CPU.
//
// An asserted line sends its interrupt once; it reaches the CPU after the delivery latency and is in service until EOI,
// when the level is sampled again.  A line that falls after sending still delivers (a spurious interrupt).  Levels may
// be told ahead of the kernel (a card runs ahead): every question is asked for a time and sees only what was true then.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "common/time.h"

namespace ringside::platform {

struct interrupt_counters {
  std::uint64_t delivered = 0;
  std::uint64_t level_gone = 0;  // delivered after the line had fallen again
};

class interrupt_controller {
 public:
  using line = std::uint32_t;

  interrupt_controller(std::size_t lines, sim_time delivery_latency);

  void route(line number, unsigned cpu) { lines_.at(number).cpu = cpu; }
  /// Called with (cpu, t) when an interrupt may become deliverable to `cpu` at `t`.
  void on_delivery(std::function<void(unsigned, sim_time)> call) { on_delivery_ = std::move(call); }

  /// The pin changes at `t`; times of one line do not fall back.
  void set_level(line number, bool asserted, sim_time t);
  void mask(line number, sim_time now);
  void unmask(line number, sim_time now);
  void eoi(line number, sim_time now);

  /// The line a CPU can take at `now`, lowest number first.
  std::optional<line> deliverable(unsigned cpu, sim_time now);
  /// The CPU takes it: in service until eoi().
  void accept(line number, sim_time now);
  /// Earliest time at which something may become deliverable to `cpu`, as far as known at `now`; time_never if nothing.
  sim_time next_delivery(unsigned cpu, sim_time now);

  /// From a pin's change, an unmask or an EOI to the CPU.
  sim_time latency() const { return latency_; }
  const interrupt_counters& counters() const { return counters_; }

 private:
  struct change {
    sim_time time;
    bool asserted;
  };
  struct state {
    unsigned cpu = 0;
    bool level = false;
    bool masked = true;
    bool in_service = false;
    bool sent = false;
    sim_time delivery = 0;
    std::deque<change> ahead;           // pin changes not reached yet
    sim_time next_change = time_never;  // of `ahead`
  };

  void apply(state& s, sim_time now);
  void send_if_asserted(state& s, sim_time t);
  state& changing(line number);

  const sim_time latency_;
  std::vector<state> lines_;
  sim_time quiet_before_ = 0;  // nothing is deliverable before, unless a line is told something new
  std::function<void(unsigned, sim_time)> on_delivery_;
  interrupt_counters counters_;
};

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
// The interrupt controller: level-triggered lines and message-signalled vectors, each delivered to one CPU.
//
// An asserted line sends its interrupt once; it reaches the CPU after the delivery latency and is in service until EOI,
// when the level is sampled again.  A line that falls after sending still delivers (a spurious interrupt).  Levels may
// be told ahead of the kernel (a card runs ahead): every question is asked for a time and sees only what was true then.
//
// A vector has no level: each message is delivered once, to the CPU that was the vector's when it was sent.  The local
// APIC holds one of a vector beside the one in service, so messages that come before the first of them is taken are
// one. While the vector is masked a message leaves the pending bit, and the message goes out when it is unmasked
// (PCI 3.0, 6.8.1.8).  Vectors are numbered behind the lines.
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
  std::uint64_t merged = 0;      // messages that found one of their vector not taken yet
};

class interrupt_controller {
 public:
  using line = std::uint32_t;

  interrupt_controller(std::size_t lines, sim_time delivery_latency, std::size_t vectors = 0);

  /// The number of the first vector.
  line first_vector() const { return first_vector_; }
  bool is_vector(line number) const { return number >= first_vector_; }

  /// Whose interrupt it is, before the first one.
  void route(line number, unsigned cpu) { lines_.at(number).cpu = cpu; }
  /// ... and from `now` on: a message on its way still goes where it was sent.
  void set_affinity(line number, unsigned cpu, sim_time now);
  /// Called with (cpu, t) when an interrupt may become deliverable to `cpu` at `t`.
  void on_delivery(std::function<void(unsigned, sim_time)> call) { on_delivery_ = std::move(call); }

  /// The pin changes at `t`; times of one line do not fall back.
  void set_level(line number, bool asserted, sim_time t);
  /// A message of the vector is written at `t`; times of one vector do not fall back.
  void send_message(line number, sim_time t);
  void mask(line number, sim_time now);
  void unmask(line number, sim_time now);
  void eoi(line number, sim_time now);

  /// A message waits for the vector to be unmasked.
  bool pending(line number, sim_time now);

  /// The line or vector a CPU can take at `now`, lowest number first.
  std::optional<line> deliverable(unsigned cpu, sim_time now);
  /// The CPU takes it: in service until eoi().
  void accept(line number, sim_time now);
  /// Earliest time at which something may become deliverable to `cpu`, as far as known at `now`; time_never if nothing.
  sim_time next_delivery(unsigned cpu, sim_time now);

  /// From a pin's change, a message, an unmask or an EOI to the CPU.
  sim_time latency() const { return latency_; }
  const interrupt_counters& counters() const { return counters_; }

 private:
  struct change {
    sim_time time;
    bool asserted;
  };
  struct state {
    unsigned cpu = 0;
    unsigned sent_to = 0;  // the CPU of `sent`: of a line always the one above
    bool vector = false;
    bool pending = false;  // of a masked vector
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
  void arrive(state& s, sim_time t);
  void send(state& s, sim_time t);
  static unsigned target(const state& s) { return s.vector && s.sent ? s.sent_to : s.cpu; }
  static bool takeable(const state& s) { return s.sent && !(s.vector && s.in_service); }
  state& changing(line number);

  const sim_time latency_;
  const line first_vector_;
  std::vector<state> lines_;   // and vectors
  sim_time quiet_before_ = 0;  // nothing is deliverable before, unless a line is told something new
  std::function<void(unsigned, sim_time)> on_delivery_;
  interrupt_counters counters_;
};

}  // namespace ringside::platform

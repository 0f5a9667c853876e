// SPDX-License-Identifier: Apache-2.0
// One virtual CPU: local time in whole CPU cycles, interrupts, and the tasks that share it.
//
// Host-compiled code runs on SC_THREADs, one per task, of which one per CPU is current.  Costs collect in a stretch;
// synchronise() waits for its end in simulated time and takes the interrupts that fall into it, on the interrupted
// task's stack.  Hardirqs do not nest; softirqs run where the kernel layer runs them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <systemc>
#include <vector>

#include "common/event_stream.h"
#include "platform/cpu/cfs_rq.h"
#include "platform/cpu/cost_jitter.h"
#include "platform/cpu/interrupt_controller.h"
#include "platform/cpu/stretch.h"
#include "sw/kernel/host.h"

namespace ringside::platform {

struct virtual_cpu_params {
  unsigned number = 0;
  std::uint8_t unit = 0;  // event::unit
  clock_domain clock{2'000'000'000};
  bool accumulate = true;                     // false: one wait per cost, the exactness reference
  std::int64_t context_switch_cycles = 3000;  // cost.context_switch
  std::int64_t timer_interrupt_cycles = 800;  // cost.timer_interrupt, for the scheduler's tick
  sim_time ipi_latency = 500 * ns;            // interrupt from another CPU; estimate
  sched_params sched;                         // in force as they stand
  std::uint32_t cost_jitter = 0;              // percent by which each use of a cost varies
  std::uint64_t seed = 1;                     // of the jitter
};

/// CPU cycles spent per kind of work, all of them up to now: no more, no less.
struct cpu_usage {
  std::int64_t task = 0;
  std::int64_t softirq = 0;
  std::int64_t hardirq = 0;
  std::int64_t idle = 0;
  std::uint64_t context_switches = 0;
};

/// A thread of control bound to one CPU.
struct task : sched_entity {
  enum class state : std::uint8_t { ready, running, preparing, sleeping, ended };
  kernel::task_id id = 0;
  std::string name;
  unsigned cpu = 0;
  std::function<void()> body;
  state now = state::ready;
  bool started = false;  // was runnable once
  bool granted = false;  // the CPU is this task's: set by the switch, consumed by its thread
  rng costs{0};          // stream of its cost jitter, set by its CPU
  sc_core::sc_event resume;
};

class virtual_cpu {
 public:
  virtual_cpu(const virtual_cpu_params& params, interrupt_controller& interrupts, event_stream& events);
  ~virtual_cpu();

  /// Who is called for interrupts, and how this CPU is made the current one when one of its threads resumes.
  void connect(kernel::cpu_events& software, std::function<void(virtual_cpu&)> make_current);
  /// Called with the time of every kernel event this CPU schedules.
  void on_schedule(std::function<void(sim_time)> call) { on_schedule_ = std::move(call); }

  // ---- time ----
  unsigned number() const { return params_.number; }
  sim_time now() const { return params_.clock.edge(stretch_.end_cycle()); }
  /// Spends a cost, which may vary from use to use.
  void consume(std::int64_t cost) {
    if (!plain_costs_) [[unlikely]]
      return consume_singly(cost);
    spend(cost);
  }
  /// For costs that only have to be added; null where they vary or are waited for singly.
  kernel::cost_meter* meter() { return plain_costs_ ? &meter_ : nullptr; }
  void synchronise();
  /// The same for state that nobody but this CPU sees: waits only where an interrupt may fall into the stretch.
  void settle_interrupts();
  bool irq_save();
  void irq_restore(bool enabled);
  void set_timer(sim_time when);
  /// Runs `blocking`, which waits on the kernel without taking interrupts (a load on the bus); the CPU stands still.
  void stall(const std::function<void()>& blocking);
  void emit(stage what, frame_id frame, std::uint64_t a, std::uint64_t b) {
    if (bounds_work(what)) [[unlikely]]
      change_work(what, frame, a, b);
    else
      stretch_.add_record(what, frame, a, b);
  }

  // ---- tasks ----
  void add_task(task& t);
  task& current() { return *current_; }
  void prepare_to_sleep();
  void finish_sleep();
  void schedule();
  void cond_resched();
  bool need_resched() const { return need_resched_; }
  void preempt_disable() { ++preempt_count_; }
  void preempt_enable() { --preempt_count_; }
  /// Makes a task of this CPU ready, on behalf of code running on `from` (which has synchronised).
  void wake(task& t, const virtual_cpu& from);
  /// The same from a party that is no CPU, at `t`.
  void wake_at(task& who, sim_time t);
  /// An inter-processor interrupt from code running on `from` (which has synchronised): cpu_events::do_ipi() here.
  void send_ipi(const virtual_cpu& from);

  // ---- for the machine ----
  /// No event of this CPU will be older.
  void publish_watermark();
  /// Something may become deliverable at `t`.
  void interrupt_ahead(sim_time t);
  cpu_usage usage() const;

 private:
  enum class work : std::uint8_t { task, softirq, hardirq, idle };
  static constexpr std::size_t works = 4;
  enum class source : std::uint8_t { line, timer, reschedule, ipi };
  struct pending_interrupt {
    source from;
    interrupt_controller::line line;
  };

  struct incoming {
    sim_time due;
    task* who;
  };

  // The kernel layer's own records tell what kind of work the following cycles are.
  static constexpr bool begins_hardirq(stage what) { return what == stage::hardirq_enter; }
  static constexpr bool begins_softirq(stage what) {
    return what == stage::softirq_enter || what == stage::ksoftirqd_run;
  }
  static constexpr bool ends_work(stage what) { return what == stage::hardirq_exit || what == stage::softirq_exit; }
  static constexpr bool bounds_work(stage what) {
    return begins_hardirq(what) || begins_softirq(what) || ends_work(what);
  }
  void change_work(stage what, frame_id frame, std::uint64_t a, std::uint64_t b);
  void begin_work(work kind);
  void end_work();
  void set_work(work kind) { stretch_.add_mark(stretch::mark::work, static_cast<std::uint64_t>(kind)); }
  void charge(std::int64_t cycle);
  void charge_as(work kind, std::int64_t cycle);
  void spend(std::int64_t cycles) { meter_.add(cycles); }

  void run_task(task& t);
  void run_idle();
  void make_ready(task& t);
  std::optional<pending_interrupt> deliverable(sim_time now);
  sim_time next_interrupt();
  bool take_interrupt();
  void run_interrupt(const pending_interrupt& i);
  void commit();
  void arm();
  void wait_kernel(sim_time until, bool interruptible);
  void switch_away(bool ready);
  std::int64_t jittered(std::int64_t cycles);
  void consume_singly(std::int64_t cost);
  void wait_for_cpu(task& t);
  void run_timer();

  const virtual_cpu_params params_;
  interrupt_controller& interrupts_;
  event_stream& events_;
  const event_stream::source_id source_;
  kernel::cpu_events* software_ = nullptr;
  std::function<void(virtual_cpu&)> make_current_;
  std::function<void(sim_time)> on_schedule_;

  stretch stretch_;
  std::list<stretch::rest> cut_off_;  // of those interrupted; here and not on stacks, which a run's end does not unwind
  bool irq_enabled_ = true;           // at the end of the stretch
  sc_core::sc_event irq_event_;
  sim_time armed_ = time_never;  // when irq_event_ is notified
  sim_time timer_due_ = time_never;
  sim_time tick_due_ = time_never;      // none while idle (NO_HZ_IDLE)
  std::vector<incoming> incoming_;      // wakes from other CPUs, on their way
  std::vector<sim_time> ipis_;          // when calls from other CPUs arrive
  std::vector<work> work_{work::task};  // at the end of the stretch
  kernel::cost_meter meter_{stretch_.end_place()};
  std::array<std::int64_t, works> spent_{};  // cycles, up to charged_
  std::int64_t charged_ = 0;
  work charging_ = work::task;    // from charged_ on
  work charged_as_ = work::idle;  // the last cycle charged
  std::uint64_t context_switches_ = 0;

  task idle_;
  task* current_ = nullptr;
  cfs_rq rq_;  // its running task is current_, none while idle
  bool need_resched_ = false;
  unsigned preempt_count_ = 0;
  unsigned interrupt_depth_ = 0;
  const cost_jitter jitter_;
  const bool plain_costs_;  // they do not vary and accumulate
  std::uint64_t interrupts_taken_ = 0;
  rng switch_costs_;                // a task that is switched to may have drawn for what it has not yet done
  rng* interrupt_costs_ = nullptr;  // stream of the interrupt being handled; none: the current task's
};

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
// Interrupt lines, the handlers that share them, and message-signalled vectors, which are numbered as lines are.
//
// Owner: kernel::kernel, which calls handle() from do_irq().  Callers: drivers (request_irq, free_irq).
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <string>

#include "sw/kernel/host.h"
#include "sw/kernel/spin_lock.h"
#include "sw/kernel/statistics.h"
#include "sw/kernel/timers.h"
#include "sw/kernel/wait_queue.h"

namespace ringside::kernel {

enum class irq_return : bool { none, handled };

using irq_handler = std::function<irq_return(irq_line)>;

class irq_table {
 public:
  irq_table(host& machine, timers& clock, statistics& counters);

  /// Adds a handler to a (shared) line and unmasks the line with the first one.  `owner` identifies it for free_irq.
  /// False when the owner already holds the line.
  bool request_irq(irq_line line, std::string name, const void* owner, irq_handler handler);
  /// Removes the owner's handler; masks the line with the last one.  The handler is not called again, and when this
  /// returns to a task no CPU runs it.
  void free_irq(irq_line line, const void* owner);

  /// Whether somebody has a handler there: a request that wants the line for itself would fail.
  bool requested(irq_line line) { return has_handler(at(line)); }

  /// Waits until no handler of the line is running on another CPU.  Task context.
  void synchronize_irq(irq_line line);

  /// Has it interrupt `cpu` from now on.  A handler may still be running elsewhere.
  void irq_set_affinity(irq_line line, unsigned cpu) { host_.set_irq_affinity(line, cpu); }

  /// Calls every handler of the line (level triggered, shared: all of them) and counts an unclaimed interrupt.  A line
  /// that nobody serves is masked ("nobody cared") and its handlers are called ten times a second from then on.  The
  /// interrupt ends behind the handlers of a line (handle_fasteoi_irq) and before those of a vector, so that a message
  /// that comes meanwhile is not lost (handle_edge_irq); one that reaches another CPU meanwhile has the first CPU's
  /// handlers called again.
  void handle(irq_line line);

  std::uint64_t spurious(irq_line line) const;

 private:
  struct action {
    std::string name;
    const void* owner;
    irq_handler handler;
    bool gone = false;  // freed while handlers run
  };
  struct line_state {
    explicit line_state(host& machine) : lock(machine), idle(machine) {}
    spin_lock lock;             // desc->lock: of what follows, but while handlers run
    std::list<action> actions;  // handlers and other CPUs add and remove while it is walked
    std::uint64_t spurious = 0;
    bool in_progress = false;  // handlers running (IRQD_IRQ_INPROGRESS), on
    unsigned cpu = 0;          // this CPU
    bool pending = false;      // a message came meanwhile (IRQS_PENDING), and the vector is masked
    wait_queue idle;
    // note_interrupt
    unsigned irq_count = 0;
    unsigned irqs_unhandled = 0;
    std::uint64_t last_unhandled = 0;  // jiffies
    bool spurious_disabled = false;    // IRQS_SPURIOUS_DISABLED
  };
  line_state& at(irq_line line) { return lines_.try_emplace(line, host_).first->second; }
  void handle_fasteoi(irq_line line, line_state& state);
  void handle_edge(irq_line line, line_state& state);
  irq_return run_handlers(irq_line line, line_state& state);
  void judge(irq_line line, line_state& state, irq_return result);
  irq_return handle_event(irq_line line, line_state& state);
  static bool has_handler(const line_state& state);
  static void sweep(line_state& state);
  void note_interrupt(irq_line line, line_state& state, irq_return result);
  void poll_spurious();

  host& host_;
  timers& timers_;
  statistics& counters_;
  std::map<irq_line, line_state> lines_;
  timer spurious_poll_;  // poll_spurious_irq_timer
};

}  // namespace ringside::kernel

// Interrupt lines and the handlers that share them.
//
// Owner: kernel::kernel, which calls handle() from do_irq().  Callers: drivers (request_irq, free_irq).
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "sw/kernel/host.h"
#include "sw/kernel/statistics.h"
#include "sw/kernel/wait_queue.h"

namespace ringside::kernel {

enum class irq_return : bool { none, handled };

using irq_handler = std::function<irq_return(irq_line)>;

class irq_table {
 public:
  irq_table(host& machine, statistics& counters) : host_(machine), counters_(counters) {}

  /// Adds a handler to a (shared) line and unmasks the line with the first one.  `owner` identifies it for free_irq.
  /// False when the owner already holds the line.
  bool request_irq(irq_line line, std::string name, const void* owner, irq_handler handler);
  /// Removes the owner's handler; masks the line with the last one.
  void free_irq(irq_line line, const void* owner);

  /// Waits until no handler of the line is running on another CPU.  Task context.
  void synchronize_irq(irq_line line);

  /// Calls every handler of the line (level triggered, shared: all of them) and counts an unclaimed interrupt.
  void handle(irq_line line);

  std::uint64_t spurious(irq_line line) const;

 private:
  struct action {
    std::string name;
    const void* owner;
    irq_handler handler;
  };
  struct line_state {
    explicit line_state(host& machine) : idle(machine) {}
    std::vector<action> actions;
    std::uint64_t spurious = 0;
    unsigned in_progress = 0;  // handlers running (IRQD_IRQ_INPROGRESS)
    wait_queue idle;
  };
  line_state& at(irq_line line) { return lines_.try_emplace(line, host_).first->second; }

  host& host_;
  statistics& counters_;
  std::map<irq_line, line_state> lines_;
};

}  // namespace ringside::kernel

// SPDX-License-Identifier: Apache-2.0
#include "sw/kernel/irq.h"

#include <algorithm>
#include <utility>

namespace ringside::kernel {
namespace {

// note_interrupt of Linux 6.1: of so many interrupts, once one was unhandled, more than so many were.
constexpr unsigned judged_interrupts = 100'000;
constexpr unsigned most_unhandled = 99'900;
constexpr std::uint64_t unrelated_after = 25;       // jiffies, HZ/10: a lone spurious interrupt is forgiven
constexpr sim_time spurious_interval = 25 * jiffy;  // POLL_SPURIOUS_IRQ_INTERVAL

}  // namespace

irq_table::irq_table(host& machine, timers& clock, statistics& counters)
    : host_(machine), timers_(clock), counters_(counters) {
  spurious_poll_.callback = [this] { poll_spurious(); };
}

bool irq_table::request_irq(irq_line line, std::string name, const void* owner, irq_handler handler) {
  line_state& state = at(line);
  for (const action& a : state.actions)
    if (!a.gone && a.owner == owner) return false;
  const bool first = !has_handler(state);
  state.actions.push_back({std::move(name), owner, std::move(handler)});
  // __setup_irq: a new handler is a new chance.
  state.irq_count = state.irqs_unhandled = 0;
  if (std::exchange(state.spurious_disabled, false) || first) host_.unmask_irq(line);
  return true;
}

void irq_table::free_irq(irq_line line, const void* owner) {
  const auto found = lines_.find(line);
  if (found == lines_.end()) return;
  line_state& state = found->second;
  bool running_elsewhere = false;
  {
    const spin_guard_irq guard(host_, state.lock);
    const auto mine = std::find_if(state.actions.begin(), state.actions.end(),
                                   [owner](const action& a) { return a.owner == owner && !a.gone; });
    if (mine == state.actions.end()) return;
    mine->gone = true;
    if (!has_handler(state)) host_.mask_irq(line);
    running_elsewhere = state.in_progress && state.cpu != host_.this_cpu();
  }
  if (running_elsewhere) synchronize_irq(line);
  sweep(state);
}

bool irq_table::has_handler(const line_state& state) {
  return std::any_of(state.actions.begin(), state.actions.end(), [](const action& a) { return !a.gone; });
}

// A handler that runs cannot go: its function object would.
void irq_table::sweep(line_state& state) {
  if (!state.in_progress) std::erase_if(state.actions, [](const action& a) { return a.gone; });
}

irq_return irq_table::handle_event(irq_line line, line_state& state) {
  bool claimed = false;
  for (action& a : state.actions) {
    if (a.gone) continue;
    host_.consume(cost::hardirq_handler);
    claimed |= a.handler(line) == irq_return::handled;
  }
  return claimed ? irq_return::handled : irq_return::none;
}

// handle_irq_event: with desc->lock on entry and on return.
irq_return irq_table::run_handlers(irq_line line, line_state& state) {
  state.pending = false;
  state.in_progress = true;
  state.cpu = host_.this_cpu();
  state.lock.unlock();
  const irq_return result = handle_event(line, state);
  state.lock.lock();
  state.in_progress = false;
  sweep(state);
  return result;
}

void irq_table::judge(irq_line line, line_state& state, irq_return result) {
  if (result == irq_return::none) {
    ++state.spurious;
    ++counters_.spurious;
  }
  note_interrupt(line, state, result);
}

void irq_table::handle(irq_line line) {
  ++counters_.hardirqs;
  line_state& state = at(line);
  {
    const spin_guard guard(state.lock);
    if (host_.irq_is_message(line)) {
      handle_edge(line, state);
    } else {
      handle_fasteoi(line, state);
    }
  }
  if (!state.in_progress && state.idle.has_waiters()) state.idle.wake_up();
}

void irq_table::handle_fasteoi(irq_line line, line_state& state) {
  judge(line, state, run_handlers(line, state));
  host_.eoi(line);  // the controller samples the level again
}

void irq_table::handle_edge(irq_line line, line_state& state) {
  host_.eoi(line);
  if (state.in_progress) {
    state.pending = true;
    host_.mask_irq(line);
    return;
  }
  do {
    if (state.pending) host_.unmask_irq(line);
    judge(line, state, run_handlers(line, state));
  } while (state.pending && has_handler(state));
}

void irq_table::note_interrupt(irq_line line, line_state& state, irq_return result) {
  if (result == irq_return::none) {
    const std::uint64_t now = timers_.jiffies();
    state.irqs_unhandled = now > state.last_unhandled + unrelated_after ? 1 : state.irqs_unhandled + 1;
    state.last_unhandled = now;
  }
  if (state.irqs_unhandled == 0 || ++state.irq_count < judged_interrupts) return;
  state.irq_count = 0;
  if (std::exchange(state.irqs_unhandled, 0) <= most_unhandled) return;
  ++counters_.nobody_cared;
  host_.emit(stage::irq_nobody_cared, 0, line);
  state.spurious_disabled = true;
  host_.mask_irq(line);
  timers_.mod_timer(spurious_poll_, spurious_interval);
}

// poll_spurious_irqs: who shares a line that was shut off still gets to look at its device now and then.
void irq_table::poll_spurious() {
  for (auto& [line, state] : lines_) {
    if (!state.spurious_disabled) continue;
    {
      const spin_guard_irq guard(host_, state.lock);
      if (state.in_progress) continue;
      run_handlers(line, state);
    }
    if (state.idle.has_waiters()) state.idle.wake_up();
  }
  timers_.mod_timer(spurious_poll_, spurious_interval);
}

void irq_table::synchronize_irq(irq_line line) {
  line_state& state = at(line);
  state.idle.wait([&state] { return !state.in_progress; });
}

std::uint64_t irq_table::spurious(irq_line line) const {
  const auto found = lines_.find(line);
  return found == lines_.end() ? 0 : found->second.spurious;
}

}  // namespace ringside::kernel

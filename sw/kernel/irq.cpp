#include "sw/kernel/irq.h"

#include <algorithm>
#include <utility>

namespace ringside::kernel {

bool irq_table::request_irq(irq_line line, std::string name, const void* owner, irq_handler handler) {
  line_state& state = at(line);
  for (const action& a : state.actions)
    if (a.owner == owner) return false;
  state.actions.push_back({std::move(name), owner, std::move(handler)});
  if (state.actions.size() == 1) host_.unmask_irq(line);
  return true;
}

void irq_table::free_irq(irq_line line, const void* owner) {
  const auto found = lines_.find(line);
  if (found == lines_.end()) return;
  std::vector<action>& actions = found->second.actions;
  const std::size_t before = actions.size();
  std::erase_if(actions, [owner](const action& a) { return a.owner == owner; });
  if (actions.size() != before && actions.empty()) host_.mask_irq(line);
}

void irq_table::handle(irq_line line) {
  ++counters_.hardirqs;
  line_state& state = at(line);
  bool claimed = false;
  host_.sync_smp();  // another CPU may be in synchronize_irq()
  ++state.in_progress;
  for (const action& a : state.actions) {
    host_.consume(cost::hardirq_handler);
    claimed |= a.handler(line) == irq_return::handled;
  }
  if (!claimed) {
    ++state.spurious;
    ++counters_.spurious;
  }
  host_.sync_smp();
  if (--state.in_progress == 0 && state.idle.has_waiters()) state.idle.wake_up();
}

void irq_table::synchronize_irq(irq_line line) {
  line_state& state = at(line);
  state.idle.wait([&state] { return state.in_progress == 0; });
}

std::uint64_t irq_table::spurious(irq_line line) const {
  const auto found = lines_.find(line);
  return found == lines_.end() ? 0 : found->second.spurious;
}

}  // namespace ringside::kernel

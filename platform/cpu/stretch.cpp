#include "platform/cpu/stretch.h"

#include <algorithm>

namespace ringside::platform {

std::optional<std::int64_t> stretch::first_record() const {
  for (const item& i : items_)
    if (i.kind == mark::record) return i.cycle;
  return std::nullopt;
}

std::optional<stretch::place> stretch::place_for_interrupt(std::int64_t cycle) const {
  bool enabled = enabled_;
  std::int64_t enabled_since = begin_;
  for (std::size_t i = 0; i < items_.size(); ++i) {
    if (enabled && cycle <= items_[i].cycle) return place{i, std::max(cycle, enabled_since)};
    if (items_[i].kind == mark::irq_off) enabled = false;
    if (items_[i].kind == mark::irq_on) {
      enabled = true;
      enabled_since = items_[i].cycle;
    }
  }
  if (enabled && cycle <= end_) return place{items_.size(), std::max(cycle, enabled_since)};
  return std::nullopt;
}

stretch::rest stretch::cut(const place& p) {
  rest r{{}, end_ - p.cycle};
  r.items.assign(items_.begin() + static_cast<std::ptrdiff_t>(p.before), items_.end());
  for (item& i : r.items) i.cycle -= p.cycle;
  items_.resize(p.before);
  end_ = p.cycle;
  return r;
}

void stretch::append(const rest& r) {
  for (item i : r.items) {
    i.cycle += end_;
    items_.push_back(i);
  }
  end_ += r.cycles;
}

}  // namespace ringside::platform

#include "platform/cpu/stretch.h"

#include <algorithm>

namespace ringside::platform {

void stretch::grow() {
  items_.resize(std::max<std::size_t>(256, 2 * room_));
  room_ = items_.size();
}

std::optional<std::int64_t> stretch::first_record() const {
  for (const item& i : items())
    if (i.kind == mark::record) return i.cycle;
  return std::nullopt;
}

std::optional<stretch::place> stretch::place_for_interrupt(std::int64_t cycle) const {
  bool enabled = enabled_;
  std::int64_t enabled_since = begin_;
  for (std::size_t i = 0; i < count_; ++i) {
    if (enabled && cycle <= items_[i].cycle) return place{i, std::max(cycle, enabled_since)};
    if (items_[i].kind == mark::irq_off) enabled = false;
    if (items_[i].kind == mark::irq_on) {
      enabled = true;
      enabled_since = items_[i].cycle;
    }
  }
  if (enabled && cycle <= end_) return place{count_, std::max(cycle, enabled_since)};
  return std::nullopt;
}

stretch::rest stretch::cut(const place& p) {
  rest r{{}, end_ - p.cycle};
  const std::span<const item> behind = items().subspan(p.before);
  r.items.assign(behind.begin(), behind.end());
  for (item& i : r.items) i.cycle -= p.cycle;
  count_ = p.before;
  end_ = p.cycle;
  return r;
}

void stretch::append(const rest& r) {
  for (const item& i : r.items) {
    item& to = add(i.kind);
    to = i;
    to.cycle += end_;
  }
  end_ += r.cycles;
}

}  // namespace ringside::platform

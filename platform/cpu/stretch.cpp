// SPDX-License-Identifier: Apache-2.0
#include "platform/cpu/stretch.h"

#include <algorithm>
#include <cstddef>

namespace ringside::platform {

void stretch::grow() {
  const std::ptrdiff_t used = end_item_ - items_.data();
  items_.resize(std::max<std::size_t>(256, 2 * items_.size()));
  end_item_ = items_.data() + used;
  last_place_ = items_.data() + items_.size();
}

std::optional<std::int64_t> stretch::first_record() const {
  for (const item& i : items())
    if (i.kind == mark::record) return i.cycle;
  return std::nullopt;
}

std::optional<stretch::place> stretch::place_for_interrupt(std::int64_t cycle) const {
  const std::span<const item> all = items();
  bool enabled = enabled_;
  std::int64_t enabled_since = begin_;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (enabled && cycle <= all[i].cycle) return place{i, std::max(cycle, enabled_since)};
    if (all[i].kind == mark::irq_off) enabled = false;
    if (all[i].kind == mark::irq_on) {
      enabled = true;
      enabled_since = all[i].cycle;
    }
  }
  if (enabled && cycle <= end_) return place{all.size(), std::max(cycle, enabled_since)};
  return std::nullopt;
}

stretch::rest stretch::cut(const place& p) {
  rest r{{}, end_ - p.cycle};
  const std::span<const item> behind = items().subspan(p.before);
  r.items.assign(behind.begin(), behind.end());
  for (item& i : r.items) i.cycle -= p.cycle;
  end_item_ = items_.data() + p.before;
  end_ = p.cycle;
  return r;
}

void stretch::append(const rest& r) {
  for (const item& i : r.items) {
    item moved = i;
    moved.cycle += end_;
    add(moved);
  }
  end_ += r.cycles;
}

}  // namespace ringside::platform

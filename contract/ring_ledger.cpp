// SPDX-License-Identifier: Apache-2.0
#include "contract/ring_ledger.h"

namespace ringside::contract {

void ring_ledger::restart(std::uint64_t base, std::uint32_t count, std::uint32_t head, std::uint32_t tail_value) {
  const bool same_ring = base == base_ && count == count_;
  base_ = base;
  count_ = count;
  slots_.resize(count);
  for (ring_slot& slot : slots_) {
    const std::uint64_t stale = same_ring ? (slot.loaded ? slot.loaded_buffer : slot.stale_buffer) : 0;
    const std::uint64_t last = same_ring ? slot.written : 0;
    slot = {};
    slot.stale_buffer = stale;
    slot.written = last;
  }
  usable_ = count != 0 && head < count;
  const ring_cursor start{0, usable_ ? head : 0};
  fetched = filling = written = seen = taken = tail_at = start;
  filling_used = false;
  stale_until_ = 0;
  tail = 0;
  if (usable_ && tail_value < count) {
    const std::uint32_t ahead = tail_value >= head ? tail_value - head : tail_value + count - head;
    tail = ahead;
    tail_at = {ahead, tail_value};
  }
}

void ring_ledger::refetch(std::uint32_t tail_value) {
  for (ring_slot& slot : slots_) slot.stale = slot.loaded;
  stale_until_ = on_chip_until();
  fetched = filling;
  if (filling_used) step(fetched);
  tail_at = written;
  tail = written.position;
  ring_doorbell(tail_value);
}

void ring_ledger::skip_to(std::uint32_t index) {
  const std::uint32_t ahead = index >= fetched.index ? index - fetched.index : index + count_ - fetched.index;
  if (fetched.position + ahead <= stale_until_) fetched = {fetched.position + ahead, index};
}

std::uint32_t ring_ledger::ring_doorbell(std::uint32_t value) {
  if (!usable_ || value >= count_) return 0;
  const std::uint32_t added = value >= tail_at.index ? value - tail_at.index : value + count_ - tail_at.index;
  tail += added;
  tail_at = {tail, value};
  return added;
}

}  // namespace ringside::contract

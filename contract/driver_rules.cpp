// SPDX-License-Identifier: Apache-2.0
#include "contract/driver_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/ethernet.h"
#include "hw/regs/e1000_regs.h"

namespace ringside::contract {
namespace {
constexpr std::size_t most_early = 1U << 16;
constexpr std::size_t most_doorbells = 64;
// Bytes 8..15 of a descriptor (5).
constexpr std::uint64_t length_mask = 0xFFFF;
constexpr std::uint64_t eop = std::uint64_t{rxd_status::EOP} << 32;
}  // namespace

void driver_rules::restart() {
  handed_ = state_.ring.taken;
  state_.driver_seen = false;
  waiting_posts_ = 0;
  for (const early_post& p : early_)
    if (state_.ring.index_of(p.address) != ring_ledger::none) post(p);
  on_tail_while_off();
}

// RDT written before EN, or while a poll still runs during close.
void driver_rules::on_tail_while_off() {
  while (handed_.position < state_.ring.tail) {
    ring_slot& slot = state_.ring.at(handed_);
    slot.handed = slot.posted;
    if (slot.posted) --waiting_posts_;
    slot.posted = false;
    state_.ring.step(handed_);
  }
}

void driver_rules::reset() {
  register_test_ = false;
  early_.clear();
  doorbells_.clear();
  cpus_ = {};
  parts_.clear();
  parts_complete_ = true;
  napi_active_ = false;
}

void driver_rules::post(const early_post& p) {
  const std::uint32_t index = state_.ring.index_of(p.address);
  ring_slot& slot = state_.ring.slot(index);
  state_.driver_seen = true;
  if (slot.handed)
    state_.log.trip(rule::S_1, p.time, "the driver writes a descriptor it has handed to the card",
                    {0, index, p.address});
  if (!slot.posted) ++waiting_posts_;
  slot.posted = true;
  slot.posted_at = p.time;
  slot.posted_buffer = p.buffer;
  slot.mapped = 0;
  slot.unmapped = false;
  if (!maps_seen_ || p.buffer == 0) return;
  dma_map_table::entry* map = maps_.find(p.buffer);
  if (map == nullptr)
    return state_.log.trip(rule::S_8, p.time, "the posted buffer is not mapped", {0, index, p.buffer});
  map->descriptor = index;
  map->posted = true;
  slot.mapped = map->bytes;
}

void driver_rules::on_post(const event& e) {
  const early_post p{e.a, e.b, e.time};
  const bool known = state_.ring.index_of(e.a) != ring_ledger::none;
  if ((!known || state_.ring.tail == 0) && early_.size() < most_early) early_.push_back(p);
  if (known) post(p);
}

void driver_rules::on_rdt_write(const event& e) {
  if (doorbells_.size() >= most_doorbells) doorbells_.pop_front();
  doorbells_.push_back({static_cast<std::uint32_t>(e.a), e.time});
}

void driver_rules::on_doorbell(std::uint32_t value, sim_time t) {
  ring_ledger& ring = state_.ring;
  sim_time rung = t;
  for (std::size_t i = 0; i < doorbells_.size(); ++i) {
    if (doorbells_[i].value != value) continue;
    rung = doorbells_[i].time;
    doorbells_.erase(doorbells_.begin(), doorbells_.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    break;
  }
  if (!ring.usable()) return;
  if (value >= ring.count())
    return state_.log.trip(rule::S_3, t, fmt::format("RDT = {} in a ring of {}", value, ring.count()), {0, value, 0});
  const bool nothing_added = ring.ring_doorbell(value) == 0;
  early_.clear();
  // one posted descriptor may wait behind RDT, not more.
  if (nothing_added && waiting_posts_ > 1)
    state_.log.trip(rule::S_3, t,
                    fmt::format("RDT = {} hands over nothing, {} descriptors are posted", value, waiting_posts_),
                    {0, value, 0});
  const std::uint64_t cleaned = state_.driver_seen ? ring.taken.position : ring.written.position;
  if (ring.tail - cleaned >= ring.count())
    state_.log.trip(rule::S_3, t,
                    fmt::format("RDT = {} passes the next descriptor to clean, {}", value,
                                state_.driver_seen ? ring.taken.index : ring.written.index),
                    {0, value, 0});
  bool reported = !state_.driver_seen;
  while (handed_.position < ring.tail) {
    ring_slot& slot = ring.at(handed_);
    if (!reported && (!slot.posted || slot.posted_at > rung)) {
      reported = true;
      state_.log.trip(
          rule::S_2, t,
          slot.posted ? "the descriptor was written after the doorbell" : "RDT covers a descriptor that was not posted",
          {0, handed_.index, ring.base() + handed_.index * 16ULL});
    }
    slot.handed = true;
    if (slot.posted) --waiting_posts_;
    slot.posted = false;
    ring.step(handed_);
  }
}

void driver_rules::before_write(std::uint64_t offset, std::uint32_t value, sim_time t) {
  if (!state_.registers.enabled()) return;
  constexpr std::uint32_t step_18 = 0x06DF'B3FE;  // FS 11.2
  if (state_.setup.self_test && offset == reg::RCTL && value == step_18) register_test_ = true;
  if (register_test_) return;
  switch (offset) {
    case reg::RDBAL:
    case reg::RDBAH:
    case reg::RDLEN:
    case reg::RDH:
      state_.log.trip(rule::R_16, t, fmt::format("ring register {:#x} = {:#x} with RCTL.EN = 1", offset, value),
                      {0, breach::no_descriptor, offset});
      break;
    case reg::RCTL: {
      nic_registers after = state_.registers;
      after.write(offset, value, t);
      if (after.enabled() && after.buffer_size() != state_.registers.buffer_size())
        state_.log.trip(
            rule::R_4, t,
            fmt::format("buffer size {} to {} with RCTL.EN = 1", state_.registers.buffer_size(), after.buffer_size()),
            {0, breach::no_descriptor, offset});
      break;
    }
    default:
      break;
  }
}

void driver_rules::on_take(const ring_slot& slot, const event& e) {
  if (parts_complete_) parts_.clear();
  parts_complete_ = (e.b & eop) != 0;
  if (slot.posted_buffer != 0) parts_.push_back({slot.posted_buffer, e.b & length_mask, 0});
  taken_buffer_ = slot.posted_buffer;
  taken_synced_ = slot.posted_buffer == 0;
}

void driver_rules::on_sync(const event& e) {
  if (taken_buffer_ - e.a < e.b || e.a - taken_buffer_ < state_.registers.buffer_size()) taken_synced_ = true;
  for (taken_part& part : parts_) {
    if (e.a > part.buffer + part.synced || e.a + e.b <= part.buffer) continue;
    part.synced = std::max(part.synced, e.a + e.b - part.buffer);
  }
}

// All but the FCS, which nobody reads.
void driver_rules::judge_parts(const event& e) {
  std::uint64_t missing = 0;
  std::uint64_t buffer = 0;
  for (const taken_part& part : parts_) {
    if (part.synced >= part.written) continue;
    if (missing == 0) buffer = part.buffer;
    missing += part.written - part.synced;
  }
  parts_.clear();
  if (missing > (state_.registers.strip_crc() ? 0 : ethernet::fcs_bytes))
    state_.log.trip(rule::S_13, e.time,
                    fmt::format("{} bytes of the packet were not synced since they were written", missing),
                    {e.frame, breach::no_descriptor, buffer});
}

void driver_rules::on_skb_build(const event& e) {
  if (taken_synced_) return judge_parts(e);
  parts_.clear();
  taken_synced_ = true;
  state_.log.trip(rule::S_12, e.time, "the buffer's bytes are used before it was synced or unmapped",
                  {e.frame, breach::no_descriptor, taken_buffer_});
}

void driver_rules::on_map(const event& e) {
  maps_seen_ = true;
  if (e.b == 0) return;
  if (maps_.find(e.a) != nullptr)
    return state_.log.trip(rule::S_5, e.time, "mapped twice", {0, breach::no_descriptor, e.a});
  maps_.insert(e.a, static_cast<std::uint32_t>(e.b));
}

void driver_rules::on_unmap(const event& e) {
  on_sync(e);
  dma_map_table::entry* map = maps_.find(e.a);
  if (map == nullptr) return state_.log.trip(rule::S_6, e.time, "not mapped", {0, breach::no_descriptor, e.a});
  if (map->bytes != e.b)
    state_.log.trip(rule::S_6, e.time, fmt::format("unmapped with {} bytes, mapped with {}", e.b, map->bytes),
                    {0, breach::no_descriptor, e.a});
  if (map->posted && map->descriptor < state_.ring.count()) {
    ring_slot& slot = state_.ring.slot(map->descriptor);
    const bool owned = slot.handed && slot.posted_buffer == e.a;
    if (owned) slot.unmapped = true;
    if (owned && state_.registers.enabled())
      state_.log.trip(rule::S_7, e.time, "unmapped while the card owns its descriptor", {0, map->descriptor, e.a});
  }
  maps_.erase(*map);
}

// What the other rules cannot see in map and unmap events; S-5 and S-6 judge those themselves.
void driver_rules::on_dma_misuse(const event& e) {
  const char* what = nullptr;
  switch (e.b) {
    case dma_fault::direction:
      what = "unmap or sync names another direction than map";
      break;
    case dma_fault::not_allocated:
      what = "memory is mapped that is not allocated";
      break;
    case dma_fault::cpu_access:
      what = "the CPU touches bytes the device owns";
      break;
    default:
      return;
  }
  state_.log.trip(rule::S_14, e.time, what, {0, breach::no_descriptor, e.a});
}

void driver_rules::on_close(const event& e) {
  if (maps_.size() != 0)
    state_.log.trip(rule::S_15, e.time, fmt::format("{} buffers are still mapped", maps_.size()), {});
}

void driver_rules::on_napi_schedule(const event& e) {
  napi_active_ = true;
  cpu_state& cpu = at(e);
  if (!cpu.irq_open) return;
  cpu.irq_open = false;
  state_.log.trip(rule::S_10, e.time, "the handler scheduled the poll without reading ICR",
                  {e.frame, breach::no_descriptor, 0});
}

void driver_rules::on_napi_complete(const event& e) {
  at(e).polling = false;
  napi_active_ = false;
}

void driver_rules::on_ims_write(const event& e) {
  // A handler without NAPI masks and unmasks by itself while a backlog poll is under way.
  if (e.a == 0 || !at(e).polling || at(e).in_irq) return;
  state_.log.trip(rule::S_11, e.time, fmt::format("IMS = {:#x} before napi_complete", e.a), {});
}

void driver_rules::on_ics_write(std::uint32_t bits, sim_time t, bool quiet) {
  const ring_ledger& ring = state_.ring;
  if ((bits & icr::RXDMT0) == 0 || !quiet || napi_active_ || !state_.driver_seen) return;
  if (ring.taken.position >= ring.seen.position) return;
  const ring_slot& oldest = state_.ring.at(ring.taken);
  if (t - oldest.visible_at < state_.limits.stranded) return;
  state_.log.trip(rule::D_4, t,
                  fmt::format("a frame lay in memory for {} us until the watchdog came", (t - oldest.visible_at) / us),
                  {oldest.frame, ring.taken.index, ring.base() + ring.taken.index * 16ULL});
}

}  // namespace ringside::contract

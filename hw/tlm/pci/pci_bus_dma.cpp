// SPDX-License-Identifier: Apache-2.0
// The DMA side of the bus: bursts of the cards, and the drain of what they wrote.
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <span>
#include <stdexcept>

#include "hw/tlm/pci/pci_bus.h"

namespace ringside::tlm {
namespace {

constexpr std::uint32_t descriptor_bytes = 16;

// Dwords a burst of `bytes` at `address` moves.
std::uint32_t words_of(std::uint64_t address, std::uint32_t bytes) {
  const auto lead = static_cast<std::uint32_t>(address % pci_dword);
  return (lead + bytes + pci_dword - 1) / pci_dword;
}

// PCI 2.3 section 3.9.
std::int64_t dual_address_clocks(std::uint64_t address) {
  return address >> 32 != 0 ? 1 : 0;
}

pci_word::kind kind_of(dma_kind kind) {
  switch (kind) {
    case dma_kind::fetch:
      return pci_word::kind::fetch;
    case dma_kind::writeback:
      return pci_word::kind::writeback;
    case dma_kind::tx_payload:
    case dma_kind::tx_payload_end:
      return pci_word::kind::tx_payload;
    case dma_kind::tx_fetch:
      return pci_word::kind::tx_fetch;
    case dma_kind::tx_writeback:
      return pci_word::kind::tx_writeback;
    case dma_kind::payload:
    case dma_kind::payload_end:
      break;
  }
  return pci_word::kind::payload;
}

std::uint64_t little_endian_64(const std::uint8_t* bytes) {
  static_assert(std::endian::native == std::endian::little);
  std::uint64_t value = 0;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}
std::uint64_t lower_half(const std::uint8_t* descriptor) {
  return little_endian_64(descriptor);
}
std::uint64_t upper_half(const std::uint8_t* descriptor) {
  return little_endian_64(descriptor + 8);
}
// Bytes 12..15 of a descriptor where they stand in its upper half.
std::uint64_t status_dword(const std::uint8_t* dword) {
  std::uint32_t value = 0;
  std::memcpy(&value, dword, sizeof value);
  return std::uint64_t{value} << 32;
}

}  // namespace

// A burst of the only card that can be: nothing but its last data phase concerns the card.  A Retry, a disconnect or
// wait states only make it later.
[[gnu::hot]] sim_time pci_bus::find_next_effect() const {
  if (owner_.now != phase::idle || asked_ == 0 || !one_card_ || !masters_[0].queue.empty() || masters_[1].held)
    return next_decision_;
  const pending& next = masters_[1].queue.front();
  if (!next.dma->write || !next.claimed) return next_decision_;
  const std::uint64_t address = next.dma->address + next.done;
  const std::uint32_t words = words_before_boundary(address, next.dma->length - next.done);
  const std::int64_t first = first_write_edge(std::max(ready_edge(1), free_edge_), address);
  return at(first + words * clocks_per_word_ - 1);
}

// Clock of the first data phase of a write whose address phase is at `start`, at the earliest.
[[gnu::hot]] std::int64_t pci_bus::first_write_edge(std::int64_t start, std::uint64_t address) const {
  return start + dual_address_clocks(address) + write_setup_clocks_;
}

// The bridge disconnects at its boundary; the master goes on behind it with a new transaction.
[[gnu::hot]] std::uint32_t pci_bus::words_before_boundary(std::uint64_t address, std::uint32_t bytes) const {
  const std::uint64_t room = params_.disconnect_bytes - address % params_.disconnect_bytes;
  return words_of(address, static_cast<std::uint32_t>(std::min<std::uint64_t>(bytes, room)));
}

[[gnu::hot]] void pci_bus::start_dma() {
  pending& request = head();
  const dma_transfer& transfer = *request.dma;
  const std::uint64_t address = transfer.address + request.done;
  const std::uint32_t left = transfer.length - request.done;
  owner_.what = kind_of(transfer.kind);
  owner_.flags = transfer.write ? pci_word::write : 0;
  if (!request.claimed && !bridge_.claims(address, left)) [[unlikely]] {
    owner_.now = phase::aborting;
    owner_.step = owner_.start + dual_address_clocks(address) + pci_params::master_abort_clocks;
    return;
  }
  std::int64_t first = first_write_edge(owner_.start, address);
  if (params_.wait_jitter != 0) [[unlikely]]
    first += random_.between(0, params_.wait_jitter);
  const bool injected = params_.retry_per_million != 0 && random_.chance(params_.retry_per_million);
  if (transfer.write ? injected || !room_for(left) : !time_read(request, injected, first)) [[unlikely]] {
    owner_.now = phase::retrying;
    owner_.step = owner_.start + dual_address_clocks(address) + params_.devsel_clocks;
    return;
  }
  owner_.words = words_before_boundary(address, left);
  owner_.first = first;
  owner_.end = first + owner_.words * clocks_per_word_ - 1;
  owner_.now = transfer.write ? phase::write_data : phase::read_setup;
  owner_.step = transfer.write ? owner_.end : owner_.first;
  if (transfer.write && is_payload(transfer.kind)) begin_payload(transfer.frames.front(), transfer.kind, address, left);
  if (asked_ == masters_[owner_.index].queue.size()) [[likely]]
    return;
  for (unsigned i = 0; i < masters_.size(); ++i)
    if (i != owner_.index && asking(i)) lose_grant(masters_[i].queue.front().request_edge + params_.arbitration_clocks);
}

// The first burst of a frame.
[[gnu::hot]] void pci_bus::begin_payload(frame_id frame, dma_kind kind, std::uint64_t address, std::uint32_t bytes) {
  master& m = masters_[owner_.index];
  frame_id& last = is_write(kind) ? m.last_payload_frame : m.last_sent_frame;
  if (last == frame) return;
  last = frame;
  emit(is_write(kind) ? stage::dma_start : stage::tx_dma_start, frame, address, bytes);
}

// The clock of a read's first data phase; false when it meets a Retry.
bool pci_bus::time_read(pending& request, bool injected, std::int64_t& first) const {
  first -= params_.write_latency_clocks;
  // A read pushes the writes posted before it into memory first (PCI 2.3 section 3.2.5).  One that met a Retry for its
  // latency is a delayed read: the bridge has fetched the data meanwhile (3.3.3.3).
  const std::int64_t fetched = request.delayed ? request.answer_edge : first + params_.read_latency_clocks;
  first = std::max({first, fetched, edge_at_or_after(bridge_.drained_by())});
  if (injected) return false;
  if (first - owner_.start <= params_.target_latency_clocks) return true;
  if (!request.delayed) request.answer_edge = first;
  request.delayed = true;
  return false;
}

// Drains are late: what should have left the posting buffer by now may be in it still.
[[gnu::hot]] bool pci_bus::room_for(std::uint32_t bytes) {
  if (bridge_.can_post(bytes)) return true;
  drain_up_to(now_);
  return bridge_.can_post(bytes);
}

// GNT# goes to another master at `edge`: the burst ends when the latency timer has expired as well, after at least one
// data phase (PCI 2.3 section 3.5.4).
void pci_bus::lose_grant(std::int64_t edge) {
  const std::uint8_t timer = masters_[owner_.index].card->config_state().latency_timer;
  const std::int64_t last = std::max(owner_.start + timer, edge) + 1;
  if (last >= owner_.end) return;
  // The data phase under way is finished.
  const std::int64_t words = std::max<std::int64_t>((last - owner_.first) / clocks_per_word_ + 1, 1);
  if (words >= owner_.words) return;
  owner_.words = static_cast<std::uint32_t>(words);
  owner_.end = owner_.first + words * clocks_per_word_ - 1;
  if (owner_.now == phase::write_data) owner_.step = owner_.end;
  if (owner_.now == phase::read_data) schedule_read_piece();
}

[[gnu::hot]] void pci_bus::finish_write() {
  pending& request = head();
  dma_transfer& transfer = *request.dma;
  const std::uint32_t from = request.done;
  const auto lead = static_cast<std::uint32_t>((transfer.address + from) % pci_dword);
  const std::uint32_t to = std::min(transfer.length, from + owner_.words * pci_dword - lead);
  if (transfer.filled < to) throw std::logic_error("a card let its write data run dry on the bus");
  bridge_.post_write(transfer, from, to, now_);
  report_write(transfer, from, to);
  request.done = to;
  finish_dma(to - from);
  if (to != transfer.length) [[unlikely]]
    withdraw_when_called(owner_.index, now_);
}

[[gnu::hot]] void pci_bus::report_write(const dma_transfer& transfer, std::uint32_t from, std::uint32_t to) {
  if (is_payload(transfer.kind)) {
    const frame_id frame = transfer.frames.front();
    emit(stage::dma_write, frame, transfer.address + from, to - from);
    if (transfer.kind == dma_kind::payload_end && to == transfer.length)
      emit(stage::dma_done, frame, transfer.address + to, 0);
    return;
  }
  if (transfer.kind == dma_kind::tx_writeback) {
    emit(stage::tx_desc_writeback, transfer.frames.front(), transfer.address - tx_writeback_offset,
         status_dword(transfer.data.data()));
    return;
  }
  // A descriptor counts when its last dword, the one with DD, is on the bus.
  for (std::uint32_t i = from / descriptor_bytes; (i + 1) * descriptor_bytes <= to; ++i)
    emit(stage::desc_writeback, transfer.frames.at(i), transfer.address + i * descriptor_bytes,
         upper_half(transfer.data.data() + i * descriptor_bytes));
}

[[gnu::hot]] void pci_bus::begin_read() {
  pending& request = head();
  dma_transfer& transfer = *request.dma;
  drain_up_to(now_);
  const std::uint64_t address = transfer.address + request.done;
  const std::uint32_t left = transfer.length - request.done;
  bridge_.read_memory(address, std::span(transfer.data).subspan(request.done, left));
  if (is_payload(transfer.kind) && !is_write(transfer.kind)) {
    if (transfer.frames.empty()) transfer.frames.push_back(bridge_.frame_at(transfer.address));
    begin_payload(transfer.frames.front(), transfer.kind, address, left);
  }
  owner_.now = phase::read_data;
  schedule_read_piece();
}

// Read data cross to the card by the cache line, so that it can use the first descriptors while the burst goes on.
[[gnu::hot]] void pci_bus::schedule_read_piece() {
  const std::uint32_t piece = std::max<std::uint32_t>(params_.read_return_bytes / pci_dword, 1);
  const auto lead = static_cast<std::uint32_t>((head().dma->address + head().done) % pci_dword);
  const std::uint32_t returned = (lead + owner_.returned) / pci_dword;  // pieces end with a dword
  const std::uint32_t words = std::min(owner_.words, (returned / piece + 1) * piece);
  owner_.step = owner_.first + words * clocks_per_word_ - 1;
}

[[gnu::hot]] void pci_bus::return_read_piece() {
  pending& request = head();
  dma_transfer& transfer = *request.dma;
  const std::uint32_t burst_begin = request.done;
  const auto words = static_cast<std::uint32_t>((edge_ - owner_.first + 1) / clocks_per_word_);
  const std::uint32_t from = burst_begin + owner_.returned;
  const auto lead = static_cast<std::uint32_t>((transfer.address + burst_begin) % pci_dword);
  const std::uint32_t to = std::min(transfer.length, burst_begin + words * pci_dword - lead);
  owner_.returned = to - burst_begin;
  const bool burst_over = words >= owner_.words;
  const bool whole = to == transfer.length;
  nic& card = *masters_[owner_.index].card;
  report_read(transfer, from, to);
  if (burst_over) {
    request.done = to;
    const sim_time date = now_;
    finish_dma(to - burst_begin, /*return_transfer=*/false);
    card.dma_data(transfer, from, to, whole, date);
    if (!whole) withdraw_when_called(owner_.index, now_);
    return;
  }
  card.dma_data(transfer, from, to, false, now_);
  schedule_read_piece();
}

[[gnu::hot]] void pci_bus::report_read(const dma_transfer& transfer, std::uint32_t from, std::uint32_t to) {
  const bool whole = to == transfer.length;
  if (is_payload(transfer.kind) && !is_write(transfer.kind)) {
    const frame_id frame = transfer.frames.front();
    emit(stage::tx_dma_read, frame, transfer.address + from, to - from);
    if (whole && transfer.kind == dma_kind::tx_payload_end) emit(stage::tx_dma_done, frame, transfer.address + to, 0);
    return;
  }
  if (!is_fetch(transfer.kind)) return;
  const bool sends = transfer.kind == dma_kind::tx_fetch;
  for (std::uint32_t i = from / descriptor_bytes; (i + 1) * descriptor_bytes <= to; ++i) {
    const std::uint8_t* const descriptor = transfer.data.data() + i * descriptor_bytes;
    emit(sends ? stage::tx_desc_load : stage::desc_load, 0, transfer.address + i * descriptor_bytes,
         sends ? upper_half(descriptor) : lower_half(descriptor));
  }
  if (whole) emit(sends ? stage::tx_desc_fetch : stage::desc_fetch, 0, transfer.address, transfer.length);
}

// The burst of the owner's DMA transfer is over: the transfer is done, or goes on with another transaction.
[[gnu::hot]] void pci_bus::finish_dma(std::uint32_t bytes, bool return_transfer) {
  master& from = masters_[owner_.index];
  pending& request = head();
  dma_transfer& transfer = *request.dma;
  const bool whole = request.done == transfer.length;
  if (!whole) {
    owner_.flags |= pci_word::disconnect;
    ++counters_.disconnects;
  }
  end_transaction(bytes);
  if (whole) {
    take_head();
    if (return_transfer) from.card->dma_done(transfer, now_);
  } else {
    // 3.4.1: after STOP# REQ# is off for two clocks; a burst that ended because GNT# went asks on.
    const bool stopped = (transfer.address + request.done) % params_.disconnect_bytes == 0;
    request.request_edge = stopped ? free_edge_ - params_.idle_clocks + params_.retry_idle_clocks : free_edge_;
    request.delayed = false;
  }
}

void pci_bus::abort_dma() {
  master& from = masters_[owner_.index];
  dma_transfer& transfer = *head().dma;
  owner_.flags |= pci_word::abort;
  ++counters_.aborts;
  end_transaction(0);
  take_head();
  fail(*from.card, transfer, dma_status::master_abort, now_);
}

// A transfer of master `index` would need a transaction: none begins while the card calls back what it asked for.
void pci_bus::withdraw_when_called(unsigned index, sim_time t) {
  if (masters_[index].card->config_state().withdraws) give_back(index, t);
}

// Ends a transfer without data.
void pci_bus::fail(nic& card, dma_transfer& transfer, dma_status status, sim_time t) {
  transfer.status = status;
  if (transfer.write)
    card.dma_done(transfer, t);
  else
    card.dma_data(transfer, 0, 0, true, t);
}

[[gnu::hot]] void pci_bus::drain_up_to(sim_time limit) {
  while (bridge_.next_drain() <= limit) drain_one();
}

// Bytes 8..15 of the descriptor at `at` of its transfer; from memory where it came in two bursts.
[[gnu::hot]] std::uint64_t pci_bus::drained_word(const posted_write& burst, std::uint32_t at, std::uint64_t address) {
  if (at >= burst.offset) [[likely]]
    return upper_half(burst.data.data() + (at - burst.offset));
  std::array<std::uint8_t, descriptor_bytes> descriptor{};
  bridge_.read_memory(address, descriptor);
  return upper_half(descriptor.data());
}

[[gnu::hot]] void pci_bus::drain_one() {
  const posted_write& burst = bridge_.drain();
  if (burst.kind == dma_kind::tx_writeback)
    events_.push(drain_source_, burst.visible, stage::tx_dd_visible, burst.frames.front(),
                 burst.address - tx_writeback_offset, status_dword(burst.data.data()));
  if (burst.kind != dma_kind::writeback) return;
  const std::uint64_t transfer_address = burst.address - burst.offset;
  const auto to = burst.offset + static_cast<std::uint32_t>(burst.data.size());
  for (std::uint32_t i = burst.offset / descriptor_bytes; (i + 1) * descriptor_bytes <= to; ++i) {
    const std::uint64_t address = transfer_address + std::uint64_t{i} * descriptor_bytes;
    events_.push(drain_source_, burst.visible, stage::dd_visible, burst.frames.at(i), address,
                 drained_word(burst, i * descriptor_bytes, address));
  }
}

}  // namespace ringside::tlm

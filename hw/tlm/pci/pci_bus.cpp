// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/pci/pci_bus.h"

#include <algorithm>
#include <stdexcept>

namespace ringside::tlm {
namespace {

// Command register bits, PCI 2.3 section 6.2.2.
constexpr std::uint16_t command_io = 1U << 0;
constexpr std::uint16_t command_memory = 1U << 1;
constexpr std::uint16_t command_master = 1U << 2;

}  // namespace

pci_bus::pci_bus(std::uint8_t unit, const pci_params& params, host_bridge_port& bridge, event_stream& events)
    : unit_(unit),
      params_(params),
      clocks_per_word_(1 + static_cast<std::int64_t>(params.wait_states)),
      write_setup_clocks_(std::int64_t{params.devsel_clocks} + params.write_latency_clocks),
      bridge_(bridge),
      events_(events),
      drain_source_(events.add_source(origin::bus, unit)),
      source_(events.add_source(origin::bus, unit)),
      random_(params.seed ^ 0x9C1B0005ULL) {
  if (params.crossing_to_pci_clocks == 0)
    throw std::invalid_argument("a request needs a PCI clock at least to cross: its data follow it");
  masters_.emplace_back();
}

unsigned pci_bus::attach(nic& card) {
  masters_.emplace_back().card = &card;
  masters_.back().held = (card.config_state().command & command_master) == 0;
  one_card_ = masters_.size() == 2;
  return static_cast<unsigned>(masters_.size() - 2);
}

[[gnu::hot]] void pci_bus::emit(stage what, frame_id frame, std::uint64_t a, std::uint64_t b) {
  events_.push(source_, now_, what, frame, a, b);
}

// ---- requests -------------------------------------------------------------------------------------------------------

[[gnu::hot]] void pci_bus::request_dma(unsigned device, dma_transfer& transfer, sim_time t) {
  pending& request = masters_[device + 1].queue.add();
  request = {};
  request.dma = &transfer;
  request.request_edge = edge_at_or_after(t) + params_.crossing_to_pci_clocks;
  request.claimed = bridge_.claims(transfer.address, transfer.length);
  enqueued(device + 1);
  if (masters_[device + 1].held) [[unlikely]]
    withdraw_when_called(device + 1, t);  // it was on its way to the bus when the card called everything back
}

void pci_bus::request_cpu(cpu_access& access, sim_time t) {
  pending& request = masters_[0].queue.add();
  request = {};
  request.cpu = &access;
  request.request_edge = edge_at_or_after(t);
  enqueued(0);
}

// A request has been added to the queue of master `index`.
[[gnu::hot]] void pci_bus::enqueued(unsigned index) {
  ++asked_;
  if (masters_[index].queue.size() == 1) make_way_for(index);
  find_next_decision();
  next_effect_ = find_next_effect();
}

// REQ# of master `index` is new: a burst of another one may have to end for it.
[[gnu::hot]] void pci_bus::make_way_for(unsigned index) {
  const bool burst =
      owner_.now == phase::write_data || owner_.now == phase::read_setup || owner_.now == phase::read_data;
  if (burst && index != owner_.index && asking(index))
    lose_grant(masters_[index].queue.front().request_edge + params_.arbitration_clocks);
}

// A configuration write may have changed whether the card masters the bus.  What it asked for before stays asked for,
// until the card calls it back.
void pci_bus::look_at_command(unsigned index, sim_time t) {
  master& m = masters_[index];
  const bool was_held = m.held;
  m.held = (m.card->config_state().command & command_master) == 0;
  if (!was_held || !asking(index)) return;
  pending& first = m.queue.front();
  first.request_edge = std::max(first.request_edge, edge_at_or_after(t) + params_.crossing_to_pci_clocks);
  make_way_for(index);
}

void pci_bus::withdraw(unsigned device, sim_time t) {
  decide(t);  // a card that is alone may have run ahead: what had begun by now has begun
  give_back(device + 1, t);
}

void pci_bus::give_back(unsigned index, sim_time t) {
  master& m = masters_[index];
  const bool begun = owner_.now != phase::idle && owner_.index == index;
  const std::size_t waiting = m.queue.size();
  for (std::size_t i = 0; i < waiting; ++i) {
    const pending request = m.queue.take();
    if (i == 0 && begun) {
      m.queue.push(request);
      continue;
    }
    --asked_;
    fail(*m.card, *request.dma, dma_status::withdrawn, t);
  }
  find_next_decision();
  next_effect_ = find_next_effect();
}

void pci_bus::access_done(unsigned device, std::uint32_t data, sim_time t) {
  // The access the card answers is the bridge's head: it owns the bus, or waits to repeat itself after a Retry.
  pending& request = masters_[0].queue.front();
  if (request.cpu == nullptr || !is_answered(request.cpu->space, request.cpu->write))
    throw std::logic_error("a card answered an access nobody made");
  if (request.cpu->space == pci_space::config && request.cpu->write) look_at_command(device + 1, t);
  if (!request.cpu->write) request.cpu->data = data;
  request.answered = true;
  request.answer_edge = edge_at_or_after(t) + params_.crossing_to_pci_clocks;
  if (owner_.now == phase::target_wait) finish_wait();
  find_next_decision();
  next_effect_ = find_next_effect();
}

[[gnu::hot, gnu::noinline]] sim_time pci_bus::at(std::int64_t edge) const {
  return params_.clock.edge(edge);
}

[[gnu::hot, gnu::noinline]] std::int64_t pci_bus::edge_at_or_after(sim_time t) const {
  return params_.clock.edge_at_or_after(t);
}

// ---- dates ----------------------------------------------------------------------------------------------------------

[[gnu::hot]] std::int64_t pci_bus::ready_edge(unsigned index) const {
  // The arbiter parks GNT# at the last owner (PCI 2.3 section 3.4.3), which then needs no arbitration.
  const std::int64_t asked = masters_[index].queue.front().request_edge;
  return index == last_owner_ ? asked : asked + params_.arbitration_clocks;
}

[[gnu::hot]] std::int64_t pci_bus::grant_edge() const {
  if (asked_ == 0) return no_edge;
  std::int64_t first = no_edge;
  for (unsigned i = 0; i < masters_.size(); ++i)
    if (asking(i)) first = std::min(first, ready_edge(i));
  return std::max(first, free_edge_);
}

[[gnu::hot]] void pci_bus::find_next_decision() {
  next_edge_ = owner_.now == phase::idle ? grant_edge() : owner_.step;
  next_decision_ = next_edge_ == no_edge ? time_never : at(next_edge_);
}

[[gnu::hot]] void pci_bus::decide(sim_time limit) {
  while (next_decision_ <= limit) {
    now_ = next_decision_;
    edge_ = next_edge_;
    if (owner_.now == phase::idle)
      grant();
    else
      step();
    find_next_decision();
  }
  next_effect_ = find_next_effect();
}

void pci_bus::advance(sim_time limit) {
  decide(limit);
  drain_up_to(limit);
}

void pci_bus::set_horizon(sim_time t) {
  drain_up_to(t - ps);
  events_.set_watermark(drain_source_, t);
  events_.set_watermark(source_, t);
}

// ---- a transaction begins
// ---------------------------------------------------------------------------------------------

[[gnu::hot]] void pci_bus::grant() {
  unsigned index = last_owner_;
  do
    if (++index == masters_.size()) index = 0;
  while (!asking(index) || ready_edge(index) > edge_);
  // The card's PCI interface uses its grant when the burst's first data are there; it may have run ahead since.
  pending& first = masters_[index].queue.front();
  if (first.dma != nullptr && first.dma->write && (first.dma->filled == 0 || first.dma->first_data >= now_)) {
    first.request_edge += edge_ + 1 - ready_edge(index);  // it keeps asking, one clock at a time
    return;
  }
  owner_ = {};
  owner_.index = index;
  owner_.start = edge_;
  last_owner_ = index;
  ++counters_.transactions;
  if (first.dma != nullptr) [[likely]]
    start_dma();
  else
    start_cpu();
}

void pci_bus::start_cpu() {
  pending& request = head();
  cpu_access& access = *request.cpu;
  owner_.what = access.space == pci_space::config   ? pci_word::kind::config
                : access.space == pci_space::memory ? pci_word::kind::memory
                                                    : pci_word::kind::io;
  owner_.flags = access.write ? pci_word::write : 0;
  const std::int64_t claimed = owner_.start + params_.nic_devsel_clocks;
  if (request.delayed) {  // the master repeats a read the card took before: it only has to fetch the answer
    owner_.now = phase::target_wait;
    owner_.step = owner_.start + params_.target_latency_clocks;
    finish_wait();
    return;
  }
  std::uint32_t offset = 0;
  const std::optional<unsigned> device = decode(access, offset);
  if (!device) {
    access.aborted = true;
    if (!access.write) access.data = 0xFFFFFFFFU;  // PCI 2.3 section 6.1
    owner_.flags |= pci_word::abort;
    ++counters_.aborts;
    owner_.now = phase::cpu_end;
    owner_.end = owner_.start + pci_params::master_abort_clocks;
    owner_.step = owner_.end;
    return;
  }
  nic& card = *masters_[*device + 1].card;
  const target_access at_card{access.space, access.write, offset, access.byte_enables, access.data};
  if (!is_answered(access.space, access.write)) {
    owner_.now = phase::cpu_end;
    owner_.end = claimed + params_.nic_write_wait_clocks;
    owner_.step = owner_.end;
    card.deliver_access(at_card, at(owner_.end));
  } else {
    owner_.now = phase::target_wait;
    owner_.step = owner_.start + params_.target_latency_clocks;
    card.deliver_access(at_card, at(claimed));
  }
}

std::optional<unsigned> pci_bus::decode(const cpu_access& access, std::uint32_t& offset) const {
  for (unsigned device = 0; device + 1 < masters_.size(); ++device) {
    if (access.space == pci_space::config) {
      if (device != access.device) continue;
      offset = static_cast<std::uint32_t>(access.address);
      return device;
    }
    const nic_config_state config = masters_[device + 1].card->config_state();
    const bool memory = access.space == pci_space::memory;
    const std::uint32_t base = memory ? config.bar0 & ~0xFU : config.bar2 & ~0x3U;
    const std::uint32_t size = memory ? bar0_bytes : bar2_bytes;
    if ((config.command & (memory ? command_memory : command_io)) == 0 || base == 0) continue;
    if (access.address < base || access.address >= std::uint64_t{base} + size) continue;
    offset = static_cast<std::uint32_t>(access.address - base);
    return device;
  }
  return std::nullopt;
}

// ---- a transaction goes on
// ----------------------------------------------------------------------------------------------

[[gnu::hot]] void pci_bus::step() {
  switch (owner_.now) {
    case phase::write_data:
      finish_write();
      break;
    case phase::read_setup:
      begin_read();
      break;
    case phase::read_data:
      return_read_piece();
      break;
    case phase::target_wait:
      if (head().answered && head().answer_edge <= owner_.start + params_.target_latency_clocks)
        finish_cpu();
      else
        retry();
      break;
    case phase::retrying:
      retry();
      break;
    case phase::aborting:
      abort_dma();
      break;
    case phase::cpu_end:
      finish_cpu();
      break;
    case phase::idle:
      break;
  }
}

void pci_bus::finish_wait() {
  const pending& request = head();
  if (!request.answered) return;
  const std::int64_t end = std::max(request.answer_edge, owner_.start + params_.nic_devsel_clocks);
  if (end <= owner_.start + params_.target_latency_clocks) owner_.step = end;
}

void pci_bus::finish_cpu() {
  cpu_access& access = *head().cpu;
  end_transaction(access.aborted ? 0 : pci_dword);
  take_head();
  bridge_.cpu_access_done(access, now_);
}

void pci_bus::retry() {
  pending& request = head();
  if (request.cpu != nullptr) request.delayed = true;
  owner_.flags |= pci_word::retry;
  ++counters_.retries;
  end_transaction(0);
  request.request_edge = free_edge_ - params_.idle_clocks + params_.retry_idle_clocks;
  if (request.dma != nullptr) withdraw_when_called(owner_.index, now_);
}

[[gnu::hot]] void pci_bus::end_transaction(std::uint32_t bytes) {
  const std::int64_t clocks = edge_ - owner_.start + 1;
  counters_.busy_clocks += static_cast<std::uint64_t>(clocks);
  counters_.bytes += bytes;
  const pending& request = head();
  pci_kind_counters& kind = counters_.kinds[static_cast<std::size_t>(owner_.what)];
  ++kind.transactions;
  kind.clocks += static_cast<std::uint64_t>(clocks);
  kind.bytes += bytes;
  const std::int64_t wait = owner_.start - std::max(last_end_ + 1, request.request_edge);
  counters_.waiting_clocks += static_cast<std::uint64_t>(std::max<std::int64_t>(wait, 0));
  last_end_ = edge_;
  const std::uint64_t address =
      request.dma != nullptr ? request.dma->address + request.done - bytes : request.cpu->address;
  emit(stage::pci_transaction, 0, address,
       pci_word::pack(owner_.what, owner_.index, bytes, static_cast<std::uint64_t>(clocks), owner_.flags));
  free_edge_ = edge_ + 1 + params_.idle_clocks;
  owner_.now = phase::idle;
  owner_.step = no_edge;
}

}  // namespace ringside::tlm

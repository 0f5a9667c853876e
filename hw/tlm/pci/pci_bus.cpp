#include "hw/tlm/pci/pci_bus.h"

#include <algorithm>
#include <array>
#include <span>
#include <stdexcept>

namespace ringside::tlm {
namespace {

constexpr std::uint32_t word_bytes = 4;
constexpr std::uint32_t descriptor_bytes = 16;
// Command register bits, PCI 2.3 section 6.2.2.
constexpr std::uint16_t command_io = 1U << 0;
constexpr std::uint16_t command_memory = 1U << 1;
// A master gives up when DEVSEL# has not come within this many clocks of FRAME# (PCI 2.3 section 3.6.1).
constexpr std::int64_t master_abort_clocks = 5;

// Dwords a burst of `bytes` at `address` moves.
std::uint32_t words_of(std::uint64_t address, std::uint32_t bytes) {
  const auto lead = static_cast<std::uint32_t>(address % word_bytes);
  return (lead + bytes + word_bytes - 1) / word_bytes;
}

pci_word::kind kind_of(dma_kind kind) {
  switch (kind) {
    case dma_kind::fetch:
      return pci_word::kind::fetch;
    case dma_kind::writeback:
      return pci_word::kind::writeback;
    case dma_kind::payload:
    case dma_kind::payload_end:
      break;
  }
  return pci_word::kind::payload;
}

bool is_payload(dma_kind kind) { return kind == dma_kind::payload || kind == dma_kind::payload_end; }

std::uint64_t little_endian_64(const std::uint8_t* bytes) {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < 8; ++i) value |= static_cast<std::uint64_t>(bytes[i]) << (8 * i);
  return value;
}

std::uint64_t lower_half(const std::uint8_t* descriptor) { return little_endian_64(descriptor); }
std::uint64_t upper_half(const std::uint8_t* descriptor) { return little_endian_64(descriptor + 8); }

}  // namespace

pci_bus::pci_bus(std::uint8_t unit, const pci_params& params, host_bridge_port& bridge, event_stream& events)
    : unit_(unit),
      params_(params),
      bridge_(bridge),
      events_(events),
      source_(events.add_source(origin::bus, unit)),
      random_(params.seed ^ 0x9C1B0005ULL) {
  masters_.emplace_back();
}

unsigned pci_bus::attach(nic& card) {
  masters_.emplace_back().card = &card;
  return static_cast<unsigned>(masters_.size() - 2);
}

void pci_bus::emit(stage what, frame_id frame, std::uint64_t a, std::uint64_t b) {
  events_.push(source_, {now_, frame, a, b, what, origin::bus, unit_});
}

// ---- requests -------------------------------------------------------------------------------------------------------

void pci_bus::request_dma(unsigned device, dma_transfer& transfer, sim_time t) {
  pending request;
  request.dma = &transfer;
  request.request_edge = params_.clock.edge_at_or_after(t) + params_.crossing_to_pci_clocks;
  enqueue(device + 1, request);
}

void pci_bus::request_cpu(cpu_access& access, sim_time t) {
  pending request;
  request.cpu = &access;
  request.request_edge = params_.clock.edge_at_or_after(t);
  enqueue(0, request);
}

void pci_bus::enqueue(unsigned index, const pending& request) {
  masters_[index].queue.push_back(request);
  const bool burst = owner_.now == phase::write_data || owner_.now == phase::read_setup || owner_.now == phase::read_data;
  if (burst && index != owner_.index && masters_[index].queue.size() == 1)
    lose_grant(request.request_edge + params_.arbitration_clocks);
}

void pci_bus::access_done(unsigned device, std::uint32_t data, sim_time t) {
  // The read the card answers is the bridge's head: it owns the bus, or waits to repeat itself after a Retry.
  pending& request = masters_[0].queue.front();
  if (request.cpu == nullptr || request.cpu->write) throw std::logic_error("a card answered an access nobody made");
  static_cast<void>(device);
  request.cpu->data = data;
  request.answered = true;
  request.answer_edge = params_.clock.edge_at_or_after(t) + params_.crossing_to_pci_clocks;
  if (owner_.now == phase::target_wait) finish_wait();
}

// ---- dates ----------------------------------------------------------------------------------------------------------

std::int64_t pci_bus::ready_edge(unsigned index) const {
  // The arbiter parks GNT# at the last owner (PCI 2.3 section 3.4.3), which then needs no arbitration.
  const std::int64_t asked = masters_[index].queue.front().request_edge;
  return index == last_owner_ ? asked : asked + params_.arbitration_clocks;
}

sim_time pci_bus::decision_date() const {
  std::int64_t first = -1;
  for (unsigned i = 0; i < masters_.size(); ++i) {
    if (masters_[i].queue.empty()) continue;
    const std::int64_t ready = ready_edge(i);
    if (first < 0 || ready < first) first = ready;
  }
  return first < 0 ? time_never : at(std::max(first, free_edge_));
}

sim_time pci_bus::next_date() const {
  const sim_time own = owner_.now == phase::idle ? decision_date() : owner_.step_date;
  return std::min(own, bridge_.next_drain());
}

void pci_bus::advance(sim_time limit) {
  for (;;) {
    const sim_time drain = bridge_.next_drain();
    const sim_time own = owner_.now == phase::idle ? decision_date() : owner_.step_date;
    const sim_time date = std::min(drain, own);
    if (date > limit || date == time_never) return;
    now_ = date;
    if (drain <= own)
      drain_one();
    else if (owner_.now == phase::idle)
      grant(params_.clock.edge_at_or_after(date));
    else
      step();
  }
}

void pci_bus::drain_one() {
  const posted_write& burst = bridge_.drain();
  if (burst.kind != dma_kind::writeback) return;
  const std::uint64_t transfer_address = burst.address - burst.offset;
  const auto to = burst.offset + static_cast<std::uint32_t>(burst.data.size());
  // Read back from memory: a descriptor may have come in two bursts.
  for (std::uint32_t i = burst.offset / descriptor_bytes; (i + 1) * descriptor_bytes <= to; ++i) {
    std::array<std::uint8_t, descriptor_bytes> descriptor{};
    const std::uint64_t address = transfer_address + std::uint64_t{i} * descriptor_bytes;
    bridge_.read_memory(address, descriptor);
    emit(stage::dd_visible, burst.frames.at(i), address, upper_half(descriptor.data()));
  }
}

// ---- a transaction begins ---------------------------------------------------------------------------------------------

void pci_bus::grant(std::int64_t edge) {
  const auto count = static_cast<unsigned>(masters_.size());
  unsigned index = last_owner_;
  do index = (index + 1) % count;
  while (masters_[index].queue.empty() || ready_edge(index) > edge);
  owner_ = {};
  owner_.index = index;
  owner_.start = edge;
  last_owner_ = index;
  ++counters_.transactions;
  if (head().dma != nullptr)
    start_dma();
  else
    start_cpu();
}

void pci_bus::start_dma() {
  pending& request = head();
  dma_transfer& transfer = *request.dma;
  const std::uint64_t address = transfer.address + request.done;
  const std::uint32_t left = transfer.length - request.done;
  const std::int64_t dual_address = address >> 32 != 0 ? 1 : 0;  // PCI 2.3 section 3.9
  owner_.what = kind_of(transfer.kind);
  owner_.flags = transfer.write ? pci_word::write : 0;
  if (!bridge_.claims(address, left)) {
    owner_.now = phase::aborting;
    owner_.end = owner_.start + dual_address + master_abort_clocks;
    owner_.step_date = at(owner_.end);
    return;
  }
  const std::int64_t jitter = params_.wait_jitter == 0 ? 0 : random_.between(0, params_.wait_jitter);
  const bool injected = params_.retry_per_million != 0 && random_.chance(params_.retry_per_million);
  std::int64_t first = owner_.start + dual_address + params_.devsel_clocks + jitter;
  if (transfer.write) {
    first += params_.write_latency_clocks;
  } else {
    // A read pushes the writes posted before it into memory first (PCI 2.3 section 3.2.5).
    first = std::max(first + params_.read_latency_clocks, params_.clock.edge_at_or_after(bridge_.drained_by()));
  }
  const bool refused = injected || (transfer.write ? !bridge_.can_post(left)
                                                   : first - owner_.start > params_.target_latency_clocks);
  if (refused) {
    owner_.now = phase::retrying;
    owner_.end = owner_.start + dual_address + params_.devsel_clocks;
    owner_.step_date = at(owner_.end);
    return;
  }
  // The bridge disconnects at its boundary; the master goes on behind it with a new transaction.
  const std::uint64_t room = params_.disconnect_bytes - address % params_.disconnect_bytes;
  owner_.words = words_of(address, static_cast<std::uint32_t>(std::min<std::uint64_t>(left, room)));
  owner_.first = first;
  owner_.end = first + owner_.words * clocks_per_word() - 1;
  if (transfer.write) {
    owner_.now = phase::write_data;
    owner_.step_date = at(owner_.end);
    if (transfer.kind != dma_kind::writeback && masters_[owner_.index].last_payload_frame != transfer.frames.front()) {
      masters_[owner_.index].last_payload_frame = transfer.frames.front();
      emit(stage::dma_start, transfer.frames.front(), address, left);
    }
  } else {
    owner_.now = phase::read_setup;
    owner_.step_date = at(owner_.first);
  }
  for (unsigned i = 0; i < masters_.size(); ++i)
    if (i != owner_.index && !masters_[i].queue.empty())
      lose_grant(masters_[i].queue.front().request_edge + params_.arbitration_clocks);
}

// GNT# goes to another master at `edge`: the burst ends when the latency timer has expired as well, after at least one
// data phase (PCI 2.3 section 3.5.4).
void pci_bus::lose_grant(std::int64_t edge) {
  const std::uint8_t timer = masters_[owner_.index].card->config_state().latency_timer;
  const std::int64_t last = std::max(owner_.start + timer, edge) + 1;
  if (last >= owner_.end) return;
  // The data phase under way is finished.
  const std::int64_t words = std::max<std::int64_t>((last - owner_.first) / clocks_per_word() + 1, 1);
  if (words >= owner_.words) return;
  owner_.words = static_cast<std::uint32_t>(words);
  owner_.end = owner_.first + words * clocks_per_word() - 1;
  if (owner_.now == phase::write_data) owner_.step_date = at(owner_.end);
  if (owner_.now == phase::read_data) schedule_read_piece();
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
    owner_.step_date = at(owner_.start + params_.target_latency_clocks);
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
    owner_.end = owner_.start + master_abort_clocks;
    owner_.step_date = at(owner_.end);
    return;
  }
  nic& card = *masters_[*device + 1].card;
  const target_access at_card{access.space, access.write, offset, access.byte_enables, access.data};
  if (access.write) {
    owner_.now = phase::cpu_end;
    owner_.end = claimed + params_.nic_write_wait_clocks;
    owner_.step_date = at(owner_.end);
    card.deliver_access(at_card, at(owner_.end));
  } else {
    owner_.now = phase::target_wait;
    owner_.step_date = at(owner_.start + params_.target_latency_clocks);
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

// ---- a transaction goes on ----------------------------------------------------------------------------------------------

void pci_bus::step() {
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

void pci_bus::finish_write() {
  pending& request = head();
  dma_transfer& transfer = *request.dma;
  const std::uint32_t from = request.done;
  const auto lead = static_cast<std::uint32_t>((transfer.address + from) % word_bytes);
  const std::uint32_t to = std::min(transfer.length, from + owner_.words * word_bytes - lead);
  if (transfer.filled < to) throw std::logic_error("a card let its write data run dry on the bus");
  bridge_.post_write(transfer, from, to, now_);
  report_write(transfer, from, to);
  request.done = to;
  finish_dma(to - from);
}

void pci_bus::report_write(const dma_transfer& transfer, std::uint32_t from, std::uint32_t to) {
  if (is_payload(transfer.kind)) {
    const frame_id frame = transfer.frames.front();
    emit(stage::dma_write, frame, transfer.address + from, to - from);
    if (transfer.kind == dma_kind::payload_end && to == transfer.length)
      emit(stage::dma_done, frame, transfer.address + to, 0);
    return;
  }
  // A descriptor counts when its last dword, the one with DD, is on the bus.
  for (std::uint32_t i = from / descriptor_bytes; (i + 1) * descriptor_bytes <= to; ++i)
    emit(stage::desc_writeback, transfer.frames.at(i), transfer.address + i * descriptor_bytes,
         upper_half(transfer.data.data() + i * descriptor_bytes));
}

void pci_bus::begin_read() {
  pending& request = head();
  dma_transfer& transfer = *request.dma;
  bridge_.read_memory(transfer.address + request.done,
                      std::span(transfer.data).subspan(request.done, transfer.length - request.done));
  owner_.now = phase::read_data;
  schedule_read_piece();
}

// Read data cross to the card by the cache line, so that it can use the first descriptors while the burst goes on.
void pci_bus::schedule_read_piece() {
  const std::uint32_t piece = std::max<std::uint32_t>(params_.read_return_bytes / word_bytes, 1);
  const std::uint32_t words = std::min(owner_.words, (owner_.returned / word_bytes / piece + 1) * piece);
  owner_.step_date = at(owner_.first + words * clocks_per_word() - 1);
}

void pci_bus::return_read_piece() {
  pending& request = head();
  dma_transfer& transfer = *request.dma;
  const std::uint32_t burst_begin = request.done;
  const auto words = static_cast<std::uint32_t>((params_.clock.edge_at_or_after(now_) - owner_.first + 1) / clocks_per_word());
  const std::uint32_t from = burst_begin + owner_.returned;
  const std::uint32_t to = std::min(transfer.length, burst_begin + words * word_bytes);
  owner_.returned = to - burst_begin;
  const bool burst_over = words >= owner_.words;
  const bool whole = to == transfer.length;
  nic& card = *masters_[owner_.index].card;
  if (transfer.kind == dma_kind::fetch)
    for (std::uint32_t i = from / descriptor_bytes; (i + 1) * descriptor_bytes <= to; ++i)
      emit(stage::desc_load, 0, transfer.address + i * descriptor_bytes,
           lower_half(transfer.data.data() + i * descriptor_bytes));
  if (burst_over) {
    request.done = to;
    if (whole && transfer.kind == dma_kind::fetch) emit(stage::desc_fetch, 0, transfer.address, transfer.length);
    const sim_time date = now_;
    finish_dma(to - burst_begin, /*return_transfer=*/false);
    card.dma_data(transfer, from, to, whole, date);
    return;
  }
  card.dma_data(transfer, from, to, false, now_);
  schedule_read_piece();
}

// The burst of the owner's DMA transfer is over: the transfer is done, or goes on with another transaction.
void pci_bus::finish_dma(std::uint32_t bytes, bool return_transfer) {
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
    from.queue.pop_front();
    if (return_transfer) from.card->dma_done(transfer, now_);
  } else {
    request.request_edge = free_edge_;
  }
}

void pci_bus::abort_dma() {
  master& from = masters_[owner_.index];
  dma_transfer& transfer = *head().dma;
  transfer.status = dma_status::master_abort;
  owner_.flags |= pci_word::abort;
  ++counters_.aborts;
  end_transaction(0);
  from.queue.pop_front();
  if (transfer.write)
    from.card->dma_done(transfer, now_);
  else
    from.card->dma_data(transfer, 0, 0, true, now_);
}

void pci_bus::finish_wait() {
  const pending& request = head();
  if (!request.answered) return;
  const std::int64_t end = std::max(request.answer_edge, owner_.start + params_.nic_devsel_clocks);
  if (end <= owner_.start + params_.target_latency_clocks) owner_.step_date = at(end);
}

void pci_bus::finish_cpu() {
  cpu_access& access = *head().cpu;
  end_transaction(access.aborted ? 0 : word_bytes);
  masters_[0].queue.pop_front();
  bridge_.cpu_access_done(access, now_);
}

void pci_bus::retry() {
  pending& request = head();
  if (request.cpu != nullptr) request.delayed = true;
  owner_.flags |= pci_word::retry;
  ++counters_.retries;
  end_transaction(0);
  request.request_edge = free_edge_ - params_.idle_clocks + params_.retry_idle_clocks;
}

void pci_bus::end_transaction(std::uint32_t bytes) {
  const std::int64_t last = params_.clock.edge_at_or_after(now_);
  const std::int64_t clocks = last - owner_.start + 1;
  counters_.busy_clocks += static_cast<std::uint64_t>(clocks);
  counters_.bytes += bytes;
  const pending& request = head();
  const std::uint64_t address = request.dma != nullptr ? request.dma->address + request.done - bytes : request.cpu->address;
  emit(stage::pci_transaction, 0, address,
       pci_word::pack(owner_.what, owner_.index, bytes, static_cast<std::uint64_t>(clocks), owner_.flags));
  free_edge_ = last + 1 + params_.idle_clocks;
  owner_.now = phase::idle;
  owner_.step_date = time_never;
}

}  // namespace ringside::tlm

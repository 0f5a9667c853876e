// SPDX-License-Identifier: Apache-2.0
#include "tests/hw/tlm/model/card_bench.h"

#include <algorithm>
#include <stdexcept>

#include "hw/tlm/model/model_nic.h"
#include "hw/tlm/nic/rtl_nic.h"

namespace ringside::test {
namespace {
constexpr std::size_t memory_bytes = 16 << 20;
constexpr sim_time byte_time = 4 * ns;      // about twice the wire
constexpr sim_time access_time = 200 * ns;  // from one register access to the next
constexpr sim_time access_limit = 100 * us;
constexpr std::uint32_t command_all = 7;  // I/O, memory, bus master

std::unique_ptr<tlm::nic> make_card(card_kind kind, std::uint32_t link_mbps, card_bench& host, tlm::wire& rx,
                                    tlm::tx_wire& tx, event_stream& events) {
  if (kind == card_kind::model) {
    tlm::model_params p;
    p.mac_address = card_bench::mac;
    p.link_mbps = link_mbps;
    return std::make_unique<tlm::model_nic>(p, host, rx, tx, events);
  }
  tlm::rtl_nic_params p;
  p.mac_address = card_bench::mac;
  p.link_mbps = link_mbps;
  return std::make_unique<tlm::rtl_nic>(p, host, rx, tx, events);
}
}  // namespace

card_bench::card_bench(card_kind kind, std::uint32_t link_mbps) : wire_(0, *this), memory_(memory_bytes) {
  wire_.hold();
  stream_.add_consumer(*this);
  tx_wire_.listen([this](const tlm::sent_frame& frame) { sent_.push_back(frame); });
  card_ = make_card(kind, link_mbps, *this, wire_, tx_wire_, stream_);
  card_->set_link(true, 0);
  run_for(1 * us);
  access(tlm::pci_space::config, true, 0x04, command_all);
  write(reg::CTRL, read(reg::CTRL) | ctrl::SLU);
  run_for(1 * us);
  read(reg::ICR);
}

void card_bench::reset() {
  write(reg::CTRL, ctrl::RST | ctrl::SLU);
  run_for(2 * us);
  write(reg::CTRL, read(reg::CTRL) | ctrl::SLU);
  run_for(1 * us);
  read(reg::ICR);
}

void card_bench::start_traffic() {
  wire_.release(now_ + 1 * us);
  card_->wire_changed();
}

std::optional<offered_frame> card_bench::next() {
  if (planned_.empty()) return std::nullopt;
  offered_frame frame = std::move(planned_.front());
  planned_.pop_front();
  return frame;
}

std::uint32_t card_bench::access(tlm::pci_space space, bool write, std::uint32_t offset, std::uint32_t value,
                                 std::uint8_t enables) {
  answered_ = !tlm::is_answered(space, write);
  card_->deliver_access({space, write, offset, enables, value}, now_);
  const sim_time limit = now_ + access_limit;
  run_for(access_time);
  while (!answered_ && now_ < limit) run_for(access_time);
  if (!answered_) throw std::runtime_error("the card does not answer");
  return answer_;
}

void card_bench::open(std::uint32_t count, std::uint32_t tail, std::uint32_t rctl_value) {
  std::vector<std::uint64_t> buffers;
  for (std::uint32_t i = 0; i < count; ++i) buffers.push_back(buffers_at + std::uint64_t{i} * buffer_stride);
  open(buffers, tail, rctl_value);
}

void card_bench::open(const std::vector<std::uint64_t>& buffers, std::uint32_t tail, std::uint32_t rctl_value) {
  for (std::uint32_t i = 0; i < buffers.size(); ++i) put_descriptor(i, buffers[i]);
  write(reg::RDLEN, static_cast<std::uint32_t>(buffers.size()) * rxd::SIZE);
  write(reg::RDBAH, 0);
  write(reg::RDBAL, ring_at);
  write(reg::RDT, 0);
  write(reg::RDH, 0);
  write(reg::RCTL, rctl_value);
  write(reg::RDT, tail);
}

void card_bench::put_descriptor(std::uint32_t index, std::uint64_t address) {
  const std::size_t at = ring_at + index * rxd::SIZE;
  std::fill_n(memory_.begin() + static_cast<std::ptrdiff_t>(at), rxd::SIZE, std::uint8_t{0});
  for (unsigned i = 0; i < 8; ++i) memory_[at + i] = static_cast<std::uint8_t>(address >> (8 * i));
}

host_descriptor card_bench::descriptor(std::uint32_t index) const {
  const std::size_t at = ring_at + index * rxd::SIZE;
  const auto little = [&](std::size_t from, unsigned n) {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < n; ++i) value |= std::uint64_t{memory_[at + from + i]} << (8 * i);
    return value;
  };
  const auto word = [&](std::size_t from, unsigned n) { return static_cast<std::uint32_t>(little(from, n)); };
  return {little(0, 8), word(8, 2), word(10, 2), word(12, 1), word(13, 1), word(14, 2)};
}

void card_bench::put_bytes(std::uint64_t address, const std::vector<std::uint8_t>& bytes) {
  std::copy(bytes.begin(), bytes.end(), memory_.begin() + static_cast<std::ptrdiff_t>(address));
}

frame_id card_bench::marked(std::uint64_t address) const {
  for (const mark& m : marks_)
    if (address >= m.address && address - m.address < m.bytes) return m.frame;
  return 0;
}

std::vector<std::uint8_t> card_bench::bytes(std::uint64_t address, std::size_t n) const {
  const auto from = memory_.begin() + static_cast<std::ptrdiff_t>(address);
  return {from, from + static_cast<std::ptrdiff_t>(n)};
}

// As the scheduler does it: the card runs up to the bus' next date, then the bus acts.
void card_bench::run_until(sim_time t) {
  for (;;) {
    const sim_time date = due_.empty() ? time_never : due_.begin()->first;
    if (card_->local_time() >= date && date <= t) {
      const auto what = std::move(due_.begin()->second);
      due_.erase(due_.begin());
      what();
      continue;
    }
    if (card_->local_time() >= t) break;
    card_->run(std::min(t, date));
  }
  now_ = t;
}

std::vector<card_bench::dma_record> card_bench::transfers(tlm::dma_kind kind) const {
  std::vector<dma_record> found;
  for (const dma_record& r : transfers_)
    if (r.kind == kind || (kind == tlm::dma_kind::payload && r.kind == tlm::dma_kind::payload_end) ||
        (kind == tlm::dma_kind::tx_payload && r.kind == tlm::dma_kind::tx_payload_end))
      found.push_back(r);
  return found;
}

std::size_t card_bench::on_bus(tlm::dma_kind kind) const {
  const auto same = [kind](tlm::dma_kind k) {
    return k == kind || (kind == tlm::dma_kind::payload && k == tlm::dma_kind::payload_end) ||
           (kind == tlm::dma_kind::tx_payload && k == tlm::dma_kind::tx_payload_end);
  };
  const auto asked = std::count_if(asked_.begin(), asked_.end(), same);
  return static_cast<std::size_t>(asked) - transfers(kind).size();
}

bool card_bench::run_until_seen(const std::function<bool()>& done) {
  constexpr sim_time clock = 8 * ns;
  for (const sim_time limit = now_ + 1 * ms; !done() && now_ < limit;) run_for(clock);
  return done();
}

std::vector<event> card_bench::events(stage what) {
  stream_.drain();
  std::vector<event> found;
  for (const event& e : events_)
    if (e.what == what) found.push_back(e);
  return found;
}

sim_time card_bench::dma_request(tlm::nic&, tlm::dma_transfer& transfer, sim_time t) {
  asked_.push_back(transfer.kind);
  if (held_)
    waiting_.emplace_back(&transfer, t);
  else
    begin(transfer, t, t);
  return t;
}

void card_bench::begin(tlm::dma_transfer& transfer, sim_time requested, sim_time t) {
  bus_free_ = std::max(bus_free_, t) + bus_overhead + transfer.length * byte_time;
  const sim_time end = bus_free_ + (bus_delay ? bus_delay(transfer) : 0);
  at(end, [this, &transfer, requested, end] { complete(transfer, requested, end); });
}

void card_bench::hold_bus(bool on) {
  held_ = on;
  if (on) return;
  for (const auto& [transfer, requested] : waiting_) begin(*transfer, requested, now_);
  waiting_.clear();
}

void card_bench::withdraw(tlm::nic&, sim_time t) {
  const auto withdrawn = std::move(waiting_);
  waiting_.clear();
  for (const auto& [transfer, requested] : withdrawn) end(*transfer, tlm::dma_status::withdrawn, t);
}

void card_bench::end(tlm::dma_transfer& transfer, tlm::dma_status status, sim_time t) {
  transfer.status = status;
  if (transfer.write)
    card_->dma_done(transfer, t);
  else
    card_->dma_data(transfer, 0, 0, true, t);
}

void card_bench::complete(tlm::dma_transfer& transfer, sim_time requested, sim_time t) {
  transfers_.push_back({requested,
                        t,
                        transfer.kind,
                        transfer.address,
                        transfer.length,
                        {transfer.frames.begin(), transfer.frames.end()}});
  if (transfer.address + transfer.length > memory_.size()) return end(transfer, tlm::dma_status::master_abort, t);
  if (fault_ && fault_->first == transfer.kind) {
    const tlm::dma_status status = fault_->second;
    fault_.reset();
    return end(transfer, status, t);
  }
  const auto place = memory_.begin() + static_cast<std::ptrdiff_t>(transfer.address);
  if (transfer.write) {
    std::copy_n(transfer.data.begin(), transfer.length, place);
    card_->dma_done(transfer, t);
  } else {
    if (tlm::is_payload(transfer.kind)) transfer.frames.push_back(marked(transfer.address));
    std::copy_n(place, transfer.length, transfer.data.begin());
    card_->dma_data(transfer, 0, transfer.length, true, t);
  }
}

void card_bench::access_done(tlm::nic&, std::uint32_t data, sim_time) {
  answer_ = data;
  answered_ = true;
}

void card_bench::intx(tlm::nic&, bool asserted, sim_time t) {
  if (asserted && !intx_) asserted_.push_back(t);
  intx_ = asserted;
}

offered_frame plain_frame(const std::array<std::uint8_t, 6>& da, std::size_t size, sim_time earliest,
                          std::uint16_t type) {
  constexpr std::size_t fcs = 4;
  offered_frame frame;
  frame.bytes.assign(da.begin(), da.end());
  frame.bytes.insert(frame.bytes.end(),
                     {2, 0, 0, 0, 0, 1, static_cast<std::uint8_t>(type >> 8), static_cast<std::uint8_t>(type)});
  while (frame.bytes.size() + fcs < size) frame.bytes.push_back(static_cast<std::uint8_t>(frame.bytes.size()));
  frame.bytes.resize(size - fcs);
  frame.pad = false;
  frame.earliest = earliest;
  return frame;
}

}  // namespace ringside::test

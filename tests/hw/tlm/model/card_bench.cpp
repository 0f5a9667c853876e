// SPDX-License-Identifier: Apache-2.0
#include "tests/hw/tlm/model/card_bench.h"

#include <algorithm>

namespace ringside::test {

card_bench::card_bench(card_kind kind, std::uint32_t link_mbps)
    : card_host(kind, {.mac_address = mac, .link_mbps = link_mbps}) {
  stream_.add_consumer(*this);
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

std::optional<offered_frame> card_bench::next() {
  if (planned_.empty()) return std::nullopt;
  offered_frame frame = std::move(planned_.front());
  planned_.pop_front();
  return frame;
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
  std::array<std::uint8_t, rxd::SIZE> raw{};
  for (unsigned i = 0; i < 8; ++i) raw[i] = static_cast<std::uint8_t>(address >> (8 * i));
  put_bytes(ring_at + index * rxd::SIZE, raw);
}

host_descriptor card_bench::descriptor(std::uint32_t index) const {
  const std::vector<std::uint8_t> raw = bytes(ring_at + index * rxd::SIZE, rxd::SIZE);
  const auto little = [&](std::size_t from, unsigned n) {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < n; ++i) value |= std::uint64_t{raw[from + i]} << (8 * i);
    return value;
  };
  const auto word = [&](std::size_t from, unsigned n) { return static_cast<std::uint32_t>(little(from, n)); };
  return {little(0, 8), word(8, 2), word(10, 2), word(12, 1), word(13, 1), word(14, 2)};
}

frame_id card_bench::marked(std::uint64_t address) const {
  for (const mark& m : marks_)
    if (address >= m.address && address - m.address < m.bytes) return m.frame;
  return 0;
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
  for (const sim_time limit = now() + 1 * ms; !done() && now() < limit;) run_for(clock);
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
  const sim_time end = take_bus(transfer, t, bus_overhead) + (bus_delay ? bus_delay(transfer) : 0);
  at(end, [this, &transfer, requested, end] { complete(transfer, requested, end); });
}

void card_bench::hold_bus(bool on) {
  held_ = on;
  if (on) return;
  for (const auto& [transfer, requested] : waiting_) begin(*transfer, requested, now());
  waiting_.clear();
}

void card_bench::withdraw(tlm::nic&, sim_time t) {
  const auto withdrawn = std::move(waiting_);
  waiting_.clear();
  for (const auto& [transfer, requested] : withdrawn) end(*transfer, tlm::dma_status::withdrawn, t);
}

void card_bench::complete(tlm::dma_transfer& transfer, sim_time requested, sim_time t) {
  transfers_.push_back({requested,
                        t,
                        transfer.kind,
                        transfer.address,
                        transfer.length,
                        {transfer.frames.begin(), transfer.frames.end()}});
  if (fault_ && fault_->first == transfer.kind) {
    const tlm::dma_status status = fault_->second;
    fault_.reset();
    return end(transfer, status, t);
  }
  carry_out(transfer, t);
}

void card_bench::intx(tlm::nic& from, bool asserted, sim_time t) {
  if (asserted && !intx_level()) asserted_.push_back(t);
  card_host::intx(from, asserted, t);
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

// SPDX-License-Identifier: Apache-2.0
#include "tests/hw/tlm/pci/bus_bench.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace ringside::test {

tlm::pci_params hand_made_params() {
  tlm::pci_params p;
  p.clock = clock_domain{100'000'000};
  p.arbitration_clocks = 2;
  p.devsel_clocks = 2;
  p.nic_devsel_clocks = 2;
  p.target_latency_clocks = 16;
  p.read_latency_clocks = 8;
  p.write_latency_clocks = 4;
  p.wait_states = 0;
  p.nic_write_wait_clocks = 1;
  p.idle_clocks = 1;
  p.retry_idle_clocks = 2;
  p.disconnect_bytes = 4096;
  p.read_return_bytes = 32;
  p.crossing_to_pci_clocks = 2;
  return p;
}

void scripted_card::deliver_access(const tlm::target_access& access, sim_time t) {
  accesses.push_back({access, t});
  if (on_access) on_access(access);
  if (!tlm::is_answered(access.space, access.write)) return;
  const sim_time answer = t + answer_after;
  bench_.at(answer, [this, answer] { bench_.bus().access_done(device_, 0xA5A5'0000U + device_, answer); });
}

void scripted_card::dma_data(tlm::dma_transfer& transfer, std::uint32_t from, std::uint32_t to, bool last, sim_time t) {
  data.push_back({from, to, last, t});
  if (last) dma_done(transfer, t);
}

void scripted_card::dma_done(tlm::dma_transfer& transfer, sim_time t) {
  done.push_back({&transfer, t});
  if (on_done) on_done(transfer);
}

void byte_bridge::post_write(const tlm::dma_transfer& transfer, std::uint32_t from, std::uint32_t to, sim_time t) {
  bursts.push_back({&transfer, from, to, t});
  for (std::uint32_t i = from; i < to; ++i) bytes[transfer.address + i] = transfer.data[i];
  if (drain_after == 0) return;
  tlm::posted_write& entry = posted_.emplace_back();
  entry.address = transfer.address + from;
  entry.kind = transfer.kind;
  entry.offset = from;
  entry.data.assign(std::span(transfer.data).subspan(from, to - from));
  entry.frames = transfer.frames;
  entry.visible = t + drain_after;
  posted_bytes_ += to - from;
}

const tlm::posted_write& byte_bridge::drain() {
  drained_last_ = posted_.front();
  posted_bytes_ -= static_cast<std::uint32_t>(drained_last_.data.size());
  posted_.pop_front();
  return drained_last_;
}

void byte_bridge::read_memory(std::uint64_t address, std::span<std::uint8_t> data) {
  for (std::uint8_t& byte : data) byte = pattern(address++);
}

bus_bench::bus_bench(const tlm::pci_params& params, unsigned cards) : bus_(0, params, bridge, stream_) {
  stream_.add_consumer(*this);
  for (unsigned device = 0; device < cards; ++device) {
    cards_.push_back(std::make_unique<scripted_card>(*this, device));
    bus_.attach(*cards_.back());
  }
}

tlm::dma_transfer& bus_bench::dma(unsigned device, sim_time t, bool write, std::uint64_t address, std::uint32_t length,
                                  tlm::dma_kind kind) {
  tlm::dma_transfer& transfer = transfers_.emplace_back();
  transfer.write = write;
  transfer.kind = kind;
  transfer.address = address;
  transfer.length = length;
  if (write) {
    transfer.filled = length;
    for (std::uint32_t i = 0; i < length; ++i)
      transfer.data[i] = static_cast<std::uint8_t>(byte_bridge::pattern(address + i) ^ 0x80);
  }
  const bool sent = kind == tlm::dma_kind::tx_payload || kind == tlm::dma_kind::tx_payload_end;
  const std::size_t frames = kind == tlm::dma_kind::writeback ? length / 16 : sent ? 0 : 1;
  for (std::size_t i = 0; i < frames; ++i) transfer.frames.push_back(transfers_.size() * 100 + i);
  at(t, [this, device, &transfer, t] { bus_.request_dma(device, transfer, t); });
  return transfer;
}

tlm::dma_transfer& bus_bench::late_write(unsigned device, sim_time t, sim_time data_at, std::uint64_t address,
                                         std::uint32_t length) {
  tlm::dma_transfer& transfer = dma(device, t, true, address, length);
  transfer.filled = 0;
  at(data_at, [&transfer, length, data_at] {
    transfer.filled = length;
    transfer.first_data = data_at;
  });
  return transfer;
}

tlm::cpu_access& bus_bench::cpu(sim_time t, tlm::pci_space space, bool write, std::uint64_t address, std::uint32_t data,
                                unsigned device) {
  tlm::cpu_access& access = accesses_.emplace_back();
  access.space = space;
  access.write = write;
  access.address = address;
  access.data = data;
  access.device = device;
  at(t, [this, &access, t] {
    bus_.advance(t);  // software never finds the bus behind
    bus_.request_cpu(access, t);
  });
  return access;
}

void bus_bench::at(sim_time t, std::function<void()> action) {
  script_.emplace(t, std::move(action));
}

void bus_bench::run(sim_time limit) {
  for (;;) {
    const sim_time own = ahead_ ? bus_.next_effect() : bus_.next_date();
    const sim_time scripted = script_.empty() ? time_never : script_.begin()->first;
    const sim_time date = std::min(own, scripted);
    if (date == time_never) break;
    if (date > limit) throw std::runtime_error("the bus does not come to rest");
    now_ = date;
    if (own <= scripted) {
      bus_.advance(date);
      continue;
    }
    const auto action = std::move(script_.begin()->second);
    script_.erase(script_.begin());
    action();
  }
  bus_.advance(limit);
  stream_.finish();
}

void bus_bench::on_event(const event& e) {
  events.push_back(e);
  if (e.what != stage::pci_transaction) return;
  bus_transaction t;
  t.last_clock = e.time / clock_period;
  t.first_clock = t.last_clock - static_cast<std::int64_t>(e.b >> 32) + 1;
  t.address = e.a;
  t.kind = static_cast<tlm::pci_word::kind>(e.b >> 16 & 0xF);
  t.master = static_cast<unsigned>(e.b >> 20 & 0xF);
  t.bytes = static_cast<std::uint32_t>(e.b & 0xFFFF);
  t.write = (e.b & tlm::pci_word::write) != 0;
  t.retry = (e.b & tlm::pci_word::retry) != 0;
  t.disconnect = (e.b & tlm::pci_word::disconnect) != 0;
  t.abort = (e.b & tlm::pci_word::abort) != 0;
  transactions.push_back(t);
}

}  // namespace ringside::test

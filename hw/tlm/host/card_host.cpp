// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/host/card_host.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "hw/regs/e1000_regs.h"
#include "hw/tlm/model/model_nic.h"
#include "hw/tlm/nic/rtl_nic.h"

namespace ringside::tlm {
namespace {

constexpr sim_time byte_time = 4 * ns;      // about twice the wire
constexpr sim_time access_time = 200 * ns;  // from one register access to the next
constexpr sim_time access_limit = 100 * us;
constexpr std::uint32_t command_all = 7;  // I/O, memory, bus master

template <typename Params>
Params params_of(const card_host_params& given) {
  Params p;
  p.mac_address = given.mac_address;
  p.link_mbps = given.link_mbps;
  p.bus_66mhz = given.bus_66mhz;
  return p;
}

std::unique_ptr<nic> make_card(card_kind kind, const card_host_params& p, nic_host& host, wire& rx, tx_wire& tx,
                               event_stream& events) {
  if (kind == card_kind::model) return std::make_unique<model_nic>(params_of<model_params>(p), host, rx, tx, events);
  return std::make_unique<rtl_nic>(params_of<rtl_nic_params>(p), host, rx, tx, events);
}

}  // namespace

card_host::card_host(card_kind kind, const card_host_params& params) : wire_(0, *this), memory_(params.memory_bytes) {
  wire_.hold();
  tx_wire_.listen([this](const sent_frame& frame) { sent_.push_back(frame); });
  card_ = make_card(kind, params, *this, wire_, tx_wire_, stream_);
  card_->set_link(true, 0);
  run_for(1 * us);
  access(pci_space::config, true, 0x04, command_all);
}

std::uint32_t card_host::access(pci_space space, bool write, std::uint32_t offset, std::uint32_t value,
                                std::uint8_t enables) {
  answered_ = !is_answered(space, write);
  card_->deliver_access({space, write, offset, enables, value}, now_);
  const sim_time limit = now_ + access_limit;
  run_for(access_time);
  while (!answered_ && now_ < limit) run_for(access_time);
  if (!answered_) throw std::runtime_error("the card does not answer");
  return answer_;
}

void card_host::put_bytes(std::uint64_t address, std::span<const std::uint8_t> bytes) {
  std::copy(bytes.begin(), bytes.end(), memory_.begin() + static_cast<std::ptrdiff_t>(address));
}

std::vector<std::uint8_t> card_host::bytes(std::uint64_t address, std::size_t n) const {
  const auto from = memory_.begin() + static_cast<std::ptrdiff_t>(address);
  return {from, from + static_cast<std::ptrdiff_t>(n)};
}

void card_host::start_traffic() {
  wire_.release(now_ + 1 * us);
  card_->wire_changed();
}

void card_host::offer(offered_frame frame) {
  wire_.put(std::move(frame));
  card_->wire_changed();
}

// As the scheduler does it: the card runs up to the bus' next date, then the bus acts.
void card_host::run_until(sim_time t) {
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

sim_time card_host::take_bus(const dma_transfer& transfer, sim_time t, sim_time overhead) {
  bus_free_ = std::max(bus_free_, t) + overhead + transfer.length * byte_time;
  return bus_free_;
}

sim_time card_host::dma_request(nic&, dma_transfer& transfer, sim_time t) {
  const sim_time end = take_bus(transfer, t, bus_overhead_default);
  at(end, [this, &transfer, end] { carry_out(transfer, end); });
  return t;
}

void card_host::carry_out(dma_transfer& transfer, sim_time t) {
  if (transfer.address + transfer.length > memory_.size()) return end(transfer, dma_status::master_abort, t);
  const auto place = memory_.begin() + static_cast<std::ptrdiff_t>(transfer.address);
  if (transfer.write) {
    std::copy_n(transfer.data.begin(), transfer.length, place);
    card_->dma_done(transfer, t);
  } else {
    if (is_payload(transfer.kind)) transfer.frames.push_back(marked(transfer.address));
    std::copy_n(place, transfer.length, transfer.data.begin());
    card_->dma_data(transfer, 0, transfer.length, true, t);
  }
}

void card_host::end(dma_transfer& transfer, dma_status status, sim_time t) {
  transfer.status = status;
  if (transfer.write)
    card_->dma_done(transfer, t);
  else
    card_->dma_data(transfer, 0, 0, true, t);
}

void card_host::access_done(nic&, std::uint32_t data, sim_time) {
  answer_ = data;
  answered_ = true;
}

void card_host::intx(nic&, bool asserted, sim_time) {
  intx_ = asserted;
}

}  // namespace ringside::tlm

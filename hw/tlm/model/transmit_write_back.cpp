// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/model/transmit_write_back.h"

#include <algorithm>

#include "hw/tlm/model/descriptor_ring.h"

namespace ringside::tlm::model {
namespace {

constexpr std::uint8_t status_bits = 0x0F, done = 0x01;  // of byte 12

}  // namespace

void transmit_write_back::completed(transmit_ring::serial number) {
  const transmit_descriptor& d = ring_.at(number);
  if (d.report()) {
    waiting_.push_back(number);
    if (d.delay_interrupt() && core_.regs.get(reg::TIDV) != 0) around_.start_timers();
  }
  ring_.complete(number);
  wake();
}

void transmit_write_back::flush() {
  if (waiting_.empty()) {
    report(/*stop_timers=*/false);
    return;
  }
  flush_until_ = waiting_.back() + 1;
  expiries_.push_back(flush_until_);
  wake();
}

void transmit_write_back::wake() {
  if (waking_ || !due()) return;
  waking_ = true;
  core_.after(core_.params.dma_clocks, [this] {
    waking_ = false;
    if (due()) start();
  });
}

// T-45.
bool transmit_write_back::due() const {
  if (busy_ || waiting_.empty() || !dma_.allowed()) return false;
  const std::uint32_t threshold = std::max<std::uint32_t>(
      threshold_of(core_.regs.get(reg::TXDCTL), txdctl::WTHRESH, core_.config.cache_line_dwords()), 1);
  return waiting_.size() >= threshold || waiting_.front() < flush_until_ || ring_.exhausted() ||
         !core_.regs.has(reg::TCTL, tctl::EN);
}

// T-44: the last four bytes as fetched, with DD for a status.
void transmit_write_back::start() {
  constexpr std::uint32_t at = transmit_descriptor::status_at;
  flush_until_ = std::max(flush_until_, waiting_.back() + 1);  // all that waits goes along
  // Those in front of it are finished and gone, so it is the oldest on chip.
  const transmit_descriptor& d = ring_.at(waiting_.front());
  const std::uint32_t index = ring_.index_of_first();
  burst& b = dma_.make(dma_kind::tx_writeback, ring_.address_of(index) + at, transmit_descriptor::size - at);
  std::copy(d.raw.begin() + at, d.raw.end(), b.data.begin());
  b.data[0] = static_cast<std::uint8_t>((b.data[0] & ~status_bits) | done);
  b.frames.push_back(d.frame);
  busy_ = on_bus_ = head_moves_ = true;
  next_head_ = (index + 1) % ring_.count();
  const std::uint64_t life = life_;
  b.over = [this, &b, life] {
    busy_ = false;
    if (life == life_ && b.status == dma_status::withdrawn)
      around_.withdrawn();
    else if (life == life_ && b.status == dma_status::ok)
      finish();
    wake();
  };
  dma_.start(b);
}

// T-42: DD in memory, then TDH, then TXDW.
void transmit_write_back::finish() {
  const transmit_ring::serial number = waiting_.front();
  waiting_.pop_front();
  const transmit_descriptor& d = ring_.at(number);
  const bool at_once = !d.delay_interrupt() || core_.regs.get(reg::TIDV) == 0;  // T-61
  on_bus_ = false;
  ring_.written(head_moves_);
  bool expired = false;
  while (!expiries_.empty() && expiries_.front() <= number + 1) {
    expiries_.pop_front();
    expired = true;
  }
  // T-60: the timers run on for one that is delayed and still waits.
  const bool others = core_.regs.get(reg::TIDV) != 0 && std::any_of(waiting_.begin(), waiting_.end(), [&](auto waits) {
                        return ring_.at(waits).delay_interrupt();
                      });
  if (at_once || expired) report(at_once && !others);
}

void transmit_write_back::report(bool stop_timers) {
  if (stop_timers) around_.stop_timers();
  const std::uint64_t life = life_;
  core_.after(core_.params.cause_clocks, [this, life] {
    if (life == life_) around_.set_cause(icr::TXDW);
  });
}

void transmit_write_back::rewrite(bool head_written) {
  if (head_written) head_moves_ = false;
  waiting_.erase(waiting_.begin() + (on_bus_ ? 1 : 0), waiting_.end());
  const bool expired = !expiries_.empty();
  expiries_.clear();
  flush_until_ = 0;
  if (!expired) return;
  if (on_bus_)
    expiries_.push_back(waiting_.front() + 1);
  else
    report(/*stop_timers=*/false);
}

void transmit_write_back::forget() {
  on_bus_ = false;
  rewrite(false);
}

void transmit_write_back::reset() {
  ++life_;
  waiting_.clear();
  expiries_.clear();
  flush_until_ = 0;
  on_bus_ = false;
}

}  // namespace ringside::tlm::model

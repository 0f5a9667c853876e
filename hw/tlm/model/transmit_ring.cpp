// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/model/transmit_ring.h"

#include <algorithm>
#include <bit>

#include "hw/tlm/model/descriptor_ring.h"

namespace ringside::tlm::model {
namespace {
constexpr std::uint32_t low_threshold_unit = 8;  // T-63
}

// T-40: a ring without length, or a pointer outside of it, gives no descriptors.
std::uint32_t transmit_ring::between(std::uint32_t from) const {
  return usable() && from < count() ? (tail() + count() - from) % count() : 0;
}

std::uint64_t transmit_ring::address_of(std::uint32_t index) const {
  const std::uint64_t base = core_.regs.get(reg::TDBAL) | std::uint64_t{core_.regs.get(reg::TDBAH)} << 32;
  return base + std::uint64_t{index} * transmit_descriptor::size;
}

transmit_ring::serial transmit_ring::take() {
  at(next_unused_).now = transmit_descriptor::state::used;
  use_index_ = next_index(use_index_);
  const serial number = next_unused_++;
  wake();
  return number;
}

// T-63: an edge, when completion takes what software has given from above the threshold to it.
void transmit_ring::complete(serial number) {
  const std::uint32_t threshold =
      (core_.regs.get(reg::TXDCTL) & txdctl::LWTHRESH) >> std::countr_zero(txdctl::LWTHRESH);
  const std::uint32_t before = between(complete_index_);
  at(number).now = transmit_descriptor::state::complete;
  complete_end_ = number + 1;
  complete_index_ = next_index(complete_index_);
  const std::uint32_t level = threshold * low_threshold_unit;
  if (before > level && between(complete_index_) <= level) around_.set_cause(icr::TXD_LOW);
  retire();
}

void transmit_ring::written(bool head_moves) {
  chip_.front().now = transmit_descriptor::state::written;
  if (!head_moves) leave();
  retire();
  wake();
}

void transmit_ring::leave() {
  chip_.pop_front();
  ++first_;
  first_index_ = behind_kept_ ? *behind_kept_ : next_index(first_index_);
  behind_kept_.reset();
}

// T-43, T-62: finished descriptors in front leave, and TDH follows.
void transmit_ring::retire() {
  using state = transmit_descriptor::state;
  bool moved = false;
  while (!chip_.empty()) {
    const transmit_descriptor& d = chip_.front();
    const bool finished = d.now == state::written || (d.now == state::complete && !d.report());
    if (!finished) break;
    leave();
    moved = true;
  }
  if (!moved) return;
  core_.regs.set(reg::TDH, first_index_);
  if (first_index_ == tail()) around_.set_cause(icr::TXQE);
  wake();
}

void transmit_ring::wake() {
  if (waking_ || !wants_fetch()) return;
  waking_ = true;
  core_.after(core_.params.dma_clocks, [this] {
    waking_ = false;
    if (wants_fetch()) fetch();
  });
}

// T-41: at once when none is unused on chip, else below PTHRESH when HTHRESH are to be had.
bool transmit_ring::wants_fetch() const {
  if (fetching_ || !core_.regs.has(reg::TCTL, tctl::EN) || !dma_.allowed()) return false;
  const std::uint32_t in_host = available();
  if (in_host == 0 || chip_.size() == cache_size) return false;
  if (unused() == 0) return true;
  const std::uint32_t control = core_.regs.get(reg::TXDCTL);
  const std::uint8_t line = core_.config.cache_line_dwords();
  return unused() < threshold_of(control, txdctl::PTHRESH, line) &&
         in_host >= threshold_of(control, txdctl::HTHRESH, line);
}

void transmit_ring::fetch() {
  constexpr std::uint32_t size = transmit_descriptor::size;
  const std::uint64_t address = address_of(fetch_index_);
  const auto in_page = static_cast<std::uint32_t>((page_bytes - address % page_bytes) / size);
  const std::uint32_t n =
      std::min({available(), static_cast<std::uint32_t>(cache_size - chip_.size()), count() - fetch_index_, in_page});
  fetching_ = true;
  fetch_index_ = (fetch_index_ + n) % count();
  burst& b = dma_.make(dma_kind::tx_fetch, address, n * size);
  const std::uint64_t epoch = fetch_epoch_;
  b.arrived = [this, &b, epoch](std::uint32_t from, std::uint32_t to) {
    if (epoch == fetch_epoch_) load(b, from, to);
  };
  b.over = [this] {
    fetching_ = false;
    wake();
    around_.loaded();
  };
  dma_.start(b);
}

// A piece may end within a descriptor: it counts with the piece that completes it.
void transmit_ring::load(const burst& b, std::uint32_t from, std::uint32_t to) {
  constexpr std::uint32_t size = transmit_descriptor::size;
  for (std::uint32_t i = from / size; i < to / size; ++i) {
    transmit_descriptor d;
    std::copy_n(b.data.begin() + i * size, size, d.raw.begin());
    chip_.push_back(d);
  }
  around_.loaded();
}

void transmit_ring::rewrite(bool kept, std::uint32_t index) {
  ++fetch_epoch_;
  chip_.erase(chip_.begin() + (kept ? 1 : 0), chip_.end());
  next_unused_ = complete_end_ = first_ + (kept ? 1 : 0);
  if (kept)
    behind_kept_ = index;
  else
    first_index_ = index;
  complete_index_ = use_index_ = fetch_index_ = index;
  wake();
}

void transmit_ring::refetch() {
  ++fetch_epoch_;
  chip_.erase(chip_.end() - static_cast<std::ptrdiff_t>(unused()), chip_.end());
  fetch_index_ = use_index_;
  wake();
}

}  // namespace ringside::tlm::model

// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/model/descriptor_ring.h"

#include <algorithm>
#include <bit>

namespace ringside::tlm::model {

std::uint32_t threshold_of(std::uint32_t rxdctl_value, std::uint32_t field, std::uint8_t cache_line_dwords) {
  constexpr std::uint32_t most_by_lines = 31;
  const std::uint32_t value = (rxdctl_value & field) >> std::countr_zero(field);
  if ((rxdctl_value & rxdctl::GRAN) != 0) return value;
  const std::uint32_t per_line = std::max<std::uint32_t>(cache_line_dwords * 4U / rxd::SIZE, 1);
  return std::min(value * per_line, most_by_lines);
}

std::uint64_t descriptor::address() const {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < 8; ++i) value |= std::uint64_t{raw[i]} << (8 * i);
  return value;
}

// a ring without length, or a pointer outside of it, gives no descriptors; nor does one that was shortened under
// a write-back which takes RDH beyond its new end.
bool descriptor_ring::usable() const {
  return count() != 0 && head() < count() && tail() < count();
}

std::uint32_t descriptor_ring::available() const {
  return usable() && fetch_index_ < count() ? (tail() + count() - fetch_index_) % count() : 0;
}

std::uint32_t descriptor_ring::free() const {
  return usable() && consumed_index_ < count() ? (tail() + count() - consumed_index_) % count() : 0;
}

std::uint64_t descriptor_ring::address_of(std::uint32_t index) const {
  const std::uint64_t base = core_.regs.get(reg::RDBAL) | std::uint64_t{core_.regs.get(reg::RDBAH)} << 32;
  return base + std::uint64_t{index} * rxd::SIZE;
}

descriptor_ring::serial descriptor_ring::take() {
  at(next_unused_).now = descriptor::state::taken;
  const serial number = next_unused_++;
  use_index_ = count() == 0 ? 0 : (use_index_ + 1) % count();
  wake();
  return number;
}

// I-40: RXDMT0 when use takes the free count from above the threshold to it or below.
void descriptor_ring::consume() {
  const std::uint32_t shift = ((core_.regs.get(reg::RCTL) & rctl::RDMTS) >> rctl::RDMTS_SHIFT) + 1;
  const std::uint32_t threshold = count() >> shift;
  const std::uint32_t before = free();
  consumed_index_ = count() == 0 ? 0 : (consumed_index_ + 1) % count();
  if (before > threshold && free() <= threshold) around_.threshold();
}

void descriptor_ring::finish_filled() {
  for (descriptor& d : chip_)
    if (d.now == descriptor::state::filled) d.now = descriptor::state::done;
}

std::uint32_t descriptor_ring::done_in_front() const {
  const auto end =
      std::find_if(chip_.begin(), chip_.end(), [](const descriptor& d) { return d.now != descriptor::state::done; });
  return static_cast<std::uint32_t>(end - chip_.begin());
}

void descriptor_ring::written(std::uint32_t n, std::optional<std::uint32_t> head) {
  chip_.erase(chip_.begin(), chip_.begin() + n);
  first_ += n;
  if (head) core_.regs.set(reg::RDH, *head);
  wake();
}

void descriptor_ring::wake() {
  if (waking_ || !wants_fetch()) return;
  waking_ = true;
  core_.after(core_.params.dma_clocks, [this] {
    waking_ = false;
    if (wants_fetch()) fetch();
  });
}

// R-7, N-9 and FS 6.3: at once when none is unused on chip, else below PTHRESH when HTHRESH are to be had.
bool descriptor_ring::wants_fetch() const {
  if (fetching_ || !core_.regs.has(reg::RCTL, rctl::EN) || !dma_.allowed()) return false;
  const std::uint32_t in_host = available();
  if (in_host == 0 || chip_.size() == cache_size) return false;
  if (unused() == 0) return true;
  const std::uint32_t control = core_.regs.get(reg::RXDCTL);
  const std::uint8_t line = core_.config.cache_line_dwords();
  return unused() < threshold_of(control, rxdctl::PTHRESH, line) &&
         in_host >= threshold_of(control, rxdctl::HTHRESH, line);
}

void descriptor_ring::fetch() {
  const std::uint64_t address = address_of(fetch_index_);
  const auto in_page = static_cast<std::uint32_t>((page_bytes - address % page_bytes) / rxd::SIZE);
  const std::uint32_t n =
      std::min({available(), static_cast<std::uint32_t>(cache_size - chip_.size()), count() - fetch_index_, in_page});
  fetching_ = true;
  fetch_index_ = (fetch_index_ + n) % count();
  burst& b = dma_.make(dma_kind::fetch, address, n * rxd::SIZE);
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
void descriptor_ring::load(const burst& b, std::uint32_t from, std::uint32_t to) {
  for (std::uint32_t i = from / rxd::SIZE; i < to / rxd::SIZE; ++i) {
    descriptor d;
    std::copy_n(b.data.begin() + i * rxd::SIZE, rxd::SIZE, d.raw.begin());
    chip_.push_back(d);
  }
  around_.loaded();
}

void descriptor_ring::rewrite(std::uint32_t kept, std::uint32_t index) {
  ++fetch_epoch_;
  chip_.erase(chip_.begin() + kept, chip_.end());
  next_unused_ = first_ + kept;
  fetch_index_ = consumed_index_ = use_index_ = index;
  wake();
}

void descriptor_ring::refetch() {
  ++fetch_epoch_;
  chip_.erase(chip_.end() - static_cast<std::ptrdiff_t>(unused()), chip_.end());
  fetch_index_ = use_index_;
  wake();
}

}  // namespace ringside::tlm::model

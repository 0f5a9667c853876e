// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/model/write_back.h"

#include <algorithm>
#include <optional>

namespace ringside::tlm::model {

void write_back::flush(std::uint32_t cause) {
  flush_until_ = ring_.first() + ring_.done_in_front();
  if (cause != 0) {
    if (flush_until_ == ring_.first())
      report(cause);
    else
      reports_.push_back({flush_until_, cause});
  }
  wake();
}

void write_back::wake() {
  if (waking_ || !due()) return;
  waking_ = true;
  core_.after(core_.params.dma_clocks, [this] {
    waking_ = false;
    if (due()) start();
  });
}

// With EN = 0 nothing more comes, so what is finished goes out.
bool write_back::due() const {
  if (busy_ || !dma_.allowed()) return false;
  const std::uint32_t done = ring_.done_in_front();
  if (done == 0) return false;
  const std::uint32_t threshold = std::max<std::uint32_t>(
      threshold_of(core_.regs.get(reg::RXDCTL), rxdctl::WTHRESH, core_.config.cache_line_dwords()), 1);
  return done >= threshold || ring_.first() < flush_until_ || ring_.exhausted() || !core_.regs.has(reg::RCTL, rctl::EN);
}

// whole descriptors in ascending order, DD's dword last; a burst ends at the ring's end and at a page.
void write_back::start() {
  const std::uint32_t done = ring_.done_in_front();
  flush_until_ = std::max(flush_until_, ring_.first() + done);  // a burst that is split goes on
  const std::uint32_t index = ring_.index_of_first();
  const std::uint64_t address = ring_.address_of(index);
  const auto in_page = static_cast<std::uint32_t>((page_bytes - address % page_bytes) / rxd::SIZE);
  const std::uint32_t n = std::min({done, ring_.count() - index, in_page});
  burst& b = dma_.make(dma_kind::writeback, address, n * rxd::SIZE);
  for (std::uint32_t i = 0; i < n; ++i) {
    const descriptor& d = ring_.at(ring_.first() + i);
    std::copy(d.raw.begin(), d.raw.end(), b.data.begin() + i * rxd::SIZE);
    b.frames.push_back(d.frame);
  }
  busy_ = true;
  on_bus_ = n;
  next_head_ = ring_.index_after(n);
  head_moves_ = true;
  const std::uint64_t life = life_;
  b.over = [this, &b, n, life] {
    busy_ = false;
    if (life == life_ && b.status == dma_status::withdrawn)
      around_.withdrawn();
    else if (life == life_)
      finish(n);
    wake();
  };
  dma_.start(b);
}

// descriptors in memory, then RDH, then the cause.
void write_back::finish(std::uint32_t n) {
  on_bus_ = 0;
  ring_.written(n, head_moves_ ? std::optional(next_head_) : std::nullopt);
  std::uint32_t cause = 0;
  while (!reports_.empty() && reports_.front().until <= ring_.first()) {
    cause |= reports_.front().cause;
    reports_.pop_front();
  }
  if (cause != 0) report(cause);
  around_.written();
}

void write_back::report(std::uint32_t cause) {
  const std::uint64_t life = life_;
  core_.after(core_.params.cause_clocks, [this, cause, life] {
    if (life == life_) around_.set_cause(cause);
  });
}

void write_back::rewrite(bool head_written) {
  if (head_written) head_moves_ = false;
  const descriptor_ring::serial behind = ring_.first() + on_bus_;
  flush_until_ = std::min(flush_until_, behind);
  std::uint32_t now = 0;
  for (pending_report& r : reports_) {
    r.until = std::min(r.until, behind);
    if (r.until <= ring_.first()) now |= r.cause;
  }
  std::erase_if(reports_, [this](const pending_report& r) { return r.until <= ring_.first(); });
  if (now != 0) report(now);
}

void write_back::forget_burst() {
  on_bus_ = 0;
  rewrite(false);
}

void write_back::reset() {
  ++life_;
  reports_.clear();
  flush_until_ = 0;
  on_bus_ = 0;
}

}  // namespace ringside::tlm::model

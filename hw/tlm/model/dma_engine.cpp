// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/model/dma_engine.h"

namespace ringside::tlm::model {

burst& dma_engine::make(dma_kind kind, std::uint64_t address, std::uint32_t length) {
  if (idle_.empty()) {
    pool_.push_back(std::make_unique<burst>());
    idle_.push_back(pool_.back().get());
  }
  burst& b = *idle_.back();
  idle_.pop_back();
  b.kind = kind;
  b.write = is_write(kind);
  b.tag = next_tag_++;
  b.status = dma_status::ok;
  b.address = address;
  b.length = length;
  b.filled = b.write ? length : 0;
  b.frames.clear();
  return b;
}

void dma_engine::start(burst& b) {
  ++lent_;
  request_(b);
}

void dma_engine::on_data(dma_transfer& transfer, std::uint32_t from, std::uint32_t to, bool last, sim_time t) {
  burst& b = static_cast<burst&>(transfer);
  core_.at(core_.seen(t), [this, &b, from, to, last] {
    if (to > from && b.arrived) b.arrived(from, to);
    if (last) finish(b);
  });
}

void dma_engine::on_done(dma_transfer& transfer, sim_time t) {
  burst& b = static_cast<burst&>(transfer);
  core_.at(core_.seen(t), [this, &b] { finish(b); });
}

void dma_engine::finish(burst& b) {
  --lent_;
  if (b.status != dma_status::ok && b.status != dma_status::withdrawn) {
    if (!held_) failed_ = true;  // one from before CTRL.RST stops nothing
    core_.config.report(b.status, b.write);
  }
  const std::function<void()> over = std::move(b.over);
  b.over = nullptr;
  b.arrived = nullptr;
  idle_.push_back(&b);
  if (lent_ == 0) held_ = stopped_ = false;
  if (over) over();
  if (lent_ == 0 && when_quiet_) when_quiet_();
}

void dma_engine::reset() {
  failed_ = false;
  held_ = lent_ != 0;
}

}  // namespace ringside::tlm::model

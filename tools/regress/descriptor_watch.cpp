// SPDX-License-Identifier: Apache-2.0
#include "tools/regress/descriptor_watch.h"

#include <algorithm>

#include "hw/regs/e1000_regs.h"

namespace ringside::platform {
namespace {
constexpr std::uint64_t page_bytes = 4096;
}

void descriptor_watch::on_event(const event& e) {
  switch (e.what) {
    case stage::desc_load:
      unused_.push_back(e.b);
      break;
    case stage::desc_fetch:
      // Unused ones only become fewer while a fetch is under way, so there were some when it was asked for.
      if (unused_.size() > e.b / rxd::SIZE) ++prefetches_;
      break;
    case stage::dma_write:
      // A burst that begins a buffer uses its descriptor, and those before it.
      if (const auto used = std::find(unused_.begin(), unused_.end(), e.a); used != unused_.end())
        unused_.erase(unused_.begin(), used + 1);
      else if (e.a % page_bytes == 0)
        ++page_crossings_;
      break;
    case stage::reg_write:  // what is on the chip is forgotten
      if (e.a == reg::RDBAL || e.a == reg::RDBAH || e.a == reg::RDLEN || e.a == reg::RDH) unused_.clear();
      break;
    case stage::nic_reset:
      unused_.clear();
      break;
    default:
      break;
  }
}

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
#include "platform/linux/dma_faults.h"

#include <fmt/format.h>

#include "hw/tlm/pci/pci_bus.h"

namespace ringside::platform {
namespace {

// As pci_word::pack() has it.
constexpr unsigned kind_shift = 16;
constexpr std::uint64_t kind_mask = 0xF;

bool is_of_a_cpu(tlm::pci_word::kind what) {
  return what == tlm::pci_word::kind::config || what == tlm::pci_word::kind::memory || what == tlm::pci_word::kind::io;
}

}  // namespace

void dma_faults::on_event(const event& e) {
  if (e.what != stage::pci_transaction || e.unit != unit_ || (e.b & tlm::pci_word::abort) == 0) return;
  if (is_of_a_cpu(static_cast<tlm::pci_word::kind>(e.b >> kind_shift & kind_mask))) return;
  ++count_;
  if (described_.size() == most_described) return;
  described_.push_back(fmt::format("{} ns: DMA {} at 0x{:x}, outside the guest's memory: master abort", e.time / ns,
                                   (e.b & tlm::pci_word::write) != 0 ? "write" : "read", e.a));
}

}  // namespace ringside::platform

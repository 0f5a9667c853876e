// SPDX-License-Identifier: Apache-2.0
#include "platform/linux/guest_events.h"

#include <optional>

#include "hw/regs/e1000_regs.h"

namespace ringside::platform {
namespace {

std::optional<stage> stage_of(std::uint32_t offset, bool write) {
  if (!write) return offset == reg::ICR ? std::optional(stage::icr_read) : std::nullopt;
  switch (offset) {
    case reg::IMC:
      return stage::imc_write;
    case reg::IMS:
      return stage::ims_write;
    case reg::RDT:
      return stage::rdt_write;
    case reg::TDT:
      return stage::tdt_write;
    default:
      return std::nullopt;
  }
}

}  // namespace

guest_events::guest_events(event_stream& stream, std::uint8_t unit)
    : stream_(stream), source_(stream.add_source(origin::cpu, unit)) {}

// BAR 0 lies at a multiple of its size, so the address has the register's offset in its low bits.
void guest_events::add(const tlm::pci_cycle& access, sim_time t) {
  if (access.space != tlm::pci_space::memory) return;
  if (const auto what = stage_of(access.address % tlm::bar0_bytes, access.write))
    stream_.push(source_, t, *what, 0, access.data);
}

}  // namespace ringside::platform

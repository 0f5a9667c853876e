// SPDX-License-Identifier: Apache-2.0
// What the bench can see of the guest's driver: its accesses to the card's registers become the events that our own
// driver reports of itself.
#pragma once

#include "common/event_stream.h"
#include "hw/tlm/linux_host/pci_cycles.h"

namespace ringside::platform {

class guest_events {
 public:
  guest_events(event_stream& stream, std::uint8_t unit);

  /// An access that ended at `t`.
  void add(const tlm::pci_cycle& access, sim_time t);
  void set_watermark(sim_time t) { stream_.set_watermark(source_, t); }

 private:
  event_stream& stream_;
  const event_stream::source_id source_;
};

}  // namespace ringside::platform

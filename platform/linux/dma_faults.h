// SPDX-License-Identifier: Apache-2.0
// DMA that met no memory: a card's read or write outside the guest's memory, which ends in a master abort.
//
// The guest cannot know, and no driver asks for it: it is told as a fault of the device.  A consumer of the event
// stream, owned by linux_machine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/event_stream.h"

namespace ringside::platform {

class dma_faults final : public event_consumer {
 public:
  /// Of the bus of `unit`.
  explicit dma_faults(std::uint8_t unit) : unit_(unit) {}

  void on_event(const event& e) override;

  std::uint64_t count() const { return count_; }
  /// The first of them, described.
  const std::vector<std::string>& described() const { return described_; }

 private:
  static constexpr std::size_t most_described = 10;

  const std::uint8_t unit_;
  std::uint64_t count_ = 0;
  std::vector<std::string> described_;
};

}  // namespace ringside::platform

// Writes finished descriptors back and reports their frames: when, in what order, with which cause (6.5, R-20 to R-27).
//
// Owned by the card; told by the receiver and the timers.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>

#include "hw/tlm/model/core.h"
#include "hw/tlm/model/descriptor_ring.h"
#include "hw/tlm/model/dma_engine.h"

namespace ringside::tlm::model {

class write_back {
 public:
  struct neighbours {
    std::function<void(std::uint32_t)> set_cause;
    std::function<void()> written;  // descriptors left the chip
  };
  write_back(core& c, dma_engine& dma, descriptor_ring& ring, neighbours around)
      : core_(c), dma_(dma), ring_(ring), around_(std::move(around)) {}

  /// Writes all that is finished now; `cause` is set when it is in memory, at once when nothing is pending.
  void flush(std::uint32_t cause);
  /// Something may have become due.
  void wake();
  /// The ring was restarted or the card reset: nothing is pending any more.
  void restart();
  /// Descriptors under way on the bus, from the ring's first on.
  std::uint32_t on_bus() const { return on_bus_; }

 private:
  bool due() const;
  void start();
  void finish(std::uint32_t n);
  void report(std::uint32_t cause);

  struct pending_report {
    descriptor_ring::serial until;  // set when every descriptor before it is in memory
    std::uint32_t cause;
  };
  core& core_;
  dma_engine& dma_;
  descriptor_ring& ring_;
  const neighbours around_;
  descriptor_ring::serial flush_until_ = 0;
  std::deque<pending_report> reports_;
  std::uint32_t on_bus_ = 0;
  bool busy_ = false;  // also with a burst of an older ring on the bus
  bool waking_ = false;
};

}  // namespace ringside::tlm::model

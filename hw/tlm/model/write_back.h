// SPDX-License-Identifier: Apache-2.0
// Writes finished descriptors back and reports their frames: when, in what order, with which cause (FS 6.5, R-20 to
//
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
    std::function<void()> written;    // descriptors left the chip
    std::function<void()> withdrawn;  // those on the bus come back unwritten
  };
  write_back(core& c, dma_engine& dma, descriptor_ring& ring, neighbours around)
      : core_(c), dma_(dma), ring_(ring), around_(std::move(around)) {}

  /// Writes all that is finished now; `cause` is set when it is in memory, at once when nothing is pending.
  void flush(std::uint32_t cause);
  /// Something may have become due.
  void wake();
  /// R-16, the ring was rewritten, by RDH too when `head_written`: what is not on the bus is forgotten.  Nothing that
  /// was asked for is: its cause waits for the bus no longer than it must.
  void rewrite(bool head_written);
  /// P-3: what was on the bus came back and is forgotten; its causes follow.
  void forget_burst();
  /// CTRL.RST: no cause of what is on the bus counts any more.
  void reset();
  /// Where RDH will stand when the bus has ended.
  std::uint32_t index_behind() const { return on_bus_ != 0 && head_moves_ ? next_head_ : ring_.index_of_first(); }
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
  std::uint32_t next_head_ = 0;  // RDH behind the burst on the bus,
  bool head_moves_ = false;      // unless software has written it since
  std::uint64_t life_ = 0;       // counts resets: the end of an older burst is void
  bool busy_ = false;            // also with a burst of an older life on the bus
  bool waking_ = false;
};

}  // namespace ringside::tlm::model

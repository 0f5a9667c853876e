// SPDX-License-Identifier: Apache-2.0
// Reports complete transmit descriptors with RS: DD in memory, TDH, TXDW, in this order (T-44, T-45, T-60, T-61).
//
// Owned by the card; told by the packet reader and the transmit timers.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>

#include "hw/tlm/model/core.h"
#include "hw/tlm/model/dma_engine.h"
#include "hw/tlm/model/transmit_ring.h"

namespace ringside::tlm::model {

class transmit_write_back {
 public:
  struct neighbours {
    std::function<void(std::uint32_t)> set_cause;
    std::function<void()> start_timers;  // RS and IDE (T-61)
    std::function<void()> stop_timers;   // RS without IDE (T-60)
    std::function<void()> withdrawn;     // what was on the bus comes back unwritten
  };
  transmit_write_back(core& c, dma_engine& dma, transmit_ring& ring, neighbours around)
      : core_(c), dma_(dma), ring_(ring), around_(std::move(around)) {}

  /// A descriptor was completed.
  void completed(transmit_ring::serial number);
  /// A timer expired: writes back all that waits, TXDW behind it (T-45 b, T-61).
  void flush();
  /// Something may have become due.
  void wake();
  /// T-47: what is not on the bus is forgotten; `head_written`: by TDH.
  void rewrite(bool head_written);
  /// T-81: what was on the bus came back and is forgotten.
  void forget();
  /// CTRL.RST: the end of what is on the bus moves nothing.
  void reset();
  bool on_bus() const { return on_bus_; }
  /// Where TDH will stand when the bus has ended.
  std::uint32_t index_behind() const { return on_bus_ && head_moves_ ? next_head_ : core_.regs.get(reg::TDH); }

 private:
  bool due() const;
  void start();
  void finish();
  void report(bool stop_timers);

  core& core_;
  dma_engine& dma_;
  transmit_ring& ring_;
  const neighbours around_;
  std::deque<transmit_ring::serial> waiting_;  // complete, RS, DD not in memory
  transmit_ring::serial flush_until_ = 0;
  std::deque<transmit_ring::serial> expiries_;  // TXDW when all before are in memory
  std::uint32_t next_head_ = 0;
  bool on_bus_ = false;      // the first of waiting_ is
  bool head_moves_ = false;  // unless software writes TDH meanwhile
  std::uint64_t life_ = 0;   // counts resets
  bool busy_ = false;        // also with a write of an older life
  bool waking_ = false;
};

}  // namespace ringside::tlm::model

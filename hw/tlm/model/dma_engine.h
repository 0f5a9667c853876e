// SPDX-License-Identifier: Apache-2.0
// The card's bursts on the bus: a pool of transfers, lent to the bus and taken back.
//
// Owned by the card; the ring, the receiver and the write-back ask for bursts.  Answers reach their callers when the
// card's side of the clock crossing sees them.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "hw/tlm/model/core.h"

namespace ringside::tlm::model {

inline constexpr std::uint32_t page_bytes = 4096;  // no transfer crosses it

struct burst : dma_transfer {
  /// Bytes [from, to) of a read are there.
  std::function<void(std::uint32_t from, std::uint32_t to)> arrived;
  /// The transfer is over; `status` says how.
  std::function<void()> over;
};

class dma_engine {
 public:
  /// `request` hands a transfer to the bus.
  dma_engine(core& c, std::function<void(dma_transfer&)> request) : core_(c), request_(std::move(request)) {}

  /// An empty burst of the pool.
  burst& make(dma_kind kind, std::uint64_t address, std::uint32_t length);
  void start(burst& b);
  void on_data(dma_transfer& transfer, std::uint32_t from, std::uint32_t to, bool last, sim_time t);
  void on_done(dma_transfer& transfer, sim_time t);
  /// No transfer is lent to the bus.
  bool quiet() const { return lent_ == 0; }
  /// Called whenever the last lent transfer has come back.
  void on_quiet(std::function<void()> call) { when_quiet_ = std::move(call); }
  /// P-3, X-7: DMA is allowed; false after an aborted transfer as well, until reset().
  bool allowed() const { return core_.config.bus_master() && !failed_ && !held_ && !stopped_; }
  /// Nothing new starts until what is on the bus has ended or come back (P-3).
  void stop() { stopped_ = lent_ != 0; }
  /// CTRL.RST: what is on the bus ends, nothing new starts until then.
  void reset();

 private:
  void finish(burst& b);

  core& core_;
  std::function<void(dma_transfer&)> request_;
  std::function<void()> when_quiet_;
  std::vector<std::unique_ptr<burst>> pool_;
  std::vector<burst*> idle_;
  std::size_t lent_ = 0;
  std::uint8_t next_tag_ = 0;
  bool failed_ = false;
  bool held_ = false;     // by CTRL.RST
  bool stopped_ = false;  // by stop()
};

}  // namespace ringside::tlm::model

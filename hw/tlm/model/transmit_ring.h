// SPDX-License-Identifier: Apache-2.0
// The transmit descriptor ring and its 64 descriptors on chip: who owns which, when to fetch, how TDH follows (FS 9.3,
// T-40 to T-43, T-47).
//
// Owned by the card.  Descriptors on chip stand in ring order and carry a serial number; the packet reader takes and
// completes them, the write-back reports those with RS.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>

#include "hw/tlm/model/core.h"
#include "hw/tlm/model/dma_engine.h"
#include "hw/tlm/model/transmit_descriptor.h"

namespace ringside::tlm::model {

class transmit_ring {
 public:
  using serial = std::uint64_t;
  struct neighbours {
    std::function<void()> loaded;                        // descriptors came on chip, or none will for now
    std::function<void(std::uint32_t cause)> set_cause;  // TXQE, TXD_LOW
  };
  transmit_ring(core& c, dma_engine& dma, neighbours around) : core_(c), dma_(dma), around_(std::move(around)) {}

  /// Unused descriptors on chip.
  std::size_t unused() const { return chip_.size() - static_cast<std::size_t>(next_unused_ - first_); }
  /// No unused descriptor is on chip and none can be fetched now (T-45 c).
  bool exhausted() const { return unused() == 0 && !fetching_ && (available() == 0 || chip_.size() == cache_size); }
  /// The next unused descriptor is taken up.
  serial take();
  transmit_descriptor& at(serial number) { return chip_[static_cast<std::size_t>(number - first_)]; }
  const transmit_descriptor& at(serial number) const { return chip_[static_cast<std::size_t>(number - first_)]; }
  /// All bytes of the oldest incomplete descriptor are on chip (T-42).
  void complete(serial number);
  /// DD of the oldest one is in memory; TDH moves on, or stays where software has put it since (T-47).
  void written(bool head_moves);

  serial first() const { return first_; }
  /// Behind the last complete descriptor.
  serial complete_end() const { return complete_end_; }
  /// Ring index of the oldest descriptor on chip.
  std::uint32_t index_of_first() const { return first_index_; }
  std::uint64_t address_of(std::uint32_t index) const;
  std::uint32_t count() const { return core_.regs.get(reg::TDLEN) / transmit_descriptor::size; }

  /// Software gave descriptors, the chip used some, or sending was enabled.
  void wake();
  /// T-47, the ring was rewritten: drops all but the first one if `kept`, whose write-back is on the bus; the next one
  /// comes from `index`.
  void rewrite(bool kept, std::uint32_t index);
  /// T-47, TDT with EN = 0: what is unused is fetched again.
  void refetch();

 private:
  static constexpr std::size_t cache_size = 64;

  std::uint32_t head() const { return core_.regs.get(reg::TDH); }
  std::uint32_t tail() const { return core_.regs.get(reg::TDT); }
  bool usable() const { return count() != 0 && head() < count() && tail() < count(); }
  std::uint32_t between(std::uint32_t from) const;
  std::uint32_t available() const { return between(fetch_index_); }
  std::uint32_t next_index(std::uint32_t index) const { return count() == 0 ? 0 : (index + 1) % count(); }
  bool wants_fetch() const;
  void fetch();
  void load(const burst& b, std::uint32_t from, std::uint32_t to);
  void leave();
  void retire();

  core& core_;
  dma_engine& dma_;
  const neighbours around_;
  std::deque<transmit_descriptor> chip_;
  serial first_ = 0;
  serial complete_end_ = 0;
  serial next_unused_ = 0;
  std::uint32_t first_index_ = 0;     // of the oldest on chip
  std::uint32_t complete_index_ = 0;  // of the oldest incomplete one
  std::uint32_t use_index_ = 0;       // of the next unused one
  std::uint32_t fetch_index_ = 0;
  std::optional<std::uint32_t> behind_kept_;  // ring rewritten under the oldest one's write-back: the index behind it
  std::uint64_t fetch_epoch_ = 0;             // the answer to a fetch of an older one is void
  bool fetching_ = false;
  bool waking_ = false;
};

}  // namespace ringside::tlm::model

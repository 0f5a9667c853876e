// SPDX-License-Identifier: Apache-2.0
// The receive descriptor ring and its 64 descriptors on chip: who owns which, and when to fetch (FS 6.2 to FS 6.4).
//
// Owned by the card.  Descriptors on chip stand in ring order and carry a serial number; the receiver takes and fills
// them, the write-back takes the finished ones off.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "hw/tlm/model/core.h"
#include "hw/tlm/model/dma_engine.h"

namespace ringside::tlm::model {

struct descriptor {
  enum class state : std::uint8_t { unused, taken, filled, done };
  state now = state::unused;
  bool last = false;  // EOP of its frame
  frame_id frame = 0;
  std::array<std::uint8_t, rxd::SIZE> raw{};  // as fetched, then as written back

  std::uint64_t address() const;
  bool is_null() const { return address() == 0; }
};

class descriptor_ring {
 public:
  using serial = std::uint64_t;
  struct neighbours {
    std::function<void()> loaded;     // descriptors came on chip
    std::function<void()> threshold;  // RXDMT0, I-40
  };
  descriptor_ring(core& c, dma_engine& dma, neighbours around) : core_(c), dma_(dma), around_(std::move(around)) {}

  /// R-12b: descriptors software gave and no frame has used.
  std::uint32_t free() const;
  /// Unused descriptors on chip.
  std::size_t unused() const { return chip_.size() - static_cast<std::size_t>(next_unused_ - first_); }
  /// No unused descriptor can come on chip before others leave it or software gives more.
  bool starved() const {
    return unused() == 0 && !fetching_ &&
           (available() == 0 || chip_.size() == cache_size || !core_.regs.has(reg::RCTL, rctl::EN));
  }
  /// No unused descriptor is left on chip or in the ring (R-20 d).
  bool exhausted() const { return unused() == 0 && !fetching_ && available() == 0; }

  /// The next unused descriptor goes to a frame.
  serial take();
  descriptor& at(serial number) { return chip_[static_cast<std::size_t>(number - first_)]; }
  /// A buffer is filled or a null descriptor used: it counts as consumed.
  void consume();
  /// Every filled descriptor counts as done although its frame is not.
  void finish_filled();

  /// Serial of the oldest descriptor on chip; its place in the ring and in memory.
  serial first() const { return first_; }
  /// Finished descriptors in front, in ring order.
  std::uint32_t done_in_front() const;
  std::uint32_t index_of_first() const { return head(); }
  /// Ring index of the descriptor behind the `n` first, which no end of the ring parts.
  std::uint32_t index_after(std::uint32_t n) const { return (head() + n) % count(); }
  std::uint64_t address_of(std::uint32_t index) const;
  std::uint32_t count() const { return core_.regs.get(reg::RDLEN) / rxd::SIZE; }
  /// The first `n` are in memory: RDH goes on to `head`, or stays where software has put it since.
  void written(std::uint32_t n, std::optional<std::uint32_t> head);

  /// Software gave descriptors, the chip used some, or receiving was enabled.
  void wake();
  /// R-16, the ring was rewritten: drops all but the first `kept`, which are on the bus; the next one comes from
  /// `index`. The frames whose descriptors are lost are the caller's.
  void rewrite(std::uint32_t kept, std::uint32_t index);
  /// R-16, RDT with EN = 0: what no frame has taken is fetched again.
  void refetch();
  const std::deque<descriptor>& on_chip() const { return chip_; }

 private:
  static constexpr std::size_t cache_size = 64;

  std::uint32_t head() const { return core_.regs.get(reg::RDH); }
  std::uint32_t tail() const { return core_.regs.get(reg::RDT); }
  bool usable() const;
  std::uint32_t available() const;
  bool wants_fetch() const;
  void fetch();
  void load(const burst& b, std::uint32_t from, std::uint32_t to);

  core& core_;
  dma_engine& dma_;
  const neighbours around_;
  std::deque<descriptor> chip_;
  serial first_ = 0;
  serial next_unused_ = 0;
  std::uint32_t fetch_index_ = 0;
  std::uint32_t consumed_index_ = 0;
  std::uint32_t use_index_ = 0;    // of the next unused one
  std::uint64_t fetch_epoch_ = 0;  // the answer to a fetch of an older one is void (N-8)
  bool fetching_ = false;
  bool waking_ = false;
};

/// A threshold of RXDCTL in descriptors: GRAN = 0 counts cache lines, 31 descriptors at most (FS 6.4).
std::uint32_t threshold_of(std::uint32_t rxdctl_value, std::uint32_t field, std::uint8_t cache_line_dwords);

}  // namespace ringside::tlm::model

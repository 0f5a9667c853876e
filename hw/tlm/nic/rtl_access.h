// SPDX-License-Identifier: Apache-2.0
// What rtl_nic.cpp remembers of register accesses on their way through the card's target side.
#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <stdexcept>

#include "common/event.h"
#include "hw/tlm/nic/nic.h"

namespace ringside::tlm {

/// Not on the pins yet.
struct queued_access {
  std::int64_t cycle;  // edge from which on the card may take it
  target_access access;
};

/// Taken by the card and not answered yet.
struct answer_due {
  bool awaited;              // the bus waits for it
  std::int64_t read_offset;  // register read, or -1
};

/// Which register an access means: BAR0 directly, the I/O window through IOADDR (P-2).
class io_window_address {
 public:
  /// Offset of the register, configuration space at its own base; -1 for none.
  std::int64_t register_of(const target_access& access) const {
    if (access.space == pci_space::memory) return access.offset;
    if (access.space == pci_space::config) return config_event_base + access.offset;
    if (access.space != pci_space::io || access.offset != 4) return -1;
    return address_;
  }
  /// A write the card took.
  void note_write(const target_access& access) {
    if (access.space == pci_space::io && access.offset == 0) address_ = access.data;
  }

 private:
  std::int64_t address_ = 0;
};

/// The accesses that wait, and those the card owes an answer.
class target_side {
 public:
  void queue(std::int64_t cycle, const target_access& access) { waiting_.push_back({cycle, access}); }

  /// The pins of the edge `cycle`; emit(stage, frame, a, b) hears of a register written.  `Pins` has the top's.
  template <class Pins, class Emit>
  void drive(std::int64_t cycle, Pins& pins, const Emit& emit) {
    driven_ = !waiting_.empty() && waiting_.front().cycle <= cycle;
    pins.tgt_req_valid_i = driven_;
    if (!driven_) return;
    const target_access access = waiting_.front().access;
    pins.tgt_space_i = static_cast<std::uint8_t>(access.space);
    pins.tgt_write_i = access.write;
    pins.tgt_addr_i = access.offset;
    pins.tgt_be_i = access.byte_enables;
    pins.tgt_wdata_i = access.data;
    if (!pins.tgt_req_ready_o) return;
    waiting_.pop_front();  // taken at this edge
    due_.push_back({is_answered(access.space, access.write), access.write ? -1 : io_window_.register_of(access)});
    if (!access.write) return;
    const std::int64_t written = io_window_.register_of(access);
    if (written >= 0) emit(stage::reg_write, 0, static_cast<std::uint64_t>(written), access.data);
    io_window_.note_write(access);
  }
  /// The card has answered.
  answer_due answered() {
    if (due_.empty()) throw std::runtime_error("the RTL answered an access nobody made");
    const answer_due due = due_.front();
    due_.pop_front();
    return due;
  }

  /// An access is on the pins, or waits.
  bool busy() const { return driven_ || !waiting_.empty(); }
  /// First edge from `cycle` on at which its pins change; the maximum when there is none.
  std::int64_t next_cycle(std::int64_t cycle) const {
    if (driven_) return cycle + 1;
    return waiting_.empty() ? std::numeric_limits<std::int64_t>::max() : waiting_.front().cycle;
  }

 private:
  std::deque<queued_access> waiting_;
  std::deque<answer_due> due_;  // per accepted access
  bool driven_ = false;
  io_window_address io_window_;
};

}  // namespace ringside::tlm

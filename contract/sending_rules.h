// SPDX-License-Identifier: Apache-2.0
// Judges what leaves the transmit FIFO: its room and order, T-70 and T-71, the gap between frames, T-75, and the
// transmit counters when software reads them, T-76, T-90 and T-91.
//
// Part of the checker.  A counter is kept as what it must show; a frame that ended just before a read may be in it or
// in the next.  What segmentation did (TSCTC, TSCTFC) is no event.
#pragma once

#include <array>
#include <deque>
#include <optional>

#include "contract/checker_state.h"

namespace ringside::contract {

class sending_rules {
 public:
  explicit sending_rules(checker_state& w) : state_(w) {}
  void on_commit(const event& e);
  void on_frame_begins(const event& e);
  void on_frame_ends(const event& e);
  /// A PAUSE frame of the card's own.
  void on_pause(std::uint16_t timer, sim_time t);
  void on_tipg_write(std::uint32_t value);
  void on_read(std::uint64_t offset, std::uint32_t value, sim_time t);
  void on_reset();

 private:
  enum counter : std::uint8_t {
    tpt,
    gptc,
    ptc64,
    ptc127,
    ptc255,
    ptc511,
    ptc1023,
    ptc1522,
    mptc,
    bptc,
    xofftxc,
    xontxc,
    tot,
    got,
    counters
  };
  struct range {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
  };
  struct recent_count {
    sim_time time = -time_never / 2;
    std::uint32_t which = 0;  // bits of counter
    std::uint32_t bytes = 0;
  };
  struct stored_frame {
    frame_id id = 0;
    std::uint32_t bytes = 0;                                         // with tag, without padding and FCS
    std::uint32_t room() const { return (bytes + 7) / 8 * 8 + 16; }  // T-70
  };
  static constexpr std::uint32_t gap_overhead = 4;              // T-75
  static constexpr std::uint32_t reset_gap = 8 + gap_overhead;  // TIPG = 0x00602008

  static constexpr std::uint32_t bit(counter c) { return 1U << c; }
  static constexpr bool is_octets(counter c) { return c == tot || c == got; }
  static counter size_bin(std::uint32_t bytes);
  static int find(std::uint64_t offset);
  void add(std::uint32_t which, std::uint32_t bytes, bool certain, sim_time t);
  std::uint64_t recently(counter c, sim_time t) const;
  void leave_fifo(const event& e, bool like_pause);
  void count_pause(std::uint16_t timer, sim_time t);
  void blame(rule which, std::uint64_t offset, std::uint64_t value, std::uint64_t low, std::uint64_t high,
             sim_time t) const;
  void on_read_counter(std::uint64_t offset, counter c, std::uint32_t value, sim_time t);
  void on_read_low(counter pair, std::uint32_t value, sim_time t);
  void on_read_high(counter pair, std::uint32_t value, sim_time t);

  checker_state& state_;
  std::deque<stored_frame> fifo_;
  std::uint64_t fill_ = 0;  // of the FIFO, by what it holds
  std::array<range, counters> ranges_{};
  std::array<recent_count, 8> recent_{};
  std::size_t next_recent_ = 0;
  bool watching_ = false;               // the card tells what its transmitter does
  bool on_wire_ = false;                // a frame is
  bool cut_ = false;                    // ... was, and CTRL.RST has cut it (T-82)
  std::optional<std::uint16_t> pause_;  // it is a PAUSE with this timer
  sim_time ended_at_ = -time_never / 2;
  std::uint32_t gap_ = reset_gap;  // IPGT + 4, in byte times
  std::uint32_t gap_due_ = 0;      // ... when the last frame ended; 0: none did
};

}  // namespace ringside::contract

// SPDX-License-Identifier: Apache-2.0
// Judges the receive statistics when software reads them: ...R-57, F-2, S-16.
//
// Part of the checker.  Each counter is kept as a range: what it must show at least and what it may show at most.  The
// range is a point but for frames that end beside a read, and for frames whose settings changed while they arrived.
#pragma once

#include <array>

#include "contract/checker_state.h"

namespace ringside::contract {

class statistics_rules {
 public:
  explicit statistics_rules(checker_state& w) : state_(w) {}
  /// The frame's last byte is on the wire.
  void on_end(frame_record& row, sim_time t);
  /// The filter has looked at it.
  void on_filter(const frame_record& row, sim_time t);
  void on_commit(const frame_record& row, sim_time t);
  /// Passed the address filter and was not stored; drop_reason.
  void on_drop(const frame_record& row, std::uint64_t reason, sim_time t);
  void on_rnbc(sim_time t);
  void on_read(std::uint64_t offset, std::uint32_t value, sim_time t);
  void on_reset();

 private:
  enum counter : std::uint8_t {
    crcerrs,
    rxerrc,
    mpc,
    rlec,
    prc64,
    prc127,
    prc255,
    prc511,
    prc1023,
    prc1522,
    gprc,
    rnbc,
    ruc,
    rfc,
    roc,
    rjc,
    bprc,
    mprc,
    xonrxc,
    xoffrxc,
    fcruc,
    tpr,
    counters
  };
  enum pair : std::uint8_t { gor, tor, pairs };
  struct range {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    std::uint64_t last = 0;                  // what the last read showed
    bool read = false;                       // since reset
    bool contested = false;                  // a frame ended beside the last clearing read
    sim_time low_read_at = -time_never / 2;  // of a pair
  };
  /// What happened to counters lately, so that a read beside it may show it or not.
  struct recent_count {
    sim_time time = -time_never / 2;
    std::uint32_t which = 0;  // bits of counter; pairs above them
    std::uint32_t bytes = 0;
  };

  static constexpr std::uint32_t bit(counter c) { return 1U << static_cast<unsigned>(c); }
  static constexpr std::uint32_t bit(pair p) {
    return 1U << (static_cast<unsigned>(counters) + static_cast<unsigned>(p));
  }
  void seen(const frame_record& row, sim_time t);
  void add(counter c, bool certain = true);
  void add(pair p, std::uint32_t bytes, bool certain = true);
  void note(sim_time t, std::uint32_t which, std::uint32_t bytes);
  std::uint64_t recently(std::uint32_t bit, bool bytes, sim_time t) const;
  void on_read_counter(std::uint64_t offset, counter c, std::uint32_t value, sim_time t);
  void on_read_low(pair p, std::uint32_t value, sim_time t);
  void on_read_high(pair p, std::uint32_t value, sim_time t);
  rule blame(counter c, const range& r, std::uint64_t value) const;
  static int find(std::uint64_t offset);

  checker_state& state_;
  std::array<range, counters> ranges_{};
  std::array<range, pairs> octets_{};
  std::array<recent_count, 8> recent_{};
  std::size_t next_recent_ = 0;
  std::uint64_t missed_ = 0;  // frames since TPR was read
  bool was_reset_ = false;
  bool watching_ = false;  // the card tells what its front does
};

}  // namespace ringside::contract

// SPDX-License-Identifier: Apache-2.0
// Judges transmit: T-10, T-40 to T-44, T-60 to T-62, T-72, T-80 of the card, S-17 to S-21 of the driver.
//
// Part of the checker.  What a rewritten ring, CTRL.RST or TCTL.EN = 0 finds on its way ends as the sheet allows (T-47,
// T-80, T-82) within the bus' tolerance, in which descriptors and payload that do not fit the new ring are not judged.
#pragma once

#include "contract/checker_state.h"
#include "contract/dma_map_table.h"
#include "contract/transmit_ring.h"

namespace ringside::contract {

class transmit_rules {
 public:
  transmit_rules(checker_state& w, dma_map_table& maps) : state_(w), maps_(maps) {}

  // The bus.
  void on_load(const event& e);
  void on_payload(const event& e);
  void on_writeback(const event& e);
  void on_visible(const event& e);
  bool contains(std::uint64_t descriptor) const { return ring_.contains(descriptor); }
  // The card.
  void on_cause(std::uint32_t bits, std::uint32_t software, sim_time t);
  void on_frame_begins(const event& e);
  /// A register the transmitter has.
  void on_write(std::uint64_t offset, std::uint32_t value, sim_time t);
  void on_head_read(std::uint32_t value, sim_time t);
  void on_reset(sim_time t);
  // The driver.
  void on_post(const event& e);
  void on_command(const event& e);
  void on_unmap(const event& e) {
    if (in_use_) unmapped(e);
  }
  void check(sim_time now) {
    if (cause_due_ != time_never) judge_cause(now);
    if (delayed_due_ != time_never) judge_delayed(now);
    if (empty_due_ != time_never) judge_empty(now);
  }

 private:
  void restart(sim_time t);
  void delays_written(sim_time t);
  void ring_written(std::uint64_t offset, std::uint32_t value, sim_time t);
  void doorbell(std::uint32_t value, sim_time t);
  bool draining(sim_time t) const { return t - restarted_at_ <= state_.limits.bus_drain; }
  void join_packet(std::uint32_t index);
  void judge_context(std::uint32_t index, const event& e);
  bool find_reading(const event& e);
  void unmapped(const event& e);
  void written_back(const transmit_command& command, sim_time t);
  void judge_cause(sim_time now);
  void judge_delayed(sim_time now);
  void judge_empty(sim_time now);
  breach_log::subject about(std::uint32_t index, frame_id frame = 0) const {
    return {frame, index, ring_.address_of(index)};
  }

  checker_state& state_;
  dma_map_table& maps_;
  transmit_ring ring_;
  bool in_use_ = false;  // the driver has written a descriptor
  // Registers.
  bool enabled_ = false;
  std::uint64_t base_ = 0;
  std::uint32_t bytes_ = 0;  // TDLEN
  std::uint32_t head_ = 0;
  std::uint32_t tail_ = 0;
  sim_time enable_fell_ = -time_never / 2;
  sim_time restarted_at_ = -time_never / 2;
  sim_time moved_at_ = -time_never / 2;  // something was finished
  sim_time rung_at_ = -time_never / 2;   // TDT was accepted
  bool adopt_head_ = false;  // where TDH stands is seen at the next fetch: the ring was rewritten, TDH was not (T-47)
  bool may_reload_ = false;  // TDT was written with EN = 0: unused descriptors come again (T-47)
  // The packet whose descriptors are being fetched.
  bool in_packet_ = false;
  bool packet_loose_ = false;
  std::uint32_t packet_first_ = 0;
  std::uint64_t packet_bytes_ = 0;
  bool context_seen_[2] = {false, false};  // without and with TSE (T-15)
  // T-60.
  std::uint64_t unannounced_ = 0;    // written back since the last TXDW
  sim_time cause_due_ = time_never;  // TXDW of one without IDE
  // T-61.
  std::uint32_t delay_ = 0;           // TIDV
  std::uint32_t absolute_delay_ = 0;  // TADV
  sim_time delays_written_ = -time_never / 2;
  sim_time first_delayed_ = time_never;  // the write-back that has waited longest for a timer
  sim_time delayed_due_ = time_never;
  sim_time delayed_written_ = -time_never / 2;  // the last write-back that a timer tells of
  sim_time timer_left_until_ = -time_never;     // one may expire until then whose write-back has been told of
  // T-62.
  sim_time empty_due_ = time_never;
};

}  // namespace ringside::contract

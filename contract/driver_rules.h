// SPDX-License-Identifier: Apache-2.0
// Judges the driver, S-1, S-2, S-3, S-5...S-8, S-10...S-15, D-4.
//
// Part of the checker.  A descriptor passes posted -> handed (RDT accepted) -> taken -> posted.  A CPU runs ahead of
// its own posted MMIO writes, so posts may stand in the stream before the ring registers they are meant for.
#pragma once

#include <array>
#include <deque>
#include <vector>

#include "contract/checker_state.h"
#include "contract/dma_map_table.h"

namespace ringside::contract {

class driver_rules {
 public:
  explicit driver_rules(checker_state& w) : state_(w) {}
  /// What is mapped now.
  dma_map_table& maps() { return maps_; }
  // CPU side.
  void on_post(const event& e);
  void on_rdt_write(const event& e);
  void on_take(const ring_slot& slot, const event& e);
  void on_sync(const event& e);
  void on_skb_build(const event& e);
  void on_map(const event& e);
  void on_unmap(const event& e);
  void on_dma_misuse(const event& e);
  void on_close(const event& e);
  void on_hardirq_enter(const event& e) { at(e).irq_open = at(e).in_irq = true; }
  void on_hardirq_exit(const event& e) { at(e).irq_open = at(e).in_irq = false; }
  void on_icr_read(const event& e) { at(e).irq_open = false; }
  void on_napi_schedule(const event& e);
  void on_napi_poll(const event& e) { at(e).polling = true; }
  void on_napi_complete(const event& e);
  /// A poll that is not complete waits for ksoftirqd; a task that masks and unmasks meanwhile (FS 10.8) breaks nothing.
  void on_softirq_exit(const event& e) { at(e).polling = false; }
  void on_ims_write(const event& e);
  // Card side.
  /// A receive register is about to take `value`.
  void before_write(std::uint64_t offset, std::uint32_t value, sim_time t);
  /// RDT accepted with EN = 1.
  void on_doorbell(std::uint32_t value, sim_time t);
  /// RDT accepted with EN = 0: hands over, judges nothing.
  void on_tail_while_off();
  /// ICS written while the card's interrupt state is as given.
  void on_ics_write(std::uint32_t bits, sim_time t, bool quiet);
  void restart();
  void reset();

 private:
  struct cpu_state {
    bool irq_open = false;  // in a hard interrupt, ICR not read yet
    bool in_irq = false;
    bool polling = false;  // between napi_poll and napi_complete or the end of the softirq
  };
  struct early_post {
    std::uint64_t address = 0;
    std::uint64_t buffer = 0;
    sim_time time = 0;
  };
  struct doorbell {
    std::uint32_t value = 0;
    sim_time time = 0;
  };

  // A descriptor of the frame in hand: what the card wrote and how much of it, from its start, the CPU may read.
  struct taken_part {
    std::uint64_t buffer = 0;
    std::uint64_t written = 0;
    std::uint64_t synced = 0;
  };

  void judge_parts(const event& e);
  cpu_state& at(const event& e) { return cpus_[e.unit % cpus_.size()]; }
  void post(const early_post& p);

  checker_state& state_;
  std::array<cpu_state, 64> cpus_{};
  dma_map_table maps_;
  bool maps_seen_ = false;
  std::vector<early_post> early_;    // posts since the ring was last empty of doorbells
  std::deque<doorbell> doorbells_;   // RDT writes on their way to the card
  ring_cursor handed_;               // next descriptor RDT will cover
  std::uint32_t waiting_posts_ = 0;  // posted, not covered by RDT yet
  std::uint64_t taken_buffer_ = 0;   // buffer of the last descriptor taken
  bool taken_synced_ = true;
  std::vector<taken_part> parts_;  // of the frame in hand
  bool parts_complete_ = true;     // its EOP was taken
  bool napi_active_ = false;
  bool register_test_ = false;  // from FS 11.2 step 18 on, which breaks as Linux does, until CTRL.RST
};

}  // namespace ringside::contract

// SPDX-License-Identifier: Apache-2.0
// A conventional PCI bus, 32 bits wide, as an agenda of dates: plain C++, no SystemC process.
//
// Masters are the host bridge and the cards.  Every party asks at its own time; nothing is decided before all parties
// have reached the date of the decision (nic_scheduler keeps that promise by calling decide() in date order, late where
// next_effect() allows it), and the end of a burst stays revisable until then, since another master's request may cut
// it short (latency timer).  Reads see the drains of their own bus: two buses do not share memory here.
//
// A transaction: REQ# -> GNT# (arbitration_clocks) -> address phase when the bus is idle -> DEVSEL# -> data phases ->
// one idle clock.  Sources of the figures: pci_params.h.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "common/event_stream.h"
#include "common/ring_queue.h"
#include "common/rng.h"
#include "hw/tlm/pci/cpu_access.h"
#include "hw/tlm/pci/host_bridge_port.h"
#include "hw/tlm/pci/pci_params.h"

namespace ringside::tlm {

/// A data phase of the 32 bit bus.
inline constexpr std::uint32_t pci_dword = 4;

/// event::b of stage::pci_transaction.
namespace pci_word {
enum class kind : std::uint8_t { payload, fetch, writeback, config, memory, io, tx_payload, tx_fetch, tx_writeback };
inline constexpr std::uint64_t write = 1ULL << 24;
inline constexpr std::uint64_t retry = 1ULL << 25;
inline constexpr std::uint64_t disconnect = 1ULL << 26;  // burst ended before its last byte
inline constexpr std::uint64_t abort = 1ULL << 27;
constexpr std::uint64_t pack(kind k, unsigned master, std::uint32_t bytes, std::uint64_t clocks, std::uint64_t flags) {
  return bytes | static_cast<std::uint64_t>(k) << 16 | static_cast<std::uint64_t>(master & 0xF) << 20 | flags |
         clocks << 32;
}
}  // namespace pci_word

/// Of the transactions of one kind.
struct pci_kind_counters {
  std::uint64_t transactions = 0;
  std::uint64_t clocks = 0;  // address phase to last data phase
  std::uint64_t bytes = 0;
};

struct pci_counters {
  std::uint64_t transactions = 0;
  std::uint64_t retries = 0;
  std::uint64_t disconnects = 0;
  std::uint64_t aborts = 0;
  std::uint64_t bytes = 0;
  std::uint64_t busy_clocks = 0;  // address phase to last data phase
  // Between transactions while somebody asked: idle clock, arbitration, a target's time between Retry and answer.
  std::uint64_t waiting_clocks = 0;
  std::array<pci_kind_counters, 9> kinds{};  // by pci_word::kind
};

class pci_bus {
 public:
  pci_bus(std::uint8_t unit, const pci_params& params, host_bridge_port& bridge, event_stream& events);

  /// Puts a card on the bus; returns its device number (0, 1, ...).
  unsigned attach(nic& card);

  /// A card asks at its local time `t`.
  void request_dma(unsigned device, dma_transfer& transfer, sim_time t);
  /// The bridge asks at `t`, which may lie in the future; `access` stays valid until bridge.cpu_access_done().
  void request_cpu(cpu_access& access, sim_time t);
  /// A card answered the pending read at its local time `t`.
  void access_done(unsigned device, std::uint32_t data, sim_time t);
  /// A card calls its transfers back, at its local time `t`: CTRL.RST, or its DMA has been stopped (P-3).  Gives
  /// back what no transaction has begun for.
  void withdraw(unsigned device, sim_time t);

  /// Date of the next thing the bus does by itself; time_never when it waits for others.
  sim_time next_date() const { return std::min(next_decision_, bridge_.next_drain()); }
  /// The same without drains into memory, which only software sees: no card has to stop for them.
  sim_time next_decision() const { return next_decision_; }
  /// First date at which what the bus does may reach a card.  A card that is alone with the bus, while no CPU asks, may
  /// run up to there: what the bus has to decide before follows from what has been asked and can be decided later.
  sim_time next_effect() const { return next_effect_; }
  /// Decides everything dated at or before `limit`.  Drains into memory wait until something looks, so that they come
  /// several at a time.
  void decide(sim_time limit);
  /// Does everything dated at or before `limit`: software may look at memory then.
  void advance(sim_time limit);
  /// No event of the bus will be older than `t`: every party has reached it, software too.
  void set_horizon(sim_time t);

  const pci_counters& counters() const { return counters_; }
  const pci_params& params() const { return params_; }
  std::uint8_t unit() const { return unit_; }

 private:
  static constexpr std::int64_t no_edge = std::numeric_limits<std::int64_t>::max();

  struct pending {
    dma_transfer* dma = nullptr;
    cpu_access* cpu = nullptr;
    std::int64_t request_edge = 0;  // clock at which REQ# is asserted
    std::uint32_t done = 0;         // bytes of a DMA transfer finished
    bool delayed = false;           // met a Retry after its target had taken it: the answer comes to answer_edge
    bool answered = false;          // its answer has come since
    bool claimed = false;           // a DMA transfer the bridge takes as a whole
    std::int64_t answer_edge = 0;
  };
  struct master {
    nic* card = nullptr;  // null: the bridge
    ring_queue<pending> queue;
    frame_id last_payload_frame = 0;
    frame_id last_sent_frame = 0;
    bool held = false;  // Command.BusMaster is 0 or the card sleeps: no transaction of it begins (P-3, N-9)
  };
  enum class phase : std::uint8_t {
    idle,
    write_data,   // ends with the burst
    read_setup,   // until the first data phase
    read_data,    // piece by piece
    target_wait,  // a card has a read and has not answered
    retrying,     // the target ends it with Retry
    aborting,     // nobody claims it
    cpu_end,      // until the last clock of a CPU access
  };
  struct owner {
    unsigned index = 0;  // of masters_
    phase now = phase::idle;
    std::int64_t start = 0;      // address phase
    std::int64_t first = 0;      // first data phase
    std::int64_t end = 0;        // last data phase, revisable
    std::uint32_t words = 0;     // dwords until `end`
    std::uint32_t returned = 0;  // bytes of a read handed to the card in this burst
    std::uint64_t flags = 0;     // pci_word flags
    pci_word::kind what = pci_word::kind::payload;
    std::int64_t step = no_edge;  // clock of the next step of this transaction
  };

  // Not inlined: a dozen places use them between two cycles of a card, whose code has evicted them by then.
  sim_time at(std::int64_t edge) const;
  std::int64_t edge_at_or_after(sim_time t) const;
  void enqueued(unsigned index);
  bool asking(unsigned index) const { return !masters_[index].queue.empty() && !masters_[index].held; }
  void look_at_command(unsigned index, sim_time t);
  void make_way_for(unsigned index);
  std::int64_t ready_edge(unsigned index) const;
  std::int64_t grant_edge() const;
  void find_next_decision();
  sim_time find_next_effect() const;
  std::int64_t first_write_edge(std::int64_t start, std::uint64_t address) const;
  std::uint32_t words_before_boundary(std::uint64_t address, std::uint32_t bytes) const;
  void grant();
  void start_dma();
  void start_cpu();
  void lose_grant(std::int64_t edge);
  void step();
  void finish_write();
  void report_write(const dma_transfer& transfer, std::uint32_t from, std::uint32_t to);
  void report_read(const dma_transfer& transfer, std::uint32_t from, std::uint32_t to);
  void begin_payload(frame_id frame, dma_kind kind, std::uint64_t address, std::uint32_t bytes);
  void begin_read();
  void schedule_read_piece();
  void return_read_piece();
  void finish_dma(std::uint32_t bytes, bool return_transfer = true);
  bool time_read(pending& request, bool injected, std::int64_t& first) const;
  bool room_for(std::uint32_t bytes);
  void abort_dma();
  void withdraw_when_called(unsigned index, sim_time t);
  void give_back(unsigned index, sim_time t);
  static void fail(nic& card, dma_transfer& transfer, dma_status status, sim_time t);
  void finish_wait();
  void finish_cpu();
  void retry();
  void end_transaction(std::uint32_t bytes);
  void drain_up_to(sim_time limit);
  void drain_one();
  std::uint64_t drained_word(const posted_write& burst, std::uint32_t at, std::uint64_t address);
  std::optional<unsigned> decode(const cpu_access& access, std::uint32_t& offset) const;
  void emit(stage what, frame_id frame, std::uint64_t a, std::uint64_t b);
  void take_head() {
    masters_[owner_.index].queue.take();
    --asked_;
  }
  pending& head() { return masters_[owner_.index].queue.front(); }

  const std::uint8_t unit_;
  const pci_params params_;
  const std::int64_t clocks_per_word_;     // of a data phase
  const std::int64_t write_setup_clocks_;  // address phase to first data phase of a write
  host_bridge_port& bridge_;
  event_stream& events_;
  const event_stream::source_id drain_source_;  // drains of an instant come before decisions
  const event_stream::source_id source_;
  rng random_;
  std::vector<master> masters_;  // 0: the bridge, i + 1: card i
  bool one_card_ = false;        // of them
  std::size_t asked_ = 0;        // requests of all masters
  owner owner_;
  std::int64_t last_end_ = -1;  // of a transaction
  std::int64_t free_edge_ = 0;  // first clock at which an address phase may stand
  unsigned last_owner_ = 0;
  sim_time now_ = 0;       // of the decision under way,
  std::int64_t edge_ = 0;  // and its clock
  sim_time next_decision_ = time_never;
  std::int64_t next_edge_ = no_edge;
  sim_time next_effect_ = time_never;
  pci_counters counters_;
};

}  // namespace ringside::tlm

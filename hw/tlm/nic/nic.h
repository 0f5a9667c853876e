// SPDX-License-Identifier: Apache-2.0
// The NIC seam: what any network card, Verilated RTL or behavioural model, looks like to the rest of the bench.
//
// A card is stepped by the nic_scheduler in its own local time: run(limit) produces every effect strictly before
// `limit` and may run ahead of the SystemC kernel, never past what another party could still change.  Inputs from the
// bus carry bus time; the card adds the clock crossing into its own domain.  Outputs go to the nic_host with the local
// time of the clock edge that made them; the bus adds the crossing into the PCI clock.
// An effect of the clock edge at t belongs to the next edge of any other party, never back to t.
#pragma once

#include <array>
#include <cstdint>

#include "common/bounded_vector.h"
#include "common/event.h"
#include "common/time.h"
#include "common/wire_frame.h"
#include "hw/regs/e1000_pins.h"
#include "hw/tlm/nic/nic_trace.h"

namespace ringside::tlm {

using pins::dma_kind;
using pins::pci_space;

constexpr bool is_write(dma_kind kind) {
  return kind == dma_kind::payload || kind == dma_kind::payload_end || kind == dma_kind::writeback ||
         kind == dma_kind::tx_writeback;
}
/// Bytes of a frame: written by the receive side, read by the transmit side.
constexpr bool is_payload(dma_kind kind) {
  return kind == dma_kind::payload || kind == dma_kind::payload_end || kind == dma_kind::tx_payload ||
         kind == dma_kind::tx_payload_end;
}
constexpr bool is_fetch(dma_kind kind) {
  return kind == dma_kind::fetch || kind == dma_kind::tx_fetch;
}
/// Status and error dword of a transmit descriptor, all that goes back of one (FS 9.3).
inline constexpr std::uint32_t tx_writeback_offset = 12;
inline constexpr std::uint32_t tx_writeback_bytes = 4;

/// One dword access to the card as a target, decoded: the offset is relative to the configuration header or the BAR.
struct target_access {
  pci_space space = pci_space::memory;
  bool write = false;
  std::uint32_t offset = 0;         // bytes, dword aligned
  std::uint8_t byte_enables = 0xF;  // bit i = byte i
  std::uint32_t data = 0;           // written value, or the answer
};

/// Only memory writes are posted; everything else ends on the bus when the card has answered (PCI 2.3 section 3.2.5).
constexpr bool is_answered(pci_space space, bool write) {
  return !write || space != pci_space::memory;
}

/// How a transfer ended: as the RTL is told it, or `withdrawn`: the card called it back before the bus had begun it
/// (X-7, P-3), which is no error of the bus.
enum class dma_status : std::uint8_t {
  ok = static_cast<std::uint8_t>(pins::rsp_status::ok),
  master_abort = static_cast<std::uint8_t>(pins::rsp_status::master_abort),
  target_abort = static_cast<std::uint8_t>(pins::rsp_status::target_abort),
  parity_error = static_cast<std::uint8_t>(pins::rsp_status::parity_error),
  withdrawn
};

/// One burst the card wants on the bus.  Owned by the card; lent to the bus from dma_request() until the last
/// dma_data() or dma_done() that returns it.  A write may be handed over while its data still stream in: the card
/// keeps them ahead of the bus.
struct dma_transfer {
  static constexpr std::size_t max_bytes = 4096;
  using frame_list = bounded_vector<frame_id, max_bytes / 16>;

  dma_kind kind = dma_kind::payload;
  bool write = false;
  std::uint8_t tag = 0;  // returned with the response
  dma_status status = dma_status::ok;
  std::uint32_t length = 0;   // bytes, 1..4096
  std::uint64_t address = 0;  // byte address, never crosses 4 KiB
  std::uint32_t filled = 0;   // bytes of data valid so far
  sim_time first_data = 0;    // of a write: when the first of them came, local time of the card
  std::array<std::uint8_t, max_bytes> data{};
  // payload: one; write-back: one per descriptor, may hold 0.  tx_payload: the bus adds one with the first data, the
  // frame whose bytes they are (host::mark_frame), 0 when none is known.
  frame_list frames;
};

class nic;

/// Calls out of the card.
class nic_host {
 public:
  virtual ~nic_host() = default;
  /// The card asks for the bus at local time `t`.  Returns the time before which the bus does nothing that the card
  /// could see: it may go on up to there.
  virtual sim_time dma_request(nic& from, dma_transfer& transfer, sim_time t) = 0;
  /// The card has reached its limit, at local time `t`.  Does what is due and returns the new limit, `t` when the card
  /// has to return from run().
  virtual sim_time go_on(nic& from, sim_time t) {
    static_cast<void>(from);
    return t;
  }
  /// The card answers the oldest unanswered access that is_answered() at local time `t`; `data` counts for reads only.
  virtual void access_done(nic& from, std::uint32_t data, sim_time t) = 0;
  /// CTRL.RST waits for transfers the card has lent, or software has stopped its DMA (P-3), at local time `t`:
  /// those that no transaction has begun for come back withdrawn.
  virtual void withdraw(nic& from, sim_time t) = 0;
  /// INTA# changes at local time `t`; true = asserted.
  virtual void intx(nic& from, bool asserted, sim_time t) = 0;
};

inline constexpr std::uint32_t bar0_bytes = 128 * 1024;  // FS 1.1
inline constexpr std::uint32_t bar2_bytes = 64;          // P-8

/// What the bus must know of a card's configuration space.
struct nic_config_state {
  std::uint16_t command = 0;  // PCI Command register as it acts: no decoding, no mastering while the card sleeps (D3)
  std::uint32_t bar0 = 0;     // memory
  std::uint32_t bar2 = 0;     // I/O
  std::uint8_t latency_timer = 0;  // PCI clocks
  std::uint8_t cache_line_dwords = 0;
  bool withdraws = false;  // transfers that no transaction has begun for come back: CTRL.RST, or DMA stops (P-3)
};

/// Work counters of one card.
struct nic_counters {
  std::uint64_t cycles = 0;            // clock cycles of simulated time
  std::uint64_t cycles_evaluated = 0;  // of these, evaluated (the rest was skipped)
};

class nic {
 public:
  virtual ~nic() = default;
  /// Every effect before this time has been produced.
  virtual sim_time local_time() const = 0;
  /// Advances to `limit` at most, or where the host says then; returns early after a call to the host, at the latest
  /// where dma_request() said.
  virtual void run(sim_time limit) = 0;
  /// An access reaches the card's target side at bus time `t`; the card answers by access_done() where is_answered().
  /// Accesses queue.
  virtual void deliver_access(const target_access& access, sim_time t) = 0;
  /// Bytes [from, to) of a read arrived at bus time `t`; `last` ends the transfer and returns it to the card.
  virtual void dma_data(dma_transfer& transfer, std::uint32_t from, std::uint32_t to, bool last, sim_time t) = 0;
  /// The last data phase of a write was at bus time `t`, or the transfer was aborted or withdrawn (status): returns the
  /// transfer.
  virtual void dma_done(dma_transfer& transfer, sim_time t) = 0;
  /// Link of the PHY, from `t` on.
  virtual void set_link(bool up, sim_time t) = 0;
  /// Clocks of the card's domain that what comes from the bus takes to cross; before the first access.
  virtual void set_crossing(std::uint32_t clocks) { static_cast<void>(clocks); }
  /// The wire's next frame is another one than it was: released, or one was put on it.  It does not start before this
  /// card's local time.
  virtual void wire_changed() = 0;
  virtual nic_config_state config_state() const = 0;
  virtual nic_counters counters() const = 0;
  /// Shows the card's inner state, if it has any to show; before the run.
  virtual void trace(const nic_trace& waves) { static_cast<void>(waves); }
  /// Hands over all waveform text made so far: complete up to local_time().
  virtual void flush_trace() {}
};

}  // namespace ringside::tlm

// SPDX-License-Identifier: Apache-2.0
// One card alone behind the NIC seam: a scripted host with a small bus of its own, for the model and for the RTL alike.
//
// Owned by a test, which plans frames, sets registers and lets time pass.  The bus is simple on purpose: one transfer
// at a time, a fixed latency, no rule of PCI; what is judged is the card.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "common/event_stream.h"
#include "hw/regs/e1000_regs.h"
#include "hw/tlm/nic/nic.h"
#include "hw/tlm/wire/tx_wire.h"
#include "hw/tlm/wire/wire.h"

namespace ringside::test {

enum class card_kind { model, rtl };
/// The card a test means when it names none: both executables of these tests hold the same tests, on a card each.
extern const card_kind card_under_test;

/// A descriptor as the host sees it.
struct host_descriptor {
  std::uint64_t address = 0;
  std::uint32_t length = 0;
  std::uint32_t checksum = 0;
  std::uint32_t status = 0;
  std::uint32_t errors = 0;
  std::uint32_t special = 0;
  bool operator==(const host_descriptor&) const = default;
};

class card_bench : public tlm::nic_host, public event_consumer, public frame_source {
 public:
  static constexpr std::uint64_t mac = 0x5634'1200'5452;  // 52:54:00:12:34:56, byte 0 lowest
  static constexpr std::uint32_t ring_at = 0x1'0000;
  static constexpr std::uint32_t buffers_at = 0x10'0000;
  static constexpr std::uint32_t buffer_stride = 0x1000;

  explicit card_bench(card_kind kind = card_under_test, std::uint32_t link_mbps = 1000);

  // ---- wire: all frames before start_traffic() ----
  void plan(offered_frame frame) { planned_.push_back(std::move(frame)); }
  void start_traffic();
  std::optional<offered_frame> next() override;

  // ---- registers ----
  void write(std::uint32_t offset, std::uint32_t value) { access(tlm::pci_space::memory, true, offset, value); }
  std::uint32_t read(std::uint32_t offset) { return access(tlm::pci_space::memory, false, offset, 0); }
  std::uint32_t access(tlm::pci_space space, bool write, std::uint32_t offset, std::uint32_t value,
                       std::uint8_t enables = 0xF);

  /// CTRL.RST, and the link back.
  void reset();
  /// PBA.RXA in force: with a reset (T-70).
  void divide_buffer(std::uint32_t receive_kib) {
    write(reg::PBA, receive_kib);
    reset();
  }

  // ---- ring ----
  /// A ring of `count` descriptors with buffers of their own; RCTL is written, then `tail`.
  void open(std::uint32_t count, std::uint32_t tail, std::uint32_t rctl_value);
  /// The same with a descriptor for each of `buffers`.
  void open(const std::vector<std::uint64_t>& buffers, std::uint32_t tail, std::uint32_t rctl_value);
  void put_descriptor(std::uint32_t index, std::uint64_t address);
  host_descriptor descriptor(std::uint32_t index) const;
  std::vector<std::uint8_t> bytes(std::uint64_t address, std::size_t n) const;
  bool done(std::uint32_t index) const { return (descriptor(index).status & rxd_status::DD) != 0; }

  // ---- memory and the wire the card sends on ----
  void put_bytes(std::uint64_t address, const std::vector<std::uint8_t>& bytes);
  /// What the card reads there belongs to `frame` (host::mark_frame).
  void mark_frame(std::uint64_t address, std::size_t bytes, frame_id frame) {
    marks_.push_back({address, bytes, frame});
  }
  /// Frames that have left the card, oldest first.
  const std::vector<tlm::sent_frame>& sent() const { return sent_; }

  // ---- time ----
  void run_for(sim_time span) { run_until(now_ + span); }
  void run_until(sim_time t);
  sim_time now() const { return now_; }

  // ---- bus ----
  /// Before each transfer; a slow bus keeps several waiting.
  sim_time bus_overhead = 150 * ns;
  /// More for this transfer alone: those behind it overtake it.
  std::function<sim_time(const tlm::dma_transfer&)> bus_delay;
  /// Asked for and not ended.
  std::size_t on_bus(tlm::dma_kind kind) const;
  /// Lets time pass, a clock at a time, until `done`; false after 1 ms.
  bool run_until_seen(const std::function<bool()>& done);

  // ---- what happened ----
  struct dma_record {
    sim_time requested;
    sim_time ended;
    tlm::dma_kind kind;
    std::uint64_t address;
    std::uint32_t length;
    std::vector<frame_id> frames;
  };
  const std::vector<dma_record>& transfers() const { return transfers_; }
  std::vector<dma_record> transfers(tlm::dma_kind kind) const;
  std::vector<event> events(stage what);
  const std::vector<event>& all_events() {
    stream_.drain();
    return events_;
  }
  /// The next transfer of this kind ends like this instead.
  void fail_next(tlm::dma_kind kind, tlm::dma_status status) { fault_ = {kind, status}; }
  /// Transfers wait for the bus from now on, as on a bus whose arbiter serves others; false lets them go on.
  void hold_bus(bool on);
  /// Times at which INTA# was asserted.
  const std::vector<sim_time>& asserted() const { return asserted_; }
  bool intx_level() const { return intx_; }
  tlm::nic& card() { return *card_; }

  // ---- tlm::nic_host, event_consumer ----
  sim_time dma_request(tlm::nic&, tlm::dma_transfer& transfer, sim_time t) override;
  void access_done(tlm::nic&, std::uint32_t data, sim_time t) override;
  void intx(tlm::nic&, bool asserted, sim_time t) override;
  void withdraw(tlm::nic&, sim_time t) override;
  void on_event(const event& e) override { events_.push_back(e); }

 private:
  void at(sim_time t, std::function<void()> what) { due_.emplace(t, std::move(what)); }
  void begin(tlm::dma_transfer& transfer, sim_time requested, sim_time t);
  void complete(tlm::dma_transfer& transfer, sim_time requested, sim_time t);
  void end(tlm::dma_transfer& transfer, tlm::dma_status status, sim_time t);

  event_stream stream_;
  std::deque<offered_frame> planned_;
  tlm::wire wire_;
  tlm::tx_wire tx_wire_;
  struct mark {
    std::uint64_t address;
    std::size_t bytes;
    frame_id frame;
  };
  frame_id marked(std::uint64_t address) const;

  std::vector<mark> marks_;
  std::vector<tlm::sent_frame> sent_;
  std::unique_ptr<tlm::nic> card_;
  std::vector<std::uint8_t> memory_;
  std::multimap<sim_time, std::function<void()>> due_;
  std::vector<dma_record> transfers_;
  std::vector<tlm::dma_kind> asked_;  // kinds of all transfers asked for
  std::vector<event> events_;
  std::vector<sim_time> asserted_;
  std::optional<std::pair<tlm::dma_kind, tlm::dma_status>> fault_;
  std::vector<std::pair<tlm::dma_transfer*, sim_time>> waiting_;  // for the bus, with the time they were asked for
  bool held_ = false;
  sim_time now_ = 0;
  sim_time bus_free_ = 0;
  bool intx_ = false;
  bool answered_ = false;
  std::uint32_t answer_ = 0;
};

/// A frame of `size` bytes DA..FCS: to `da` (network order), type `type`, counting payload.
offered_frame plain_frame(const std::array<std::uint8_t, 6>& da, std::size_t size, sim_time earliest = 0,
                          std::uint16_t type = 0x88B5);
inline constexpr std::array<std::uint8_t, 6> own_address{0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
inline constexpr std::array<std::uint8_t, 6> broadcast_address{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};

}  // namespace ringside::test

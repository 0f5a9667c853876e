// SPDX-License-Identifier: Apache-2.0
// One card alone behind the NIC seam, a card_host with more: a ring, records of what happened, a bus that can
// misbehave.
//
// Owned by a test, which plans frames, sets registers and lets time pass.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "hw/regs/e1000_regs.h"
#include "hw/tlm/host/card_host.h"

namespace ringside::test {

using tlm::card_kind;
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

class card_bench : public tlm::card_host, public event_consumer {
 public:
  static constexpr std::uint64_t mac = 0x5634'1200'5452;  // 52:54:00:12:34:56, byte 0 lowest
  static constexpr std::uint32_t ring_at = 0x1'0000;
  static constexpr std::uint32_t buffers_at = 0x10'0000;
  static constexpr std::uint32_t buffer_stride = 0x1000;

  explicit card_bench(card_kind kind = card_under_test, std::uint32_t link_mbps = 1000);

  // ---- wire: all of these before start_traffic() ----
  void plan(offered_frame frame) { planned_.push_back(std::move(frame)); }
  std::optional<offered_frame> next() override;

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
  bool done(std::uint32_t index) const { return (descriptor(index).status & rxd_status::DD) != 0; }

  // ---- memory ----
  /// What the card reads there belongs to `frame` (host::mark_frame).
  void mark_frame(std::uint64_t address, std::size_t bytes, frame_id frame) {
    marks_.push_back({address, bytes, frame});
  }

  // ---- bus ----
  /// Before each transfer; a slow bus keeps several waiting.
  sim_time bus_overhead = bus_overhead_default;
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

  // ---- tlm::nic_host, event_consumer ----
  sim_time dma_request(tlm::nic&, tlm::dma_transfer& transfer, sim_time t) override;
  void intx(tlm::nic& from, bool asserted, sim_time t) override;
  void withdraw(tlm::nic&, sim_time t) override;
  void on_event(const event& e) override { events_.push_back(e); }

 private:
  void begin(tlm::dma_transfer& transfer, sim_time requested, sim_time t);
  void complete(tlm::dma_transfer& transfer, sim_time requested, sim_time t);
  frame_id marked(std::uint64_t address) const override;

  std::deque<offered_frame> planned_;
  struct mark {
    std::uint64_t address;
    std::size_t bytes;
    frame_id frame;
  };
  std::vector<mark> marks_;
  std::vector<dma_record> transfers_;
  std::vector<tlm::dma_kind> asked_;  // kinds of all transfers asked for
  std::vector<event> events_;
  std::vector<sim_time> asserted_;
  std::optional<std::pair<tlm::dma_kind, tlm::dma_status>> fault_;
  std::vector<std::pair<tlm::dma_transfer*, sim_time>> waiting_;  // for the bus, with the time they were asked for
  bool held_ = false;
};

/// A frame of `size` bytes DA..FCS: to `da` (network order), type `type`, counting payload.
offered_frame plain_frame(const std::array<std::uint8_t, 6>& da, std::size_t size, sim_time earliest = 0,
                          std::uint16_t type = 0x88B5);
inline constexpr std::array<std::uint8_t, 6> own_address{0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
inline constexpr std::array<std::uint8_t, 6> broadcast_address{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};

}  // namespace ringside::test

// SPDX-License-Identifier: Apache-2.0
// One card alone behind the NIC seam: memory, a small bus, both wires and register accesses, without SystemC.
//
// For who drives a card access by access and lets time pass: the oracle, and the tests of the cards.  The bus is simple
// on purpose: one transfer at a time, a fixed latency, no rule of PCI.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "common/event_stream.h"
#include "hw/tlm/nic/nic.h"
#include "hw/tlm/wire/tx_wire.h"
#include "hw/tlm/wire/wire.h"

namespace ringside::tlm {

enum class card_kind { model, rtl };

struct card_host_params {
  std::uint64_t mac_address = 0;  // byte 0 in bits 7:0
  std::uint32_t link_mbps = 1000;
  bool bus_66mhz = true;
  std::size_t memory_bytes = 16U << 20;  // from address 0; what lies beyond ends in a master abort
};

class card_host : public nic_host, public frame_source {
 public:
  card_host(card_kind kind, const card_host_params& params);

  // ---- registers
  void write(std::uint32_t offset, std::uint32_t value) { access(pci_space::memory, true, offset, value); }
  std::uint32_t read(std::uint32_t offset) { return access(pci_space::memory, false, offset, 0); }
  /// Throws when the card does not answer.
  std::uint32_t access(pci_space space, bool write, std::uint32_t offset, std::uint32_t value,
                       std::uint8_t enables = 0xF);

  // ---- memory and wires
  void put_bytes(std::uint64_t address, std::span<const std::uint8_t> bytes);
  std::vector<std::uint8_t> bytes(std::uint64_t address, std::size_t n) const;
  /// Frames towards the card may start from 1 us on.
  void start_traffic();
  /// A frame towards the card, at frame.earliest or later.
  void offer(offered_frame frame);
  /// Frames that have left the card, oldest first.
  const std::vector<sent_frame>& sent() const { return sent_; }

  // ---- time
  void run_for(sim_time span) { run_until(now_ + span); }
  void run_until(sim_time t);
  sim_time now() const { return now_; }

  bool intx_level() const { return intx_; }
  nic& card() { return *card_; }

  // ---- nic_host, frame_source: frames come by offer() alone unless a derived class has more
  sim_time dma_request(nic&, dma_transfer& transfer, sim_time t) override;
  void access_done(nic&, std::uint32_t data, sim_time t) override;
  void intx(nic&, bool asserted, sim_time t) override;
  void withdraw(nic&, sim_time) override {}
  std::optional<offered_frame> next() override { return std::nullopt; }

 protected:
  static constexpr sim_time bus_overhead_default = 150 * ns;

  void at(sim_time t, std::function<void()> what) { due_.emplace(t, std::move(what)); }
  /// The bus' next free time after `transfer`, asked for at `t`.
  sim_time take_bus(const dma_transfer& transfer, sim_time t, sim_time overhead);
  /// The transfer happens, or ends in a master abort.
  void carry_out(dma_transfer& transfer, sim_time t);
  void end(dma_transfer& transfer, dma_status status, sim_time t);
  /// The frame whose bytes lie at `address`.
  virtual frame_id marked(std::uint64_t address) const {
    static_cast<void>(address);
    return 0;
  }

  event_stream stream_;
  wire wire_;

 private:
  tx_wire tx_wire_;
  std::vector<sent_frame> sent_;
  std::vector<std::uint8_t> memory_;
  std::unique_ptr<nic> card_;
  std::multimap<sim_time, std::function<void()>> due_;
  sim_time now_ = 0;
  sim_time bus_free_ = 0;
  bool intx_ = false;
  bool answered_ = false;
  std::uint32_t answer_ = 0;
};

}  // namespace ringside::tlm

// SPDX-License-Identifier: Apache-2.0
// A PCI bus with scripted cards and a bridge of plain bytes: no RTL, no SystemC.
//
// Owned by the pci_bus tests.  The clock is 100 MHz, so that clock n is at n * 10 ns and counts can be made by hand.
// Times of a script are kept in order with the bus' own dates, as the scheduler does: at one instant the bus goes
// first.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "common/event_stream.h"
#include "hw/tlm/pci/pci_bus.h"

namespace ringside::test {

constexpr sim_time clock_period = 10 * ns;
constexpr sim_time clocks(std::int64_t n) {
  return n * clock_period;
}

/// The figures every expected count of the tests starts from.
tlm::pci_params hand_made_params();

class bus_bench;

/// Answers what it is asked after a fixed time and writes down what reaches it.
class scripted_card final : public tlm::nic {
 public:
  explicit scripted_card(bus_bench& bench, unsigned device) : bench_(bench), device_(device) {
    config.command = 0x7;
    config.bar0 = 0xF000'0000U + device * tlm::bar0_bytes;
    config.bar2 = 0xC001U + device * tlm::bar2_bytes;
    config.latency_timer = 64;
  }

  struct data_arrival {
    std::uint32_t from, to;
    bool last;
    sim_time at;
  };
  struct done_arrival {
    const tlm::dma_transfer* transfer;
    sim_time at;
  };
  struct access_arrival {
    tlm::target_access access;
    sim_time at;
  };

  tlm::nic_config_state config;
  sim_time answer_after = 25 * ns;
  std::vector<data_arrival> data;
  std::vector<done_arrival> done;  // writes, and reads at their last data
  std::vector<access_arrival> accesses;
  std::function<void(tlm::dma_transfer&)> on_done;
  std::function<void(const tlm::target_access&)> on_access;

  sim_time local_time() const override { return 0; }
  void run(sim_time) override {}
  void deliver_access(const tlm::target_access& access, sim_time t) override;
  void dma_data(tlm::dma_transfer& transfer, std::uint32_t from, std::uint32_t to, bool last, sim_time t) override;
  void dma_done(tlm::dma_transfer& transfer, sim_time t) override;
  void set_link(bool, sim_time) override {}
  void wire_changed() override {}
  tlm::nic_config_state config_state() const override { return config; }
  tlm::nic_counters counters() const override { return {}; }

 private:
  bus_bench& bench_;
  const unsigned device_;
};

/// Memory below 4 KiB * 64 and from 4 GiB on; takes writes as long as its buffer has room.
class byte_bridge final : public tlm::host_bridge_port {
 public:
  struct burst {
    const tlm::dma_transfer* transfer;
    std::uint32_t from, to;
    sim_time at;
  };
  struct cpu_end {
    tlm::cpu_access* access;
    sim_time at;
  };
  static constexpr std::uint64_t memory_bytes = 256 * 1024;

  std::map<std::uint64_t, std::uint8_t> bytes;
  std::vector<burst> bursts;
  std::vector<cpu_end> cpu_ends;
  std::function<bool()> room = [] { return true; };
  sim_time drained = 0;
  /// With a time, bursts stay in a posting buffer of `posted_limit` bytes for so long; without, memory has them at
  /// once.
  sim_time drain_after = 0;
  std::uint32_t posted_limit = 256;

  static std::uint8_t pattern(std::uint64_t address) { return static_cast<std::uint8_t>(address * 37 + 11); }

  bool claims(std::uint64_t address, std::uint32_t n) const override {
    return (address & 0xFFFF'FFFF) + n <= memory_bytes;
  }
  bool can_post(std::uint32_t n) const override {
    return drain_after == 0 ? room() : posted_.empty() || posted_bytes_ + n <= posted_limit;
  }
  void post_write(const tlm::dma_transfer& transfer, std::uint32_t from, std::uint32_t to, sim_time t) override;
  sim_time drained_by() const override { return posted_.empty() ? drained : posted_.back().visible; }
  void read_memory(std::uint64_t address, std::span<std::uint8_t> data) override;
  /// Of sent bytes: the number of their 64-byte line, plus one.
  frame_id frame_at(std::uint64_t address) const override { return address / 64 + 1; }
  sim_time next_drain() const override { return posted_.empty() ? time_never : posted_.front().visible; }
  const tlm::posted_write& drain() override;
  void cpu_access_done(tlm::cpu_access& access, sim_time t) override { cpu_ends.push_back({&access, t}); }

 private:
  std::deque<tlm::posted_write> posted_;
  std::uint32_t posted_bytes_ = 0;
  tlm::posted_write drained_last_;
};

/// A bus transaction as its event tells it.
struct bus_transaction {
  std::int64_t first_clock, last_clock;
  std::uint64_t address;
  tlm::pci_word::kind kind;
  unsigned master;
  std::uint32_t bytes;
  bool write, retry, disconnect, abort;
};

class bus_bench : public event_consumer {
 public:
  explicit bus_bench(const tlm::pci_params& params = hand_made_params(), unsigned cards = 2);

  /// A transfer of card `device` asked for at `t`; data follow from its address.
  tlm::dma_transfer& dma(unsigned device, sim_time t, bool write, std::uint64_t address, std::uint32_t length,
                         tlm::dma_kind kind = tlm::dma_kind::payload_end);
  /// The same for a write whose data are there from `data_at` on.
  tlm::dma_transfer& late_write(unsigned device, sim_time t, sim_time data_at, std::uint64_t address,
                                std::uint32_t length);
  tlm::cpu_access& cpu(sim_time t, tlm::pci_space space, bool write, std::uint64_t address, std::uint32_t data = 0,
                       unsigned device = 0);
  void at(sim_time t, std::function<void()> action);
  /// The script goes on to pci_bus::next_effect(), as a card that runs ahead, instead of stopping at each decision.
  void run_ahead() { ahead_ = true; }
  /// Plays the script and lets the bus finish.
  void run(sim_time limit = 10 * ms);
  void on_event(const event& e) override;

  sim_time now() const { return now_; }
  tlm::pci_bus& bus() { return bus_; }
  scripted_card& card(unsigned device) { return *cards_.at(device); }
  byte_bridge bridge;
  std::vector<bus_transaction> transactions;
  std::vector<event> events;

 private:
  event_stream stream_;
  tlm::pci_bus bus_;
  std::vector<std::unique_ptr<scripted_card>> cards_;
  std::deque<tlm::dma_transfer> transfers_;
  std::deque<tlm::cpu_access> accesses_;
  std::multimap<sim_time, std::function<void()>> script_;
  sim_time now_ = 0;
  bool ahead_ = false;
};

}  // namespace ringside::test

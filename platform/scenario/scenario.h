// SPDX-License-Identifier: Apache-2.0
// One run, completely described: plain data in exact units, the same for machine, tests and bench.
//
// Made by loader.h from the key table's defaults, a scenario file and the command line; read by the machine, the frame
// sources and the reports.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/ethernet.h"
#include "common/time.h"
#include "hw/tlm/board/eeprom_image.h"
#include "hw/tlm/pci/pci_params.h"
#include "platform/scenario/cable_config.h"
#include "platform/scenario/number.h"
#include "platform/scenario/reconfigure_actions.h"
#include "sw/driver/config.h"
#include "sw/kernel/config.h"
#include "sw/stack/config.h"

namespace ringside::platform {

enum class nic_kind { rtl, model };
enum class wire_source { gen, pcap, drawn };
enum class speed_kind { original, line, times, frames_per_second, megabits_per_second };
enum class stamps_kind { first, simulated };  // what a capture's time stamps count from
enum class run_end { traffic, time_limit };
enum class snapped_kind { as_is, pad };
enum class rate_kind { line, frames_per_second, percent, megabits_per_second };
enum class arrival_kind { constant, poisson };
/// What drawn frames are after; each makes its own corner likely, none excludes the others' stimulus.
enum class traffic_mix : std::uint8_t {
  ordinary,  // a bit of everything
  flood,     // more frames than CPU, ring or FIFO can take
  jumbo,     // MTU above 1500
  chains,    // buffers smaller than the frames
  timers,    // RDTR, RADV and ITR between sparse frames
  count
};
enum class payload_kind { random, zeros, counting };
enum class step_mode { ahead, cycle };
enum class self_test_kind { none, offline, online };

struct nic_config {
  nic_kind kind = nic_kind::rtl;
  std::array<std::uint8_t, 6> mac_address{};
  std::string eeprom;                             // a file
  std::optional<tlm::eeprom_image> eeprom_image;  // what it holds
  std::uint64_t power_on_seed = 0;                // 0: run.seed
};

/// Defaults of the machine's hardware are those of the keys (key_rows.cpp); a test compares them.
struct bus_config {
  tlm::pci_params pci;               // bus and host bridge; the seed is the run's (machine_params.h)
  std::uint32_t latency_timer = 64;  // PCI clocks
  bool coherent = true;
  friend bool operator==(const bus_config&, const bus_config&) = default;
};

struct irq_config {
  std::uint32_t delivery_latency_ns = 300;
  friend bool operator==(const irq_config&, const irq_config&) = default;
};

struct mem_config {
  std::uint32_t size_mb = 64;
  friend bool operator==(const mem_config&, const mem_config&) = default;
};

struct cpu_config {
  std::uint32_t count = 1;
  rational clock_hz{2'000'000'000, 1};
  std::uint32_t cost_jitter = 0;    // percent
  std::uint64_t irq_affinity = 1;   // mask of CPUs
  std::uint64_t task_affinity = 1;  // mask of CPUs: all that there are
  friend bool operator==(const cpu_config&, const cpu_config&) = default;
};

struct reconfigure_config {
  std::vector<reconfigure_action> actions;  // by time
};

/// At the end of the run, in this order.
struct ethtool_config {
  bool registers = false;
  bool eeprom = false;
  self_test_kind test = self_test_kind::none;
};

struct wire_config {
  wire_source source = wire_source::gen;
  std::string pcap;
  speed_kind speed = speed_kind::original;
  rational speed_value{1, 1};
  stamps_kind stamps = stamps_kind::first;
  std::uint64_t loop = 1;  // passes over a capture
  snapped_kind snapped = snapped_kind::as_is;
  bool rewrite = false;
  std::uint32_t gap_min = 0;  // byte times
  std::uint32_t link_mbps = 0;
  sim_time start = -1;  // -1: when the driver has opened the interface
};

struct gen_config {
  bool size_is_range = false;
  std::vector<std::uint32_t> sizes;  // DA..FCS; a range holds {first, last}
  rate_kind rate = rate_kind::line;
  rational rate_value{1, 1};
  std::uint64_t count = 0;
  std::uint32_t flows = 0;
  std::uint64_t seed = 0;  // 0: run.seed
  arrival_kind arrival = arrival_kind::constant;
  payload_kind payload = payload_kind::random;
  std::uint32_t bad_fcs_per_million = 0;
  std::uint32_t rx_er_per_million = 0;
  std::uint32_t runt_per_million = 0;
  std::uint32_t oversize_per_million = 0;
  traffic_mix drawn = traffic_mix::ordinary;
};

struct run_config {
  std::uint64_t seed = 0;
  sim_time time_limit = 0;  // ps
  run_end end = run_end::traffic;
  std::uint32_t drain_ms = 0;
  step_mode step = step_mode::ahead;
  bool skip = true;
  bool gate_clocks = true;
  bool direct_call = true;
  bool cpu_accumulate = true;
};

struct checker_config {
  bool enabled = true;
  std::vector<std::string> off;  // rule ids
};

struct scenario {
  std::string name;         // file name without folder and extension; "default" without a file
  std::string description;  // one line
  nic_config nic;
  bus_config bus;
  irq_config irq;
  mem_config mem;
  cpu_config cpu;
  std::vector<std::pair<std::string, std::uint32_t>> cost;  // overrides: name, cycles
  ringside::driver::config driver;                          // its CPU is the machine's to choose
  ringside::stack::stack_config stack;
  ringside::stack::app_config app;  // its CPU is the machine's to choose
  std::uint32_t app_cost_ns = 0;    // its own work for each datagram
  ringside::kernel::kernel_config kernel;
  reconfigure_config reconfigure;
  ethtool_config ethtool;
  wire_config wire;
  gen_config gen;
  run_config run;
  checker_config checker;
  cable_config cable;
  // Two machines on a cable: this one is machine a, `peers` holds the other, each complete by itself.
  unsigned machine = 0;
  std::vector<scenario> peers;
};

inline rational pci_clock_hz(const scenario& s) {
  return {s.bus.pci.clock.hz_numerator(), s.bus.pci.clock.hz_denominator()};
}

/// IPv4 address of the interface, host byte order.
inline std::uint32_t own_address(const scenario& s) {
  return s.stack.addresses.front().address;
}

/// Longest frame (DA..FCS) the chip keeps: 1522, or 16384 with LPE, which the driver sets for an MTU above 1500
/// (FS 6.8).
inline std::uint32_t longest_frame(const ringside::driver::config& driver) {
  return driver.mtu > 1500 ? ethernet::longest_with_lpe : ethernet::longest_frame;
}

}  // namespace ringside::platform

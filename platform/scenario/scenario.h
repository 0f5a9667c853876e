// One run, completely described: plain data in exact units, the same for machine, tests and bench.
//
// Made by loader.h from the key table's defaults, a scenario file and the command line; read by the machine, the frame
// sources and the reports.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "common/time.h"
#include "platform/scenario/number.h"
#include "platform/scenario/reconfigure_actions.h"

namespace ringside::platform {

enum class nic_kind { rtl, model };
enum class devsel_speed { fast, medium, slow };  // DEVSEL# 1, 2, 3 clocks after FRAME# (PCI 2.3 section 3.6.1)
enum class driver_mode { napi, irq, poll };
enum class app_wait { blocking, select, poll, epoll, epoll_edge, epoll_oneshot };
enum class wire_source { gen, pcap, drawn };
enum class speed_kind { original, line, times, frames_per_second, megabits_per_second };
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

struct nic_config {
  nic_kind kind = nic_kind::rtl;
  std::uint32_t pba_kb = 0;  // PBA.RXA
  std::array<std::uint8_t, 6> mac_address{};
  std::uint64_t power_on_seed = 0;  // 0: run.seed
};

struct bus_config {
  rational clock_hz;
  std::uint32_t wait_states = 0;
  std::uint32_t retry_per_million = 0;
  std::uint32_t wait_jitter = 0;
  devsel_speed devsel = devsel_speed::medium;
  std::uint32_t latency_timer = 0;  // PCI clocks
  std::uint32_t disconnect_bytes = 0;
  std::uint32_t arbitration_clocks = 0;
  std::uint32_t crossing_to_pci_clocks = 0;
  std::uint32_t crossing_to_rtl_clocks = 0;
  std::uint32_t read_latency_clocks = 0;
  std::uint32_t write_wait = 0;
  bool coherent = true;
};

struct bridge_config {
  std::uint32_t drain_latency_ns = 0;
  std::uint32_t posted_bytes = 0;
};

struct irq_config {
  std::uint32_t delivery_latency_ns = 0;
};

struct mem_config {
  std::uint32_t size_mb = 0;
};

struct cpu_config {
  std::uint32_t count = 0;
  rational clock_hz;
  std::uint32_t cost_jitter = 0;    // percent
  std::uint64_t irq_affinity = 0;   // mask of CPUs
  std::uint64_t task_affinity = 0;  // mask of CPUs
};

struct driver_config {
  driver_mode mode = driver_mode::napi;
  std::uint32_t ring_size = 0;    // descriptors
  std::uint32_t buffer_size = 0;  // bytes, RCTL.BSIZE; 0 = as Linux chooses for the MTU
  std::uint32_t copybreak = 0;    // bytes
  std::uint32_t budget = 0;       // frames per poll
  std::uint32_t itr = 0;          // interrupts per second, 0 = off
  bool dynamic_itr = false;
  std::uint32_t rdtr = 0;     // 1.024 us
  std::uint32_t radv = 0;     // 1.024 us
  std::uint32_t pthresh = 0;  // descriptors, RXDCTL
  std::uint32_t hthresh = 0;
  std::uint32_t wthresh = 0;
  std::uint32_t rdmts = 0;          // RCTL.RDMTS
  std::uint32_t rsrpd = 0;          // bytes
  std::uint32_t buffer_offset = 0;  // bytes
  bool promiscuous = false;
  bool all_multicast = false;
  std::vector<std::array<std::uint8_t, 6>> unicast;
  std::vector<std::array<std::uint8_t, 6>> multicast;
  std::uint32_t multicast_offset = 0;  // RCTL.MO
  std::vector<std::uint16_t> vlans;
  bool vlan_strip = true;
  bool rx_checksum = true;
  std::uint32_t mtu = 0;    // bytes
  sim_time quiesce = 0;     // ps
  sim_time reset_wait = 0;  // ps
  bool watchdog = true;
  bool store_bad = false;
  bool strip_crc = false;
  std::uint32_t irq_quota = 0;  // frames per interrupt, 0 = until the ring is empty
  bool skip_dma_sync = false;
  bool ack_after_poll = false;
};

struct stack_config {
  std::uint32_t rcvbuf = 0;   // bytes
  std::uint32_t address = 0;  // IPv4, host byte order
  std::vector<std::uint32_t> groups;
  std::vector<std::uint16_t> service_vlans;
  std::uint32_t frag_timeout_ms = 0;
  std::uint64_t frag_high_thresh = 0;  // bytes
  std::uint32_t frag_max_dist = 0;     // fragments; 0 = no limit
  std::vector<std::uint16_t> udp_ports;
  app_wait wait = app_wait::blocking;
  std::uint32_t app_cost_ns = 0;
};

/// net.core of sysctl, and what the softirq layer has built in.
struct sysctl_config {
  std::uint32_t netdev_budget = 0;        // frames
  std::uint32_t netdev_budget_usecs = 0;  // us
  std::uint32_t netdev_max_backlog = 0;   // packets
  std::uint32_t dev_weight = 0;           // packets
  std::uint32_t gro_normal_batch = 0;     // packets
  std::uint32_t softirq_restarts = 0;
  sim_time softirq_time = 0;  // ps
};

struct reconfigure_config {
  std::vector<reconfigure_action> actions;  // by time
};

struct wire_config {
  wire_source source = wire_source::gen;
  std::string pcap;
  speed_kind speed = speed_kind::original;
  rational speed_value{1, 1};
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
  bridge_config bridge;
  irq_config irq;
  mem_config mem;
  cpu_config cpu;
  std::vector<std::pair<std::string, std::uint32_t>> cost;  // overrides: name, cycles
  driver_config driver;
  stack_config stack;
  sysctl_config sysctl;
  reconfigure_config reconfigure;
  wire_config wire;
  gen_config gen;
  run_config run;
  checker_config checker;
};

/// Longest frame (DA..FCS) the chip keeps: 1522, or 16384 with LPE, which the driver sets for an MTU above 1500
/// (FS 6.8).
inline std::uint32_t longest_frame(const driver_config& driver) {
  return driver.mtu > 1500 ? 16384U : 1522U;
}

}  // namespace ringside::platform

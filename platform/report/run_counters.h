// SPDX-License-Identifier: Apache-2.0
// Counters of a run that are no events: filled by the machine at the end, printed by the reports.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/time.h"
#include "platform/report/contract_report.h"
#include "platform/report/ethtool_report.h"
#include "platform/report/net_statistics.h"
#include "platform/report/ping_report.h"
#include "platform/source/capture_counts.h"

namespace ringside::platform {

/// Where one CPU spent simulated time; the four add up to run_counters::sim_time_ps.
struct cpu_times {
  sim_time task = 0;
  sim_time softirq = 0;
  sim_time hardirq = 0;
  sim_time idle = 0;
};

/// What the bus is used for, in the order of run_counters::pci_use.
inline constexpr std::array<std::string_view, 7> bus_kind_names{
    "payload in",           "payload out", "receive descriptors", "receive write-backs", "transmit descriptors",
    "transmit write-backs", "registers"};

struct run_counters {
  std::vector<cpu_times> cpus;

  // Where frames come from.
  std::optional<std::uint64_t> frames_planned;  // by the source, were the run long enough; nothing: it cannot know
  std::optional<capture_counts> capture;

  // PCI bus.
  std::uint64_t pci_clocks = 0;       // of the whole run
  std::uint64_t pci_busy_clocks = 0;  // FRAME# or IRDY# asserted
  std::uint64_t pci_transactions = 0;
  std::uint64_t pci_retries = 0;
  std::uint64_t pci_bytes = 0;  // moved in data phases
  // Where its time went: transactions by kind, clocks in which somebody waited for it, and the rest, in which nobody
  // asked.
  struct bus_use {
    std::uint64_t transactions = 0;
    std::uint64_t clocks = 0;
    std::uint64_t bytes = 0;
  };
  static constexpr std::size_t bus_kinds = 7;
  std::array<bus_use, bus_kinds> pci_use{};  // by bus_kind_names
  std::uint64_t pci_waiting_clocks = 0;

  // Each card's own counters as its driver read them last, by the manual's names (SDM 13.7), in its order.
  std::vector<named_counts> cards;

  net_statistics net;               // under Linux's names
  std::optional<ping_report> ping;  // of an application that pings

  // NAPI and softirq.
  std::uint64_t napi_polls = 0;
  std::uint64_t napi_frames = 0;  // sum over polls
  std::uint64_t napi_frames_min = 0;
  std::uint64_t napi_frames_max = 0;
  std::uint64_t napi_budget_exhausted = 0;
  std::uint64_t softirq_runs = 0;
  std::uint64_t ksoftirqd_runs = 0;

  ethtool_results ethtool;  // of the first card

  contract_report contract;

  // Simulation.
  bool interrupted = false;  // by a signal
  sim_time sim_time_ps = 0;
  std::uint64_t rtl_cycles = 0;            // edges of the NIC clock in the run
  std::uint64_t rtl_cycles_evaluated = 0;  // of these, evaluated and not skipped
  std::uint64_t wall_ns = 0;               // host time; the one figure that differs between equal runs
};

}  // namespace ringside::platform

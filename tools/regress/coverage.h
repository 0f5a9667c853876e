// SPDX-License-Identifier: Apache-2.0
// Counts which kinds of stimulus really occurred in a run: a regression that never wrapped a ring says so.
//
// A consumer of the event stream plus the counters of the machine at the end; one per run, summed over all seeds.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "common/event_stream.h"
#include "platform/report/interrupt_report.h"
#include "platform/report/run_counters.h"
#include "platform/scenario/scenario.h"
#include "tools/regress/descriptor_watch.h"

namespace ringside::platform {

struct coverage_kind {
  std::string_view name;
  std::string_view meaning;
};
/// Every kind a regression of some size is expected to show, in the order of the table.
std::span<const coverage_kind> coverage_kinds();

class coverage final : public event_consumer {
 public:
  explicit coverage(const scenario& plan);

  void on_event(const event& e) override;
  /// Adds what is counted by the machine and not an event.
  void finish(const run_counters& machine, const interrupt_report& interrupts);

  /// Adds frames by their kind (planned_frame::kind) that met the fate they were meant for.
  void add_frames(const std::map<std::string_view, std::uint64_t>& met);

  const std::map<std::string, std::uint64_t>& counts() const { return counts_; }

 private:
  void add(std::string_view kind, std::uint64_t n = 1) { counts_[std::string(kind)] += n; }
  void wire(const event& e);
  void drop(const event& e);
  void bus(const event& e);
  void cause(const event& e);
  void written_back(const event& e);
  void reconfigured(const event& e);

  const scenario& plan_;
  std::map<std::string, std::uint64_t> counts_;
  descriptor_watch descriptors_;
  std::uint64_t mtu_;
  std::uint32_t wthresh_;
  bool store_bad_;
  std::uint64_t last_descriptor_ = 0;
  sim_time first_waiting_ = -1;  // write-backs since the last RXT0: RADV runs from the first, RDTR from the last
  sim_time last_waiting_ = -1;
  sim_time last_end_ = -1;         // of a frame on the wire
  sim_time threshold_asked_ = -1;  // ICS wrote RXDMT0
};

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
// The reports of a run: one for each machine, and what is about all of them.
//
// Made by the command line and tests before the run, asked afterwards.  A machine alone has the stream to itself, and
// its report hears it without a filter before it.
#pragma once

#include <memory>
#include <vector>

#include "common/machine_filter.h"
#include "platform/report/cable_report.h"
#include "platform/report/lineage.h"
#include "platform/report/run_report.h"
#include "platform/scenario/scenario.h"

namespace ringside::platform {

class run_reports {
 public:
  /// Journeys of `frames`; with `first_delivered` of the first frame a socket gets.  Of two machines, of what came of
  /// them on both, and of the first frame that a task makes.
  run_reports(const scenario& s, const std::vector<frame_id>& frames, bool first_delivered);

  /// Before the run.
  void listen_to(event_stream& events);
  /// Call once after event_stream::finish().
  void finish();

  unsigned machines() const { return static_cast<unsigned>(reports_.size()); }
  const run_report& of(unsigned machine) const { return *reports_.at(machine); }
  /// Of all events.
  const event_hash& hash() const { return machines() == 1 ? of(0).hash() : hash_; }
  /// Journeys of all machines.
  std::vector<journey> journeys() const;
  /// Of two machines.
  const cable_report& cable() const { return cable_; }

 private:
  std::vector<std::unique_ptr<run_report>> reports_;
  std::vector<std::unique_ptr<machine_filter>> filters_;
  event_hash hash_;
  cable_report cable_;
  lineage lineage_;
};

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
#include "platform/report/run_reports.h"

namespace ringside::platform {

run_reports::run_reports(const scenario& s, const std::vector<frame_id>& frames, bool first_delivered)
    : cable_(cable_delay(s.cable, s.wire.link_mbps), 8 * ns * (1000 / static_cast<sim_time>(s.wire.link_mbps))),
      lineage_(frames, first_delivered) {
  for (std::size_t machine = 0; machine <= s.peers.size(); ++machine)
    reports_.push_back(s.peers.empty() ? std::make_unique<run_report>(frames, first_delivered)
                                       : std::make_unique<run_report>(lineage_));
}

void run_reports::listen_to(event_stream& events) {
  if (machines() == 1) {
    events.add_consumer(*reports_.front());
    return;
  }
  events.add_consumer(hash_);
  events.add_consumer(cable_);
  events.add_consumer(lineage_);
  for (unsigned machine = 0; machine < machines(); ++machine) {
    filters_.push_back(std::make_unique<machine_filter>(machine, *reports_[machine]));
    events.add_consumer(*filters_.back());
  }
}

std::vector<journey> run_reports::journeys() const {
  std::vector<journey> all;
  for (const auto& each : reports_) {
    const std::vector<journey> own = each->journeys().journeys();
    all.insert(all.end(), own.begin(), own.end());
  }
  return all;
}

void run_reports::finish() {
  for (const auto& each : reports_) each->finish();
  if (machines() > 1) cable_.finish();
}

}  // namespace ringside::platform

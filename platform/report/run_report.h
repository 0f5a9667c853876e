// SPDX-License-Identifier: Apache-2.0
// Everything a run reports about: the consumers of the event stream, in the order they need.
//
// Made by the command line, the bench and system tests before the run, asked afterwards.  One virtual call per stretch
// of events serves all of them.
#pragma once

#include <vector>

#include "common/event_selection.h"
#include "common/event_stream.h"
#include "platform/report/event_hash.h"
#include "platform/report/frame_ledger.h"
#include "platform/report/interrupt_report.h"
#include "platform/report/journey_recorder.h"
#include "platform/report/latency_report.h"
#include "platform/report/reconfiguration_report.h"
#include "platform/report/send_latency.h"

namespace ringside::platform {

class run_report final : public event_consumer {
 public:
  /// Journeys of `frames`; with `first_delivered` of the first frame a socket gets.
  explicit run_report(std::vector<frame_id> frames = {}, bool first_delivered = true);
  /// Journeys of what `followed` says.
  explicit run_report(const lineage& followed);

  void on_event(const event& e) override;
  void on_events(event_stretch stretch) override;
  /// Call once after event_stream::finish().
  void finish();

  const event_hash& hash() const { return hash_; }
  const frame_ledger& ledger() const { return ledger_; }
  const interrupt_report& interrupts() const { return interrupts_; }
  const latency_report& latency() const { return latency_; }
  const journey_recorder& journeys() const { return journeys_; }
  const send_latency& sending() const { return sending_; }
  const reconfiguration_report& reconfigurations() const { return reconfigurations_; }

 private:
  void choose(const event& e);
  void tell(stage what, const event& e);
  template <stage what>
  void tell_alone(const event& e);  // what the way out does not ask for

  event_selection selection_;
  event_hash hash_;
  frame_ledger ledger_;
  interrupt_report interrupts_;
  latency_report latency_;
  journey_recorder journeys_;
  reconfiguration_report reconfigurations_;
  send_latency sending_;
};

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
// What was changed about the interface during the run, and how long each change took.
//
// A consumer of the event stream; part of run_report.
#pragma once

#include <cstdint>
#include <vector>

#include "common/event_stream.h"
#include "common/reconfiguration.h"
#include "common/stage_set.h"

namespace ringside::platform {

struct reconfiguration_record {
  sim_time start = 0;
  sim_time end = -1;  // -1: not over when the run ended
  reconfiguration what = reconfiguration::count;
  std::uint64_t value = 0;
  bool refused = false;
};

class reconfiguration_report final : public event_consumer {
 public:
  static constexpr stage_set interests{stage::reconfigure};

  [[gnu::always_inline]] void on_event(const event& e) override {
    if (interests.has(e.what)) [[unlikely]]
      handle(e);
  }
  const std::vector<reconfiguration_record>& records() const { return records_; }

 private:
  void handle(const event& e);

  std::vector<reconfiguration_record> records_;
};

}  // namespace ringside::platform

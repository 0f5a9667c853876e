// SPDX-License-Identifier: Apache-2.0
// The part of the event stream that one machine of several tells.
#pragma once

#include <vector>

#include "common/event_stream.h"

namespace ringside {

class machine_filter final : public event_consumer {
 public:
  machine_filter(unsigned machine, event_consumer& to) : machine_(machine), to_(to) {}

  void on_event(const event& e) override {
    if (machine_of(e) == machine_) to_.on_event(e);
  }
  void on_events(event_stretch stretch) override {
    own_.clear();
    for (const event& e : stretch)
      if (machine_of(e) == machine_) own_.push_back(&e);
    if (!own_.empty()) to_.on_events(event_stretch(own_));
  }

 private:
  const unsigned machine_;
  event_consumer& to_;
  std::vector<const event*> own_;
};

}  // namespace ringside

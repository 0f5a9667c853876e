// SPDX-License-Identifier: Apache-2.0
// Which frames came of a frame, over the cable between two machines and back: what it is received as, what is derived
// of it, and what is made to answer it.
//
// Sees the stream before the journeys' recorders, which ask it at each frame's beginning.  A frame made because of one
// that is still to be sent (an ARP request for its next hop) is no part of it.
#pragma once

#include <set>
#include <vector>

#include "common/event_stream.h"

namespace ringside::platform {

class lineage final : public event_consumer {
 public:
  /// Follows what comes of `roots`; with `first_request` of the first frame that a task makes.
  lineage(const std::vector<frame_id>& roots, bool first_request)
      : followed_(roots.begin(), roots.end()), looking_(first_request) {}

  void on_event(const event& e) override;
  bool follows(frame_id id) const { return followed_.contains(id); }

 private:
  std::set<frame_id> followed_;
  bool looking_;
};

}  // namespace ringside::platform

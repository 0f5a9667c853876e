// SPDX-License-Identifier: Apache-2.0
// What one seed's run came to, and its way as text from the child process that ran it to the fork server.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/event.h"
#include "common/time.h"
#include "tools/regress/black_box.h"

namespace ringside::platform {

struct seed_result {
  std::uint64_t seed = 0;
  std::string mix;
  std::string hash;                               // of all events
  std::vector<std::string> complaints;            // scoreboard, ledger, leftovers, counters, crash
  std::vector<std::string> breaches;              // of the contract
  std::map<std::string, std::uint64_t> frames;    // offered, delivered, consumed, dropped
  std::map<std::string, std::uint64_t> coverage;  // kind of stimulus -> how often
  sim_time failed_at = -1;                        // first complaint or breach; -1: none, or not of one instant
  frame_id failed_frame = 0;
  std::uint64_t wall_us = 0;
  black_box last;  // how far a run came that did not end; not part of the text

  bool passed() const { return complaints.empty() && breaches.empty(); }
  /// It came to its end, however that was.
  bool ended() const { return !hash.empty(); }
  /// The line a user reads first: "" when it passed.
  std::string first_failure() const;
};

std::string to_text(const seed_result& r);
/// Throws std::exception when the text is none of ours.
seed_result result_from(const std::string& text);

}  // namespace ringside::platform

// Runs one seed in this process: draw, stimulus, machine, judgement.  SystemC elaborates once per process, so a child
// of the fork server calls this.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "common/event.h"
#include "platform/regress/seed_result.h"
#include "platform/report/wave_options.h"

namespace ringside::platform {

struct seed_plan {
  std::uint64_t seed = 1;
  std::string nic = "rtl";
  /// Spoils the scoreboard's expectation of that frame, so that a test sees a failure reported; 0: none.
  frame_id planted = 0;
};

/// Extras of the second run of a failing seed.
struct close_look {
  std::optional<wave_options> waves;
  frame_id frame = 0;  // whose journey; 0: the first delivered
  std::function<void(const std::string&)> on_journey = {};
};

seed_result run_seed(const seed_plan& plan, const close_look& look = {});

}  // namespace ringside::platform

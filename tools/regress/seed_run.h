// SPDX-License-Identifier: Apache-2.0
// Runs one seed in this process: draw, stimulus, machine, judgement.  SystemC elaborates once per process, so a child
// of the fork server calls this, with the machine its parent has elaborated and reset.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/event.h"
#include "platform/machine/hardware.h"
#include "platform/report/wave_options.h"
#include "tools/regress/black_box.h"
#include "tools/regress/seed_result.h"

namespace ringside::platform {

/// What goes wrong on purpose, so that a test sees it reported.
struct planted_fault {
  enum class kind : std::uint8_t {
    none,
    expectation,  // the scoreboard expects something else of the frame
    exception,    // thrown, ...
    signal,       // ... SIGABRT raised, or ...
    hang          // ... nothing ever again, when the application reads the frame
  };
  kind what = kind::none;
  frame_id frame = 0;
};

struct seed_plan {
  std::uint64_t seed = 1;
  std::string nic = "rtl";
  planted_fault planted = {};
};

/// Extras of another run of a failing seed.
struct close_look {
  static constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

  std::optional<wave_options> waves = {};
  std::vector<frame_id> frames = {};  // whose journeys; none: the first delivered
  std::function<void(const std::string&)> on_journey = {};
  /// For a run that crashes.  After so many events they are delivered as soon as can be ...
  std::uint64_t closely_after = never;
  /// ... and after so many waves and journey are brought to an end, and with them the process.
  std::uint64_t stop_after = never;
};

struct seed_surroundings {
  std::unique_ptr<hardware> elaborated = {};  // null: elaborates itself
  black_box* recorder = nullptr;              // where it leaves how far it came
  close_look look = {};
};

seed_result run_seed(const seed_plan& plan, seed_surroundings around = {});

}  // namespace ringside::platform

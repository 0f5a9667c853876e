// SPDX-License-Identifier: Apache-2.0
// A simulation without a machine: every frame takes the way of story.h, some the way a test asks for.
#pragma once

#include <csignal>

#include "tools/cli/simulation.h"

namespace ringside::platform::test {

struct fake_behaviour {
  bool two_fates = false;        // frame 1 gets a second fate
  std::uint64_t breaches = 0;    // of the contract, of which the first is told
  frame_id interrupt_after = 0;  // raises a signal after that frame
  int signal = SIGINT;
  frame_id fail_after = 0;           // throws after that frame
  std::uint64_t self_test_code = 0;  // of the first test, where a self-test is asked for
  bool read_ahead = false;           // takes every frame from the source before the first is sent
  wave_options* traced = nullptr;    // receives what trace() was given
  unsigned* tapped = nullptr;        // receives whose tap add_tap() asked for
};

simulation_factory fake_factory(const fake_behaviour& behaviour);

}  // namespace ringside::platform::test

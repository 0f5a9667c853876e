// A simulation without a machine: every frame takes the way of story.h, some the way a test asks for.
#pragma once

#include "platform/cli/simulation.h"

namespace ringside::platform::test {

struct fake_behaviour {
  bool two_fates = false;          // frame 1 gets a second fate
  std::string breach = {};         // reported as a contract breach
  frame_id interrupt_after = 0;    // raises SIGINT after that frame
  frame_id fail_after = 0;         // throws after that frame
  wave_options* traced = nullptr;  // receives what trace() was given
};

simulation_factory fake_factory(const fake_behaviour& behaviour);

}  // namespace ringside::platform::test

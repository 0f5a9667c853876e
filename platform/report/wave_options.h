// SPDX-License-Identifier: Apache-2.0
// What part of a run goes into a waveform file.  Made by the command line, obeyed by the machine's waveform writer.
#pragma once

#include <string>

#include "common/time.h"

namespace ringside::platform {

struct wave_options {
  std::string vcd;            // file to write
  sim_time start = 0;         // first instant in the file
  sim_time end = time_never;  // last instant in the file
  bool standard = false;      // VCD as IEEE 1364 has it, without strings
  std::string name = {};      // what the user calls it
};

}  // namespace ringside::platform

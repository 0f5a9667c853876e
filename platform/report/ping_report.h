// SPDX-License-Identifier: Apache-2.0
// What an application that pings has found, as ping prints it at its end.
#pragma once

#include <cstdint>
#include <string>

#include "common/time.h"

namespace ringside::platform {

struct ping_report {
  std::uint32_t destination = 0;
  std::uint64_t transmitted = 0;
  std::uint64_t received = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t errors = 0;  // ICMP messages about requests
  // Round trips; all 0 when nothing came back.
  sim_time minimum = 0;
  sim_time average = 0;
  sim_time maximum = 0;
  sim_time deviation = 0;  // ping's mdev: the standard deviation

  /// Per cent of the requests that were not answered; 0 of none.
  double loss() const {
    return transmitted == 0 ? 0.0
                            : 100.0 * static_cast<double>(transmitted - received) / static_cast<double>(transmitted);
  }
};

/// Two or three lines.
std::string print_ping(const ping_report& r);

}  // namespace ringside::platform

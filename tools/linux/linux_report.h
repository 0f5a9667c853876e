// SPDX-License-Identifier: Apache-2.0
// What `ringside linux` says of a run: some lines for people, JSON for programs.
#pragma once

#include <string>
#include <vector>

#include "platform/linux/linux_machine.h"
#include "platform/report/event_hash.h"

namespace ringside::platform {

struct linux_result {
  guest_outcome outcome;
  linux_counters counters;
  std::vector<std::string> breaches;
  std::uint64_t event_hash = 0;
  std::uint64_t events = 0;
  bool interrupted = false;
};

std::string linux_report(const linux_result& r);
std::string linux_json(const linux_result& r, const scenario& s);
/// Of what a kernel said, so many lines from its panic on; its last ones when it did not panic.
std::string telling_lines(const std::string& log, std::size_t count);

}  // namespace ringside::platform

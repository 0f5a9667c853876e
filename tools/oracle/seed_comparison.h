// SPDX-License-Identifier: Apache-2.0
// One seed on each card asked for, and the verdict.  Keeps QEMU between seeds.
//
// Made in a child process by oracle_command.cpp, or by a test with a fault of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "tools/oracle/case_run.h"
#include "tools/oracle/qemu_card.h"
#include "tools/oracle/seed_outcome.h"

namespace ringside::oracle {

struct comparison_request {
  bool rtl = true;
  bool model = true;
  std::uint32_t frames = 0;  // of a seed, at least
  std::string qemu;          // path
  /// Applied to what our cards gave before it is compared: tests put faults there.
  std::function<void(case_result&)> spoil = {};
};

class seed_comparison {
 public:
  explicit seed_comparison(comparison_request request) : request_(std::move(request)) {}

  seed_outcome run(std::uint64_t seed);

 private:
  comparison_request request_;
  std::unique_ptr<qemu_card> qemu_;
};

}  // namespace ringside::oracle

// SPDX-License-Identifier: Apache-2.0
// Compares what cards made of one case.
//
// Between our two cards nothing may differ.  Against QEMU only what section 13 of docs/fact_sheet.md names may, exactly
// as it is named there: QEMU's value must follow from ours and the named difference.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tools/oracle/case_run.h"
#include "tools/oracle/qemu_traits.h"

namespace ringside::oracle {

class judge;

struct verdict {
  std::vector<std::string> differences;
  std::map<std::string, std::uint64_t> forgiven;  // uses by id
};

verdict compare_with_qemu(const oracle_case& c, const case_result& ours, const case_result& qemu,
                          const qemu_traits& traits = {});
std::vector<std::string> compare_own(const case_result& model, const case_result& rtl);

/// A difference that section 13 names and this comparison knows.
struct known_difference {
  std::string_view id;
  std::string_view topic;
};
const std::vector<known_difference>& known_differences();
/// What no card is compared in, and why.
const std::vector<std::string_view>& not_compared();

// ---- parts, each a file
void compare_received(judge& j, const oracle_case& c, const qemu_traits& traits, std::size_t round,
                      const round_result& ours, const round_result& qemu);
void compare_sent(judge& j, const oracle_case& c, std::size_t round, const round_result& ours,
                  const round_result& qemu);
void compare_counters(judge& j, const case_result& ours, const case_result& qemu);
void compare_registers(judge& j, const oracle_case& c, const case_result& ours, const case_result& qemu);
std::string register_name(std::uint32_t offset);

}  // namespace ringside::oracle

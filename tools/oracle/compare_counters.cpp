// SPDX-License-Identifier: Apache-2.0
// Statistics registers: QEMU's must be ours and what the frames explained so far add to them.
#include <algorithm>
#include <array>

#include "hw/regs/e1000_regs.h"
#include "tools/oracle/compare.h"
#include "tools/oracle/judge.h"

namespace ringside::oracle {
namespace {

constexpr std::array high_words{reg::GORCH, reg::GOTCH, reg::TORH, reg::TOTH};

/// Counters that never count in QEMU, by the difference that says so.
struct silent_counter {
  std::uint32_t offset;
  std::string_view id;
};
constexpr std::array silent{
    silent_counter{reg::CRCERRS, "V-55"}, silent_counter{reg::RXERRC, "V-55"}, silent_counter{reg::RUC, "V-55"},
    silent_counter{reg::RFC, "V-55"},     silent_counter{reg::RJC, "V-55"},    silent_counter{reg::RLEC, "V-66"},
    silent_counter{reg::RNBC, "V-15"},    silent_counter{reg::XONRXC, "V-36"}, silent_counter{reg::XOFFRXC, "V-36"},
    silent_counter{reg::FCRUC, "V-36"},
};

std::uint64_t value_of(const std::vector<register_value>& all, std::uint32_t offset) {
  const auto at = [&all](std::uint32_t o) -> std::uint64_t {
    const auto found = std::find_if(all.begin(), all.end(), [o](const register_value& r) { return r.offset == o; });
    return found == all.end() ? 0 : found->value;
  };
  const bool pair = std::find(high_words.begin(), high_words.end(), offset + 4) != high_words.end();
  return at(offset) | (pair ? at(offset + 4) << 32 : 0);
}

bool is_high_word(std::uint32_t offset) {
  return std::find(high_words.begin(), high_words.end(), offset) != high_words.end();
}

}  // namespace

void compare_counters(judge& j, const case_result& ours, const case_result& qemu) {
  for (const register_value& r : ours.counters) {
    if (is_high_word(r.offset)) continue;
    const std::uint64_t here = value_of(ours.counters, r.offset);
    const std::uint64_t there = value_of(qemu.counters, r.offset);
    const auto quiet =
        std::find_if(silent.begin(), silent.end(), [&r](const silent_counter& s) { return s.offset == r.offset; });
    if (quiet != silent.end()) {
      if (there != 0) j.differ("{}: {} of qemu, which does not count it", register_name(r.offset), there);
      j.forgive(quiet->id, here);
      continue;
    }
    if (r.offset == reg::ROC) {
      if (there != j.qemus_oversize() || here > j.oversize())
        j.differ("ROC: {} of ours, at most {}; {} of qemu's, {} expected", here, j.oversize(), there,
                 j.qemus_oversize());
      if (here != there) j.forgive("V-23");
      continue;
    }
    const std::int64_t more = j.expected_more(r.offset);
    if (there != here + static_cast<std::uint64_t>(more))
      j.differ("{}: {} of ours, {} of qemu's, {} expected", register_name(r.offset), here, there,
               here + static_cast<std::uint64_t>(more));
  }
  for (const case_result* of : {&ours, &qemu})
    for (const register_value& r : of->counters_again)
      if (r.value != 0)
        j.differ("{}: {} when {} read it again", register_name(r.offset), r.value, of == &ours ? "our card" : "qemu");
}

}  // namespace ringside::oracle

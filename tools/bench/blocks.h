// SPDX-License-Identifier: Apache-2.0
// ringside-bench --blocks: instructions per RTL cycle of each block of the Verilated model.
//
// The model alone replays recorded pins under callgrind.  It is the code every other figure is measured on: its line
// table (-g1) costs nothing, and the names in Verilator's C++ tell the block (line_blocks.h).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tools/bench/instructions.h"
#include "tools/bench/line_blocks.h"

namespace ringside::platform {

/// Kinds of cost that are no block's.
inline constexpr std::string_view evaluation = "(Verilator's evaluation loop)";
inline constexpr std::string_view pin_driving = "(replay of the pins)";

/// Counts by module name, and the two kinds above.  Generated sources are opened by the names in `counts`; throws
/// std::runtime_error when there is none: the model was built without line information.
std::map<std::string, std::uint64_t> sum_by_block(const std::vector<counted_instruction>& counts,
                                                  const line_blocks& blocks);

/// Replays `pins` in `program` with `arguments`; instructions per cycle by block for `cycles` replayed cycles.  Throws
/// std::runtime_error with one line when valgrind is missing or the counts cannot be used.
std::map<std::string, double> count_blocks(const std::string& program, const std::vector<std::string>& arguments,
                                           std::uint64_t cycles, const std::string& scratch_file,
                                           const line_blocks& blocks);

struct size_costs {
  std::string size;  // of the frames
  std::map<std::string, double> per_cycle;
};
/// Table, costliest first.  One column per size.
std::string block_table(const std::vector<size_costs>& per_size);

}  // namespace ringside::platform

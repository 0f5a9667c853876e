// SPDX-License-Identifier: Apache-2.0
// Instruction counts of the timed part, by valgrind's callgrind: repeatable where seconds are not.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ringside::platform {

/// Runs `program` with `arguments` under callgrind, counting only inside functions matching `function` (callgrind's
/// --toggle-collect pattern); what it counted is in `out_file`.  False when valgrind is not installed or the program
/// failed.
bool run_callgrind(const std::string& program, const std::vector<std::string>& arguments, const std::string& function,
                   const std::string& out_file, const std::vector<std::string>& options = {});

/// The same, as the total.  Nothing when valgrind is not installed or its output cannot be read.
std::optional<std::uint64_t> count_instructions(const std::string& program, const std::vector<std::string>& arguments,
                                                const std::string& function, const std::string& scratch_file);

/// One instruction's count.
struct counted_instruction {
  std::string_view function;
  std::uint64_t address;
  std::string_view file;  // of its source line, "???" without line information
  std::uint32_t line;
  std::uint64_t count;
};
/// What a run with `--dump-instr=yes --compress-strings=no --compress-pos=no` wrote, by function and address.  The
/// views are of `text`.
std::vector<counted_instruction> read_callgrind(std::string_view text);

}  // namespace ringside::platform

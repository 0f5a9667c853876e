// Instruction counts of the timed part, by valgrind's callgrind: repeatable where seconds are not.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ringside::platform {

/// Runs `program` with `arguments` under callgrind, counting only inside functions matching `function` (callgrind's
/// --toggle-collect pattern).  Nothing when valgrind is not installed or its output cannot be read.
std::optional<std::uint64_t> count_instructions(const std::string& program, const std::vector<std::string>& arguments,
                                                const std::string& function, const std::string& scratch_file);

}  // namespace ringside::platform

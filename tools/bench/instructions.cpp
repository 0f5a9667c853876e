// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/instructions.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <tuple>

namespace ringside::platform {

bool run_callgrind(const std::string& program, const std::vector<std::string>& arguments, const std::string& function,
                   const std::string& out_file, const std::vector<std::string>& options) {
  std::vector<std::string> words{"valgrind", "--tool=callgrind", "--collect-atstart=no", "--toggle-collect=" + function,
                                 "--callgrind-out-file=" + out_file};
  words.insert(words.end(), options.begin(), options.end());
  words.push_back(program);
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const pid_t pid = fork();
  if (pid < 0) return false;
  if (pid == 0) {
    const int nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    execvp(argv[0], argv.data());
    _exit(127);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

std::optional<std::uint64_t> count_instructions(const std::string& program, const std::vector<std::string>& arguments,
                                                const std::string& function, const std::string& scratch_file) {
  if (!run_callgrind(program, arguments, function, scratch_file)) return std::nullopt;
  std::ifstream from(scratch_file);
  for (std::string line; std::getline(from, line);)
    if (line.rfind("summary:", 0) == 0 || line.rfind("totals:", 0) == 0)
      return std::strtoull(line.c_str() + line.find(':') + 1, nullptr, 10);
  return std::nullopt;
}

namespace {

std::uint64_t number(std::string_view& text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  const int base = text.starts_with("0x") ? 16 : 10;
  if (base == 16) text.remove_prefix(2);
  std::uint64_t value = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value, base).ptr;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

}  // namespace

// Callgrind's format, "Callgrind Format Specification" in valgrind's manual: fn= begins a function, fl=, fi= and fe=
// name the file of the lines behind them, calls= is followed by one line that counts what was called.
std::vector<counted_instruction> read_callgrind(std::string_view text) {
  std::vector<counted_instruction> counts;
  std::string_view file = "???";
  std::string_view function;
  bool inclusive = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1);
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (line.starts_with("fn=")) {
      function = line.substr(3);
    } else if (line.starts_with("fl=") || line.starts_with("fi=") || line.starts_with("fe=")) {
      file = line.substr(3);
    } else if (line.starts_with("calls=")) {
      inclusive = true;
    } else if (line.starts_with("0x")) {
      const std::uint64_t address = number(line);
      const auto at = static_cast<std::uint32_t>(number(line));
      const std::uint64_t count = number(line);
      if (!inclusive) counts.push_back({function, address, file, at, count});
      inclusive = false;
    }
  }
  std::stable_sort(counts.begin(), counts.end(), [](const counted_instruction& x, const counted_instruction& y) {
    return std::tie(x.function, x.address) < std::tie(y.function, y.address);
  });
  return counts;
}

}  // namespace ringside::platform

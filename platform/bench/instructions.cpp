#include "platform/bench/instructions.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace ringside::platform {

std::optional<std::uint64_t> count_instructions(const std::string& program, const std::vector<std::string>& arguments,
                                                const std::string& function, const std::string& scratch_file) {
  std::vector<std::string> words{"valgrind",
                                 "--tool=callgrind",
                                 "--collect-atstart=no",
                                 "--toggle-collect=" + function,
                                 "--callgrind-out-file=" + scratch_file,
                                 program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const pid_t pid = fork();
  if (pid < 0) return std::nullopt;
  if (pid == 0) {
    const int nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    execvp(argv[0], argv.data());
    _exit(127);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return std::nullopt;
  std::ifstream from(scratch_file);
  for (std::string line; std::getline(from, line);)
    if (line.rfind("summary:", 0) == 0 || line.rfind("totals:", 0) == 0)
      return std::strtoull(line.c_str() + line.find(':') + 1, nullptr, 10);
  return std::nullopt;
}

}  // namespace ringside::platform

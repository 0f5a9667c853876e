// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/fst.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string_view>

#include "platform/scenario/loader.h"

namespace ringside::platform {

void require_fst_converter() {
  const char* path = std::getenv("PATH");
  for (const auto folder : split(path == nullptr ? "" : path, ':'))
    if (access((std::string(folder) + "/vcd2fst").c_str(), X_OK) == 0) return;
  throw input_error("--fst: vcd2fst is not installed; allowed: --vcd, or --fst with the package gtkwave");
}

bool convert_to_fst(const std::string& vcd, const std::string& fst) {
  std::string program = "vcd2fst";
  std::string from_flag = "-v";
  std::string from = vcd;
  std::string to_flag = "-f";
  std::string to = fst;
  char* arguments[] = {program.data(), from_flag.data(), from.data(), to_flag.data(), to.data(), nullptr};
  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&quiet, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int failed = posix_spawnp(&child, program.c_str(), &quiet, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&quiet);
  int status = 1;
  if (failed == 0)
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
  return failed == 0 && status == 0;
}

}  // namespace ringside::platform

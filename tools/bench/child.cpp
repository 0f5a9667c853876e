// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/child.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <exception>
#include <stdexcept>

namespace ringside::platform {
namespace {

struct answer {
  measurement result;
  std::array<char, 256> error{};
};

}  // namespace

measurement in_child(const std::function<measurement()>& work) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) throw std::runtime_error("cannot make a pipe");
  const pid_t pid = fork();
  if (pid < 0) throw std::runtime_error("cannot fork");
  if (pid == 0) {
    answer a;
    try {
      a.result = work();
    } catch (const std::exception& e) {
      std::strncpy(a.error.data(), e.what(), a.error.size() - 1);
      if (a.error[0] == '\0') a.error[0] = '?';
    }
    const bool written = write(ends[1], &a, sizeof a) == static_cast<ssize_t>(sizeof a);
    _exit(written ? 0 : 1);
  }
  close(ends[1]);
  answer a;
  const ssize_t got = read(ends[0], &a, sizeof a);
  close(ends[0]);
  int status = 0;
  waitpid(pid, &status, 0);
  if (got != static_cast<ssize_t>(sizeof a)) throw std::runtime_error("a measuring process ended without a result");
  if (a.error[0] != '\0') throw std::runtime_error(a.error.data());
  return a.result;
}

}  // namespace ringside::platform

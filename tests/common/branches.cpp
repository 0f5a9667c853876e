// SPDX-License-Identifier: Apache-2.0
#include "tests/common/branches.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <deque>
#include <stdexcept>

namespace ringside::test {

struct branches::child {
  pid_t pid;
  int from;
};

std::optional<std::size_t> branches::split(std::size_t count, std::size_t parallel) {
  results_.clear();
  std::deque<child> running;
  // The oldest is waited for; what the others say fits into their pipes.
  const auto collect = [&] {
    const child oldest = running.front();
    running.pop_front();
    std::string text;
    char buffer[4096];
    for (ssize_t n = 0; (n = ::read(oldest.from, buffer, sizeof buffer)) != 0;) {
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) break;
      text.append(buffer, static_cast<std::size_t>(n));
    }
    ::close(oldest.from);
    int status = 0;
    ::waitpid(oldest.pid, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
      throw std::runtime_error("branch " + std::to_string(results_.size()) + " ended abnormally (status " +
                               std::to_string(status) + ")");
    results_.push_back(std::move(text));
  };
  for (std::size_t i = 0; i < count; ++i) {
    if (running.size() == parallel) collect();
    int ends[2] = {-1, -1};
    if (::pipe(ends) != 0) throw std::runtime_error("pipe failed");
    std::fflush(nullptr);
    const pid_t pid = ::fork();
    if (pid < 0) throw std::runtime_error("fork failed");
    if (pid == 0) {
      ::close(ends[0]);
      for (const child& other : running) ::close(other.from);
      to_ = ends[1];
      return i;
    }
    ::close(ends[1]);
    running.push_back({pid, ends[0]});
  }
  while (!running.empty()) collect();
  return std::nullopt;
}

void branches::end(const std::string& text) {
  for (std::size_t written = 0; written < text.size();) {
    const ssize_t n = ::write(to_, text.data() + written, text.size() - written);
    if (n <= 0) _exit(1);
    written += static_cast<std::size_t>(n);
  }
  std::fflush(nullptr);
  _exit(0);  // no destructors of the parent's objects, no gtest summary
}

}  // namespace ringside::test

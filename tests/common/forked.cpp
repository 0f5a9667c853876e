// SPDX-License-Identifier: Apache-2.0
#include "tests/common/forked.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <stdexcept>

namespace ringside::test {
namespace {

constexpr int threw = 3;

void write_all(int to, const std::string& text) {
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t n = ::write(to, text.data() + written, text.size() - written);
    if (n <= 0) _exit(1);
    written += static_cast<std::size_t>(n);
  }
}

[[noreturn]] void run_child(int to, const std::function<std::string()>& body) {
  int status = 0;
  std::string text;
  try {
    text = body();
  } catch (const std::exception& e) {
    text = e.what();
    status = threw;
  }
  write_all(to, text);
  std::fflush(nullptr);
  _exit(status);  // no destructors of the parent's objects, no gtest summary
}

}  // namespace

std::string run_forked(const std::function<std::string()>& body) {
  int ends[2] = {-1, -1};
  if (::pipe(ends) != 0) throw std::runtime_error("pipe failed");
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child == 0) {
    ::close(ends[0]);
    run_child(ends[1], body);
  }
  ::close(ends[1]);
  std::string text;
  char buffer[65536];
  for (ssize_t n = 0; (n = ::read(ends[0], buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(n));
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return text;
  if (WIFEXITED(status) && WEXITSTATUS(status) == threw) throw std::runtime_error(text);
  throw std::runtime_error("the child run ended abnormally (status " + std::to_string(status) + ")");
}

}  // namespace ringside::test

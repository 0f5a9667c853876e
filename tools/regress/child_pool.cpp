// SPDX-License-Identifier: Apache-2.0
#include "tools/regress/child_pool.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <new>
#include <stdexcept>
#include <utility>

namespace ringside::platform {
namespace {

// No destructors of the parent's objects and none of its buffers: _exit.
[[noreturn]] void run_child(int to, const job_function& job, std::size_t index, black_box& last) {
  int status = 0;
  std::string text;
  try {
    text = job(index, last);
  } catch (const std::exception& error) {
    text = error.what();
    status = job_threw;
  }
  if (!write_all(to, text.data(), text.size())) _exit(1);
  std::fflush(nullptr);
  _exit(status);
}

std::string why_of(int status, const std::string& text) {
  if (WIFSIGNALED(status))
    return fmt::format("killed by signal {} ({})", WTERMSIG(status), strsignal(WTERMSIG(status)));
  if (WEXITSTATUS(status) == job_threw) return "ended by an exception: " + text;
  return WEXITSTATUS(status) == 0 ? "" : fmt::format("ended with status {}", WEXITSTATUS(status));
}

black_box* shared_box() {
  void* memory = ::mmap(nullptr, sizeof(black_box), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::runtime_error(std::string("mmap: ") + std::strerror(errno));
  return new (memory) black_box;
}

}  // namespace

bool write_all(int to, const void* data, std::size_t bytes) {
  const auto* from = static_cast<const char*>(data);
  for (std::size_t done = 0; done < bytes;) {
    const ssize_t n = ::write(to, from + done, bytes - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    done += static_cast<std::size_t>(n);
  }
  return true;
}

void child_pool::unmap::operator()(black_box* shared) const {
  ::munmap(shared, sizeof(black_box));
}

void child_pool::start(std::size_t index, const job_function& job, int not_for_child) {
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error(std::string("pipe: ") + std::strerror(errno));
  std::unique_ptr<black_box, unmap> last(shared_box());
  std::fflush(nullptr);  // or the child would print it again
  const pid_t pid = ::fork();
  if (pid < 0) throw std::runtime_error(std::string("fork: ") + std::strerror(errno));
  if (pid == 0) {
    ::close(ends[0]);
    if (not_for_child >= 0) ::close(not_for_child);
    for (const child& other : running_) ::close(other.from);
    run_child(ends[1], job, index, *last);
  }
  ::close(ends[1]);
  running_.push_back({.pid = pid,
                      .from = ends[0],
                      .job = index,
                      .text = {},
                      .deadline = std::chrono::steady_clock::now() + limit_,
                      .last = std::move(last)});
}

void child_pool::add_to(std::vector<pollfd>& fds) const {
  for (const child& c : running_) fds.push_back({.fd = c.from, .events = POLLIN, .revents = 0});
}

// False when the child has closed its end.
bool child_pool::read_some(child& c) {
  char buffer[65536];
  const ssize_t n = ::read(c.from, buffer, sizeof buffer);
  if (n > 0) c.text.append(buffer, static_cast<std::size_t>(n));
  return n > 0 || (n < 0 && errno == EINTR);
}

job_end child_pool::end(child& c) {
  ::close(c.from);
  int status = 0;
  while (::waitpid(c.pid, &status, 0) < 0 && errno == EINTR) {
  }
  job_end out{.job = c.job, .text = {}, .why = why_of(status, c.text), .last = *c.last};
  if (c.late) out.why = fmt::format("took longer than {} s", limit_.count());
  if (out.why.empty()) out.text = std::move(c.text);
  return out;
}

void child_pool::look(const std::vector<pollfd>& fds, const std::function<void(job_end)>& on_end) {
  const auto now = std::chrono::steady_clock::now();
  std::vector<child> ended;
  for (auto c = running_.begin(); c != running_.end();) {
    if (!c->late && now >= c->deadline) {
      c->late = true;
      ::kill(c->pid, SIGKILL);
    }
    const auto found = std::find_if(fds.begin(), fds.end(), [&](const pollfd& fd) { return fd.fd == c->from; });
    if (found == fds.end() || found->revents == 0 || read_some(*c)) {
      ++c;
      continue;
    }
    ended.push_back(std::move(*c));
    c = running_.erase(c);
  }
  for (child& c : ended) on_end(end(c));
}

void child_pool::kill_all() {
  for (child& c : running_) {
    ::kill(c.pid, SIGKILL);
    end(c);
  }
  running_.clear();
}

}  // namespace ringside::platform

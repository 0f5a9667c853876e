#include "platform/regress/fork_server.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <utility>

namespace ringside::platform {
namespace {

constexpr int threw = 3;
constexpr int idle_ms = 200;

void write_all(int to, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t n = ::write(to, text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) _exit(1);
    done += static_cast<std::size_t>(n);
  }
}

// No destructors of the parent's objects and none of its buffers: _exit.
[[noreturn]] void run_child(int to, const std::function<std::string(std::size_t)>& job, std::size_t index) {
  std::signal(SIGINT, SIG_DFL);
  int status = 0;
  std::string text;
  try {
    text = job(index);
  } catch (const std::exception& error) {
    text = error.what();
    status = threw;
  }
  write_all(to, text);
  std::fflush(nullptr);
  _exit(status);
}

std::string why_of(int status, const std::string& text) {
  if (WIFSIGNALED(status))
    return fmt::format("killed by signal {} ({})", WTERMSIG(status), strsignal(WTERMSIG(status)));
  if (WEXITSTATUS(status) == threw) return "ended by an exception: " + text;
  return WEXITSTATUS(status) == 0 ? "" : fmt::format("ended with status {}", WEXITSTATUS(status));
}

}  // namespace

void fork_server::start(std::size_t index, const std::function<std::string(std::size_t)>& job) {
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error(std::string("pipe: ") + std::strerror(errno));
  std::fflush(nullptr);  // or the child would print it again
  const pid_t pid = ::fork();
  if (pid < 0) throw std::runtime_error(std::string("fork: ") + std::strerror(errno));
  if (pid == 0) {
    ::close(ends[0]);
    for (const child& other : running_) ::close(other.from);
    run_child(ends[1], job, index);
  }
  ::close(ends[1]);
  running_.push_back(
      {.pid = pid, .from = ends[0], .job = index, .text = {}, .deadline = std::chrono::steady_clock::now() + limit_});
}

void fork_server::end(child& c, const std::function<void(job_end)>& on_end) {
  ::close(c.from);
  int status = 0;
  while (::waitpid(c.pid, &status, 0) < 0 && errno == EINTR) {
  }
  job_end out{.job = c.job, .text = {}, .why = why_of(status, c.text)};
  if (c.late) out.why = fmt::format("took longer than {} s", limit_.count());
  if (out.why.empty()) out.text = std::move(c.text);
  on_end(std::move(out));
}

void fork_server::read_some(const std::function<void(job_end)>& on_end) {
  std::vector<pollfd> fds;
  for (const child& c : running_) fds.push_back({.fd = c.from, .events = POLLIN, .revents = 0});
  if (::poll(fds.data(), fds.size(), idle_ms) <= 0) return;
  // From the last to the first, since children that have ended leave the list.
  for (std::size_t i = fds.size(); i-- > 0;) {
    if (fds[i].revents == 0) continue;
    char buffer[65536];
    const ssize_t n = ::read(fds[i].fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n > 0) {
      running_[i].text.append(buffer, static_cast<std::size_t>(n));
      continue;
    }
    child done = std::move(running_[i]);
    running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(i));
    end(done, on_end);
  }
}

void fork_server::kill_late() {
  const auto now = std::chrono::steady_clock::now();
  for (child& c : running_)
    if (!c.late && now >= c.deadline) {
      c.late = true;
      ::kill(c.pid, SIGKILL);
    }
}

void fork_server::kill_all() {
  for (child& c : running_) {
    ::kill(c.pid, SIGKILL);
    end(c, [](const job_end&) {});
  }
  running_.clear();
}

bool fork_server::run(std::size_t count, const std::function<std::string(std::size_t)>& job,
                      const std::function<void(job_end)>& on_end, const std::function<bool()>& idle) {
  std::size_t next = 0;
  while (next < count || !running_.empty()) {
    while (next < count && running_.size() < parallel_) start(next++, job);
    read_some(on_end);
    kill_late();
    if (!idle()) {
      kill_all();
      return false;
    }
  }
  return true;
}

}  // namespace ringside::platform

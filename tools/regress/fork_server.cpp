// SPDX-License-Identifier: Apache-2.0
#include "tools/regress/fork_server.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

#include "tools/cli/stop_signal.h"

namespace ringside::platform {
namespace {

constexpr int idle_ms = 200;

/// What a kind's process sends of a job that has ended; `why` and `text` follow.
struct end_header {
  std::uint64_t job = 0;
  std::uint64_t why_bytes = 0;
  std::uint64_t text_bytes = 0;
  black_box last;
};

void send_end(int link, const job_end& end) {
  const end_header header{end.job, end.why.size(), end.text.size(), end.last};
  if (!write_all(link, &header, sizeof header) || !write_all(link, end.why.data(), end.why.size()) ||
      !write_all(link, end.text.data(), end.text.size()))
    _exit(1);  // nobody listens any more
}

/// Takes the first whole end off what was received.
std::optional<job_end> take_end(std::string& received) {
  end_header header;
  if (received.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, received.data(), sizeof header);
  const std::size_t whole = sizeof header + header.why_bytes + header.text_bytes;
  if (received.size() < whole) return std::nullopt;
  job_end out{.job = header.job,
              .text = received.substr(sizeof header + header.why_bytes, header.text_bytes),
              .why = received.substr(sizeof header, header.why_bytes),
              .last = header.last};
  received.erase(0, whole);
  return out;
}

/// The process of one kind: prepares, then a child for each job asked for, until the other side closes the link.
[[noreturn]] void serve(int link, std::size_t kind, const forked_work& work, std::chrono::seconds limit) {
  for (const int number : stop_signal::kinds) std::signal(number, SIG_IGN);  // the owner decides, and closes the link
  std::signal(SIGPIPE, SIG_IGN);
  std::string broken;
  try {
    work.prepare(kind);
  } catch (const std::exception& error) {
    broken = std::string("could not be prepared: ") + error.what();
  }
  child_pool children(limit);
  const auto report = [link](const job_end& end) { send_end(link, end); };
  for (;;) {
    std::vector<pollfd> fds{{.fd = link, .events = POLLIN, .revents = 0}};
    children.add_to(fds);
    if (::poll(fds.data(), fds.size(), idle_ms) < 0 && errno != EINTR) _exit(1);
    if (fds.front().revents != 0) {
      std::uint64_t job = 0;
      if (::recv(link, &job, sizeof job, MSG_WAITALL) != sizeof job) {
        children.kill_all();
        _exit(0);
      }
      if (broken.empty())
        children.start(job, work.job, link);
      else
        report({.job = job, .text = {}, .why = broken, .last = {}});
    }
    children.look(fds, report);
  }
}

}  // namespace

fork_server::server fork_server::start(std::size_t kind, const forked_work& work) const {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
    throw std::runtime_error(std::string("socketpair: ") + std::strerror(errno));
  std::fflush(nullptr);  // or the child would print it again
  const pid_t pid = ::fork();
  if (pid < 0) throw std::runtime_error(std::string("fork: ") + std::strerror(errno));
  if (pid == 0) {
    ::close(ends[0]);
    for (const auto& [other_kind, other] : servers_) ::close(other.link);
    serve(ends[1], kind, work, limit_);
  }
  ::close(ends[1]);
  server out;
  out.pid = pid;
  out.link = ends[0];
  return out;
}

void fork_server::hand_out(std::size_t index, const forked_work& work) {
  const std::size_t kind = work.kind_of(index);
  if (!servers_.contains(kind)) servers_.emplace(kind, start(kind, work));
  server& s = servers_.at(kind);
  s.jobs.insert(index);
  const std::uint64_t job = index;
  // A process that has died is noticed when the link is read.
  ::send(s.link, &job, sizeof job, MSG_NOSIGNAL);
}

// The process of a kind is gone, and with it what it had to do.
std::size_t fork_server::lose(server& s, const std::function<void(job_end)>& on_end) {
  ::close(s.link);
  int status = 0;
  while (::waitpid(s.pid, &status, 0) < 0 && errno == EINTR) {
  }
  const std::string why =
      WIFSIGNALED(status) ? fmt::format("lost with its fork server, killed by signal {} ({})", WTERMSIG(status),
                                        strsignal(WTERMSIG(status)))
                          : fmt::format("lost with its fork server, which ended with status {}", WEXITSTATUS(status));
  for (const std::size_t job : s.jobs) on_end({.job = job, .text = {}, .why = why, .last = {}});
  return s.jobs.size();
}

// Waits a while for ends; returns how many there were.
std::size_t fork_server::collect(const std::function<void(job_end)>& on_end) {
  std::vector<pollfd> fds;
  for (const auto& [kind, s] : servers_) fds.push_back({.fd = s.link, .events = POLLIN, .revents = 0});
  if (::poll(fds.data(), fds.size(), idle_ms) <= 0) return 0;
  std::size_t ended = 0;
  auto fd = fds.begin();
  for (auto at = servers_.begin(); at != servers_.end(); ++fd) {
    server& s = at->second;
    if (fd->revents == 0) {
      ++at;
      continue;
    }
    char buffer[65536];
    const ssize_t n = ::read(s.link, buffer, sizeof buffer);
    if (n > 0) s.received.append(buffer, static_cast<std::size_t>(n));
    while (auto end = take_end(s.received)) {
      s.jobs.erase(end->job);
      ++ended;
      on_end(std::move(*end));
    }
    if (n > 0 || (n < 0 && errno == EINTR)) {
      ++at;
      continue;
    }
    ended += lose(s, on_end);
    at = servers_.erase(at);
  }
  return ended;
}

void fork_server::stop() {
  for (const auto& [kind, s] : servers_) ::close(s.link);
  for (const auto& [kind, s] : servers_)
    while (::waitpid(s.pid, nullptr, 0) < 0 && errno == EINTR) {
    }
  servers_.clear();
}

bool fork_server::run(std::size_t count, const forked_work& work, const std::function<void(job_end)>& on_end,
                      const std::function<bool()>& idle) {
  std::size_t next = 0;
  std::size_t running = 0;
  while (next < count || running != 0) {
    for (; next < count && running < parallel_; ++running) hand_out(next++, work);
    running -= collect(on_end);
    if (!idle()) {
      stop();
      return false;
    }
  }
  stop();
  return true;
}

}  // namespace ringside::platform

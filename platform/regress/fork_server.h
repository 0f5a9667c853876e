// Runs jobs in forked children, some at a time, and brings each one's text back in the order they end.
//
// One process, one thread, no machine in it: the parent has loaded, linked and initialised everything that does not
// depend on a seed, and a child starts from a copy of it.  Owned by regress_command.cpp.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace ringside::platform {

/// How a child ended.
struct job_end {
  std::size_t job = 0;
  std::string text;  // what the job returned
  std::string why;   // "" or why there is no whole text: it threw, was killed by a signal, took too long
};

class fork_server {
 public:
  /// `parallel` children at most; one that takes longer than `limit` of real time is killed.
  explicit fork_server(unsigned parallel, std::chrono::seconds limit = std::chrono::seconds{300})
      : parallel_(parallel), limit_(limit) {}

  /// Runs jobs 0..count-1: `job(i)` in a child, `on_end` and `idle` here (idle a few times a second).  Stops starting
  /// and kills what runs when `idle` returns false; false then.
  bool run(
      std::size_t count, const std::function<std::string(std::size_t)>& job, const std::function<void(job_end)>& on_end,
      const std::function<bool()>& idle = [] { return true; });

 private:
  struct child {
    pid_t pid = 0;
    int from = -1;
    std::size_t job = 0;
    std::string text;
    std::chrono::steady_clock::time_point deadline;
    bool late = false;
  };

  void start(std::size_t index, const std::function<std::string(std::size_t)>& job);
  void read_some(const std::function<void(job_end)>& on_end);
  void end(child& c, const std::function<void(job_end)>& on_end);
  void kill_late();
  void kill_all();

  unsigned parallel_;
  std::chrono::seconds limit_;
  std::vector<child> running_;
};

}  // namespace ringside::platform

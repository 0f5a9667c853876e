// SPDX-License-Identifier: Apache-2.0
// Runs jobs in copies of processes that are prepared for their kind, some at a time, and brings back what they return.
//
// Per kind one process: it prepares once (elaborates and resets a machine), then forks for each job.  The process that
// owns the fork_server prepares nothing itself; it hands out jobs in order and collects.  Owned by regress_command.cpp.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tools/regress/child_pool.h"

namespace ringside::platform {

/// What is to be done.  prepare and job run in the same process and its copies: what one leaves the other finds.
struct forked_work {
  job_function job;
  std::function<std::size_t(std::size_t)> kind_of = [](std::size_t) { return std::size_t{0}; };
  std::function<void(std::size_t)> prepare = [](std::size_t) {};
};

class fork_server {
 public:
  /// `parallel` jobs at most; one that takes longer than `limit` of real time is killed.
  explicit fork_server(unsigned parallel, std::chrono::seconds limit = std::chrono::seconds{300})
      : parallel_(parallel), limit_(limit) {}
  ~fork_server() { stop(); }
  fork_server(const fork_server&) = delete;
  fork_server& operator=(const fork_server&) = delete;

  /// Runs jobs 0..count-1; `on_end` and `idle` are called here (idle a few times a second).  Stops starting and kills
  /// what runs when `idle` returns false; false then.
  bool run(
      std::size_t count, const forked_work& work, const std::function<void(job_end)>& on_end,
      const std::function<bool()>& idle = [] { return true; });

 private:
  // The process of one kind, as seen from here.
  struct server {
    pid_t pid = 0;
    int link = -1;
    std::string received;
    std::set<std::size_t> jobs;  // handed out
  };

  void hand_out(std::size_t index, const forked_work& work);
  server start(std::size_t kind, const forked_work& work) const;
  std::size_t collect(const std::function<void(job_end)>& on_end);
  std::size_t lose(server& s, const std::function<void(job_end)>& on_end);
  void stop();

  unsigned parallel_;
  std::chrono::seconds limit_;
  std::map<std::size_t, server> servers_;  // by kind
};

}  // namespace ringside::platform

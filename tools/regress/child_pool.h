// SPDX-License-Identifier: Apache-2.0
// Jobs in forked children of this process, some at a time: a job that crashes, throws or hangs is a result.
//
// Stepped by its owner, who polls: the processes of fork_server.
#pragma once

#include <poll.h>
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tools/regress/black_box.h"

namespace ringside::platform {

/// How a job ended.
struct job_end {
  std::size_t job = 0;
  std::string text;  // what the job returned
  std::string why;   // "" or why there is no whole text: it threw, was killed by a signal, took too long
  black_box last;    // how far it came
};

using job_function = std::function<std::string(std::size_t, black_box&)>;

class child_pool {
 public:
  /// A child that takes longer than `limit` of real time is killed.
  explicit child_pool(std::chrono::seconds limit) : limit_(limit) {}

  /// Runs job(index) in a child, which closes `not_for_child` first.
  void start(std::size_t index, const job_function& job, int not_for_child = -1);
  /// Adds what poll() has to wait for.
  void add_to(std::vector<pollfd>& fds) const;
  /// Takes what poll() found, and kills what is late; tells of each child that has ended.
  void look(const std::vector<pollfd>& fds, const std::function<void(job_end)>& on_end);
  void kill_all();

 private:
  struct unmap {
    void operator()(black_box* shared) const;
  };
  struct child {
    pid_t pid = 0;
    int from = -1;
    std::size_t job = 0;
    std::string text;
    std::chrono::steady_clock::time_point deadline;
    bool late = false;
    std::unique_ptr<black_box, unmap> last;
  };

  bool read_some(child& c);
  job_end end(child& c);

  std::chrono::seconds limit_;
  std::vector<child> running_;
};

/// Writes all of it; false when the other side is gone.
bool write_all(int to, const void* data, std::size_t bytes);

/// Status of the process of a job that threw.
inline constexpr int job_threw = 3;

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/trigger_search.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>

#include "platform/source/make_source.h"
#include "tools/cli/stop_signal.h"

namespace ringside::platform {
namespace {

class first_of : public event_consumer {
 public:
  explicit first_of(stage trigger) : trigger_(trigger) {}
  void on_event(const event& e) override {
    if (e.what == trigger_ && time_ < 0) time_ = e.time;
  }
  sim_time time() const { return time_; }

 private:
  stage trigger_;
  sim_time time_ = -1;
};

sim_time search(const scenario& s, const simulation_factory& make, stage trigger,
                const std::shared_ptr<const capture_file>& capture) {
  const auto source = make_source(s, capture);
  const auto run = make(s, *source);
  first_of found(trigger);
  run->events().add_consumer(found);
  run->run([&found](sim_time, std::uint64_t) { return found.time() < 0 && !stop_signal::asked(); });
  run->events().finish();
  return found.time();
}

/// Until the child has its answer; a signal may be meant for this process alone.
void wait_for(int answer, pid_t child) {
  constexpr int look_up_ms = 100;
  pollfd end{.fd = answer, .events = POLLIN, .revents = 0};
  while (poll(&end, 1, look_up_ms) <= 0)
    if (stop_signal::asked()) {
      kill(child, SIGKILL);
      return;
    }
}

}  // namespace

std::optional<sim_time> find_trigger(const scenario& s, const simulation_factory& make, stage trigger,
                                     const std::shared_ptr<const capture_file>& capture) {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error(std::string("pipe: ") + std::strerror(errno));
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error(std::string("fork: ") + std::strerror(errno));
  if (child == 0) {
    close(ends[0]);
    int status = 1;
    try {
      const sim_time time = search(s, make, trigger, capture);
      if (write(ends[1], &time, sizeof time) == static_cast<ssize_t>(sizeof time)) status = 0;
    } catch (...) {
      status = 1;  // the parent says that the search failed
    }
    _exit(status);
  }
  close(ends[1]);
  sim_time time = -1;
  wait_for(ends[0], child);
  const ssize_t got = read(ends[0], &time, sizeof time);
  close(ends[0]);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (stop_signal::asked()) return std::nullopt;
  if (got != static_cast<ssize_t>(sizeof time)) throw std::runtime_error("the search for the trigger failed");
  if (time < 0) return std::nullopt;
  return time;
}

}  // namespace ringside::platform

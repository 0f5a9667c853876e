// SPDX-License-Identifier: Apache-2.0
// The guest's clock, held by us: the other end of User-Mode-Linux' time-travel protocol (Linux,
// include/uapi/linux/um_timetravel.h), in its mode "ext".
//
// The guest runs, taking no time, until it says WAIT; then it stands until run().  It tells beforehand when it wants
// to go on, in nanoseconds, and its clock never passes what it asked for.
#pragma once

#include <cstdint>

#include "common/file_descriptor.h"
#include "common/time.h"

namespace ringside::tlm {

class guest_clock {
 public:
  /// `date`: what GET_TOD says it is at time 0, in nanoseconds of the epoch; the same in every run.
  explicit guest_clock(std::uint64_t date) : date_(date) {}

  void connect(file_descriptor socket) { socket_ = std::move(socket); }
  bool connected() const { return socket_.open(); }
  int socket() const { return socket_.get(); }

  /// Takes one message at simulated time `now`, and answers it.  Throws guest_error.
  void serve(sim_time now);
  bool waiting() const { return waiting_; }
  /// When it wants to go on; time_never: when something comes.
  sim_time wanted() const;
  /// Lets it go on at the time it wanted.
  void run();
  /// What its clock shows.
  sim_time shows() const { return static_cast<sim_time>(shows_) * ns; }

 private:
  struct message {
    std::uint32_t what;
    std::uint32_t sequence;
    std::uint64_t time;
  };
  enum class operation : std::uint32_t { ack, start, request, wait, get, update, run, free_until, get_time_of_day };
  // Behind this a time stands for never: Linux asks for 2^63 - 1, and simulated time ends before.
  static constexpr std::uint64_t never = 9'000'000'000'000'000ULL;

  void acknowledge(const message& of, std::uint64_t time);
  std::uint64_t answer(sim_time now);

  const std::uint64_t date_;
  file_descriptor socket_;
  bool waiting_ = false;
  bool asked_ = false;  // for a time, ever
  std::uint64_t request_ = 0;
  std::uint64_t shows_ = 0;
  std::uint32_t sequence_ = 0;  // of run()
};

}  // namespace ringside::tlm

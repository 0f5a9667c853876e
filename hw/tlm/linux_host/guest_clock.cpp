// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/linux_host/guest_clock.h"

#include <fmt/format.h>

#include <algorithm>

#include "hw/tlm/linux_host/guest_error.h"
#include "hw/tlm/linux_host/unix_socket.h"

namespace ringside::tlm {

void guest_clock::serve(sim_time now) {
  message m{};
  static_assert(sizeof m == 16, "as the kernel has it");
  receive_all(socket_.get(), bytes_of(m));
  switch (static_cast<operation>(m.what)) {
    case operation::start:
      return acknowledge(m, 0);
    case operation::get_time_of_day:
      return acknowledge(m, date_ + static_cast<std::uint64_t>(now / ns));
    case operation::get:
      return acknowledge(m, answer(now));
    case operation::request:
      request_ = m.time;
      asked_ = true;
      return acknowledge(m, 0);
    case operation::wait:
      if (waiting_ || !asked_) throw guest_error("the guest waits for a time it has not asked for");
      waiting_ = true;
      return acknowledge(m, 0);
    case operation::update:
      shows_ = std::max(shows_, m.time);
      return acknowledge(m, 0);
    default:
      throw guest_error(fmt::format("a time-travel message that is none of the guest's: {}", m.what));
  }
}

// While the bus was busy simulated time may have run past what the guest has asked for.  Its clock may not: the event
// it asked for would lie in its past (time_travel_set_time panics).  It catches up when it waits next.
std::uint64_t guest_clock::answer(sim_time now) {
  auto time = static_cast<std::uint64_t>(now / ns);
  if (asked_) time = std::min(time, request_);
  shows_ = std::max(shows_, time);
  return shows_;
}

sim_time guest_clock::wanted() const {
  return request_ >= never ? time_never : static_cast<sim_time>(request_) * ns;
}

void guest_clock::run() {
  if (!waiting_) throw guest_error("the guest runs already");
  const message m{static_cast<std::uint32_t>(operation::run), ++sequence_, request_};
  shows_ = std::max(shows_, request_);
  waiting_ = false;
  send_all(socket_.get(), bytes_of(m));
  message answered{};
  receive_all(socket_.get(), bytes_of(answered));
  if (static_cast<operation>(answered.what) != operation::ack || answered.sequence != sequence_)
    throw guest_error(
        fmt::format("the guest answers message {} with {} of {}", sequence_, answered.what, answered.sequence));
}

void guest_clock::acknowledge(const message& of, std::uint64_t time) {
  const message m{static_cast<std::uint32_t>(operation::ack), of.sequence, time};
  send_all(socket_.get(), bytes_of(m));
}

}  // namespace ringside::tlm

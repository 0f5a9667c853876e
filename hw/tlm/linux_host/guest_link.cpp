// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/linux_host/guest_link.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>

#include "hw/tlm/linux_host/guest_error.h"
#include "hw/tlm/linux_host/unix_socket.h"

namespace ringside::tlm {
namespace {
constexpr std::chrono::milliseconds look_up{500};  // for a signal that came just before poll()
}

guest_link::guest_link(const std::string& directory, std::uint64_t date, limits until)
    : directory_(directory), limits_(std::move(until)), clock_(date) {
  ports_.push_back({clock_name, nullptr, listen_at(path(clock_name))});
}

void guest_link::add(const std::string& name, vhost_user_device& device) {
  ports_.push_back({name, &device, listen_at(path(name))});
}

// Each socket is used once: its name goes as soon as the guest has it.
void guest_link::connect(port& to) {
  file_descriptor socket = accept_one(to.listener.get());
  if (to.device != nullptr)
    to.device->connect(std::move(socket));
  else
    clock_.connect(std::move(socket));
  to.listener.reset();
  ::unlink(path(to.name).c_str());
}

// Which of the sockets has something to read.
std::size_t guest_link::wait_for(const std::vector<int>& sockets) {
  std::vector<pollfd> polled;
  for (const int s : sockets) polled.push_back({s, POLLIN, 0});
  if (life_ >= 0) polled.push_back({life_, POLLIN, 0});
  std::chrono::milliseconds waited{0};
  for (;;) {
    const int n = ::poll(polled.data(), polled.size(), static_cast<int>(look_up.count()));
    if (limits_.stop && limits_.stop()) throw guest_stopped();
    if (n < 0 && errno != EINTR) throw guest_error("poll failed");
    for (std::size_t i = 0; n > 0 && i < sockets.size(); ++i)
      if (polled[i].revents != 0) return i;
    if (n > 0) throw guest_gone();
    if (n == 0) waited += look_up;
    if (waited >= limits_.silence)
      throw guest_error(
          fmt::format("the guest hangs: it runs at {} ns of its clock and has said nothing for {} s of real time",
                      clock_.shows() / ns, limits_.silence.count() / 1000));
  }
}

void guest_link::serve(const std::function<sim_time()>& now) {
  // A socket that is closed has number -1, which poll() passes over.
  std::vector<int> sockets;
  for (const port& p : ports_) sockets.push_back(p.listener.open() ? p.listener.get() : p.socket(clock_));
  port& from = ports_[wait_for(sockets)];
  if (from.listener.open()) return connect(from);
  if (from.device == nullptr) return clock_.serve(now());
  try {
    from.device->serve();
  } catch (const guest_gone&) {
    from.device->disconnect();  // a kernel that turns itself off takes its devices away first
  }
}

// The guest takes the interrupt from within its wait: it asks what time it is, asks for that time, and answers
// (Linux, vu_req_read_message).
void guest_link::call(vhost_user_device& device, unsigned queue, sim_time now) {
  device.call(queue);
  while (wait_for({device.answers(), clock_.socket()}) != 0) clock_.serve(now);
  device.take_answer();
}

}  // namespace ringside::tlm

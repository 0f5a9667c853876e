// SPDX-License-Identifier: Apache-2.0
// All that joins a guest's process to the simulation: its clock, its devices, and the end of its life.
//
// The only place that waits for the guest in real time.  How long it waits decides nothing but when to give up: the
// guest has one message under way at a time.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "hw/tlm/linux_host/guest_clock.h"
#include "hw/tlm/linux_host/vhost_user_device.h"

namespace ringside::tlm {

class guest_link {
 public:
  struct limits {
    std::chrono::milliseconds silence{60'000};  // of a guest that runs
    std::function<bool()> stop = {};            // asked while we wait
  };

  /// Listens in `directory`, before the guest starts.  Throws guest_error.
  guest_link(const std::string& directory, std::uint64_t date, limits until);

  /// A device at the socket `name` in the directory.
  void add(const std::string& name, vhost_user_device& device);
  std::string path(const std::string& name) const { return directory_ + "/" + name; }
  static constexpr const char* clock_name = "clock";
  /// Readable when the guest's process has ended.
  void watch(int life) { life_ = life; }

  guest_clock& clock() { return clock_; }
  /// Waits for one message and answers it; `now` is simulated time.  Throws guest_error.
  void serve(const std::function<sim_time()>& now);
  /// Interrupts the guest while it waits for time.
  void call(vhost_user_device& device, unsigned queue, sim_time now);

 private:
  struct port {
    std::string name;
    vhost_user_device* device;  // null: the clock
    file_descriptor listener;
    int socket(const guest_clock& clock) const { return device != nullptr ? device->socket() : clock.socket(); }
  };

  std::size_t wait_for(const std::vector<int>& sockets);
  void connect(port& to);

  const std::string directory_;
  const limits limits_;
  guest_clock clock_;
  std::vector<port> ports_;
  int life_ = -1;
};

}  // namespace ringside::tlm

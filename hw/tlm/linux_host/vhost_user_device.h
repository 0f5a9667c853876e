// SPDX-License-Identifier: Apache-2.0
// One virtio device as its vhost-user back end: the connection, the queues and the guest's memory.
//
// Every request of the guest waits for our reply, kicks too, so the guest stands still while on_kick runs.  Owned by
// guest_link, which calls serve() when the socket has something.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "common/file_descriptor.h"
#include "hw/tlm/linux_host/guest_memory.h"
#include "hw/tlm/linux_host/vhost_user_messages.h"
#include "hw/tlm/linux_host/virtqueue.h"

namespace ringside::tlm {

class vhost_user_device {
 public:
  using on_kick = std::function<void(unsigned queue)>;
  using on_memory = std::function<void(const guest_memory&)>;

  vhost_user_device(unsigned queues, on_kick kicked, on_memory mapped = {});

  void connect(file_descriptor socket) { socket_ = std::move(socket); }
  void disconnect() {
    socket_.reset();
    requests_.reset();
  }
  bool connected() const { return socket_.open(); }
  int socket() const { return socket_.get(); }
  /// Where the guest's answers to call() come.
  int answers() const { return requests_.get(); }

  /// Takes one message and answers it.  Throws guest_error.
  void serve();
  /// Interrupts the guest for a queue; its answer is to be taken with take_answer().
  void call(unsigned queue);
  void take_answer();

  bool ready(unsigned queue) const { return queues_.at(queue).ready(); }
  std::optional<virtqueue::chain> take(unsigned queue) { return queues_.at(queue).take(memory_); }
  void give_back(unsigned queue, const virtqueue::chain& done, std::uint32_t written) {
    queues_.at(queue).give_back(memory_, done, written);
  }
  const guest_memory& memory() const { return memory_; }

 private:
  void obey(vhost::request what, std::span<const std::byte> payload, std::vector<file_descriptor>& files);
  void take_memory(std::span<const std::byte> payload, std::vector<file_descriptor>& files);
  void reply(std::uint32_t what, std::uint64_t value);

  const on_kick kicked_;
  const on_memory mapped_;
  file_descriptor socket_;
  file_descriptor requests_;
  guest_memory memory_;
  std::vector<virtqueue> queues_;
};

}  // namespace ringside::tlm

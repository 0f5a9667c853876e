// SPDX-License-Identifier: Apache-2.0
// The guest's console: a virtio console (Virtual I/O Device 1.2, section 5.3) of one port, without its options.
//
// What the guest writes comes out in its order, at the simulated time it writes it; what is typed waits until the guest
// takes interrupts.
#pragma once

#include <deque>
#include <functional>
#include <span>
#include <string_view>

#include "hw/tlm/linux_host/vhost_user_device.h"

namespace ringside::tlm {

class guest_console {
 public:
  static constexpr unsigned virtio_id = 3;
  using sink = std::function<void(std::span<const std::byte>)>;

  explicit guest_console(sink out);

  vhost_user_device& device() { return device_; }
  void type(std::string_view text);
  /// Something typed waits and the guest has room for it.
  bool wants_to_call() const { return !typed_.empty() && !rooms_.empty(); }
  /// Puts it there: the guest is to be called for input_queue.
  void hand_over();

  static constexpr unsigned input_queue = 0, output_queue = 1;

 private:
  void kicked(unsigned queue);

  const sink out_;
  vhost_user_device device_;
  std::deque<virtqueue::chain> rooms_;  // for what is typed
  std::deque<char> typed_;
};

}  // namespace ringside::tlm

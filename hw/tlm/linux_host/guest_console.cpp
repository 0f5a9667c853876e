// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/linux_host/guest_console.h"

#include <algorithm>

namespace ringside::tlm {

guest_console::guest_console(sink out) : out_(std::move(out)), device_(2, [this](unsigned queue) { kicked(queue); }) {}

void guest_console::kicked(unsigned queue) {
  while (auto chain = device_.take(queue)) {
    if (queue == input_queue) {
      rooms_.push_back(std::move(*chain));
    } else {
      out_(chain->from_guest);
      device_.give_back(queue, *chain, 0);
    }
  }
}

void guest_console::type(std::string_view text) {
  typed_.insert(typed_.end(), text.begin(), text.end());
}

void guest_console::hand_over() {
  const virtqueue::chain room = std::move(rooms_.front());
  rooms_.pop_front();
  std::size_t space = 0;
  for (const auto& piece : room.to_guest) space += piece.size();
  std::vector<std::byte> bytes;
  for (; !typed_.empty() && bytes.size() < space; typed_.pop_front())
    bytes.push_back(static_cast<std::byte>(typed_.front()));
  device_.give_back(input_queue, room, room.put(bytes));
}

}  // namespace ringside::tlm

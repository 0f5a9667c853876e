#include "sw/stack/poll.h"

#include <algorithm>

namespace ringside::stack {

std::vector<udp_socket*> poll(kernel::host& machine, std::span<udp_socket* const> sockets) {
  machine.consume(kernel::cost::syscall_entry);
  machine.consume(kernel::cost::poll_call, sockets.size());
  std::vector<udp_socket*> ready;
  for (;;) {
    for (udp_socket* socket : sockets) socket->readiness().prepare_to_wait();
    for (udp_socket* socket : sockets)
      if (socket->readable()) ready.push_back(socket);
    if (!ready.empty()) break;
    machine.schedule();
  }
  for (udp_socket* socket : sockets) socket->readiness().finish_wait();
  machine.consume(kernel::cost::syscall_exit);
  return ready;
}

epoll::~epoll() {
  for (const auto& it : items_) it->socket->readiness().remove_callback(it.get());
}

void epoll::add(udp_socket& socket, trigger mode) {
  items_.push_back(std::make_unique<item>(item{&socket, mode}));
  item* raw = items_.back().get();
  socket.readiness().add_callback(raw, [this, raw](frame_id frame) {
    mark_ready(*raw);
    wait_.wake_up(frame);
  });
  host_.sync();
  if (socket.readable()) mark_ready(*raw);
}

void epoll::remove(udp_socket& socket) {
  std::erase_if(items_, [&](const std::unique_ptr<item>& it) {
    if (it->socket != &socket) return false;
    socket.readiness().remove_callback(it.get());
    std::erase(ready_, it.get());
    return true;
  });
}

void epoll::mark_ready(item& it) {
  if (it.ready) return;
  it.ready = true;
  ready_.push_back(&it);
}

// A level-triggered socket that was drained since it was listed is no event; it leaves the list here.
bool epoll::any_ready() {
  while (!ready_.empty()) {
    item& first = *ready_.front();
    if (first.mode == trigger::edge || first.socket->readable()) return true;
    first.ready = false;
    ready_.pop_front();
  }
  return false;
}

std::vector<udp_socket*> epoll::wait(std::size_t max_events) {
  host_.consume(kernel::cost::syscall_entry);
  host_.consume(kernel::cost::poll_call);
  wait_.wait([this] { return any_ready(); });
  std::vector<udp_socket*> result;
  std::vector<item*> again;
  while (result.size() < max_events && any_ready()) {
    item& it = *ready_.front();
    ready_.pop_front();
    it.ready = false;
    result.push_back(it.socket);
    if (it.mode == trigger::level) again.push_back(&it);  // ep_send_events: back on the list, checked next time
  }
  for (item* it : again) mark_ready(*it);
  host_.consume(kernel::cost::syscall_exit);
  return result;
}

}  // namespace ringside::stack

// Waiting for several sockets: poll(), and epoll with level and edge triggering.
//
// Callers: application tasks.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "sw/kernel/wait_queue.h"
#include "sw/stack/socket.h"

namespace ringside::stack {

/// Sleeps until one of the sockets is readable and returns all that are.
std::vector<udp_socket*> poll(kernel::host& machine, std::span<udp_socket* const> sockets);

enum class trigger : std::uint8_t { level, edge };

/// A set of watched sockets with a list of ready ones that readiness callbacks fill, as in Linux' eventpoll.
class epoll {
 public:
  explicit epoll(kernel::host& machine) : host_(machine), wait_(machine) {}
  ~epoll();
  epoll(const epoll&) = delete;
  epoll& operator=(const epoll&) = delete;

  void add(udp_socket& socket, trigger mode);
  void remove(udp_socket& socket);
  /// Sleeps until something is ready; at most `max_events` sockets, in the order they became ready.  An edge-triggered
  /// socket is reported once per arrival, a level-triggered one as long as it is readable.
  std::vector<udp_socket*> wait(std::size_t max_events);

 private:
  struct item {
    udp_socket* socket;
    trigger mode;
    bool ready = false;
  };
  void mark_ready(item& it);
  bool any_ready();

  kernel::host& host_;
  kernel::wait_queue wait_;
  std::vector<std::unique_ptr<item>> items_;
  std::deque<item*> ready_;
};

}  // namespace ringside::stack

// SPDX-License-Identifier: Apache-2.0
// Waiting for several sockets, with or without a limit: select(), poll(), and epoll with level and edge triggering and
// one-shot items.
//
// Callers: application tasks.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "sw/kernel/timers.h"
#include "sw/kernel/wait_queue.h"
#include "sw/stack/socket.h"

namespace ringside::stack {

/// How long a wait may take, as select(2), poll(2) and epoll_wait(2) have it: for ever, not at all (0), or at least
/// that long and at most the slack of Linux more: 50 us, or a thousandth, of which 100 ms at most.
struct wait_limit {
  kernel::timers* clock = nullptr;  // needed for a time that ends
  sim_time timeout = time_never;
};

/// Sleeps until one of the sockets is readable and returns all that are; none when the time is over.
std::vector<udp_socket*> poll(kernel::host& machine, std::span<udp_socket* const> sockets,
                              const wait_limit& limit = {});

/// The same as select(2) does it: the set is the first FD_SETSIZE sockets.
std::vector<udp_socket*> select(kernel::host& machine, std::span<udp_socket* const> sockets,
                                const wait_limit& limit = {});

enum class trigger : std::uint8_t { level, edge };

/// What an item of the set is asked for, as the flags of epoll_ctl(2).
struct epoll_interest {
  trigger mode = trigger::level;
  bool oneshot = false;  // EPOLLONESHOT: reported once, then silent until modify()
};

/// A set of watched sockets with a list of ready ones that readiness callbacks fill, as in Linux' eventpoll.
class epoll {
 public:
  explicit epoll(kernel::host& machine) : host_(machine), wait_(machine) {}
  ~epoll();
  epoll(const epoll&) = delete;
  epoll& operator=(const epoll&) = delete;

  void add(udp_socket& socket, const epoll_interest& interest);
  void add(udp_socket& socket, trigger mode) { add(socket, epoll_interest{mode, false}); }
  /// EPOLL_CTL_MOD: the new interest counts from now on, and readiness is looked at once.
  void modify(udp_socket& socket, const epoll_interest& interest);
  void remove(udp_socket& socket);
  /// Sleeps until something is ready; at most `max_events` sockets, in the order they became ready.  An edge-triggered
  /// socket is reported once per arrival, a level-triggered one as long as it is readable, neither when it has been
  /// drained since.  None when the time is over.
  std::vector<udp_socket*> wait(std::size_t max_events, const wait_limit& limit = {});

 private:
  struct item {
    udp_socket* socket;
    epoll_interest interest;
    bool silent = false;  // one-shot and reported
    bool ready = false;
  };
  void mark_ready(item& it);
  void look(item& it);
  std::vector<udp_socket*> send_events(std::size_t max_events);

  kernel::host& host_;
  kernel::wait_queue wait_;
  std::vector<std::unique_ptr<item>> items_;
  std::deque<item*> ready_;
};

}  // namespace ringside::stack

// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/poll.h"

#include <algorithm>

namespace ringside::stack {

namespace {

constexpr std::size_t fd_setsize = 1024;

// select_estimate_accuracy, of a task that is not niced.
sim_time slack_of(sim_time timeout) {
  return std::clamp(timeout / 1000, kernel::timers::timer_slack, 100 * ms);
}

/// Wakes the task that made it when the time is over (schedule_hrtimeout_range).  The time begins with the call.
class alarm {
 public:
  alarm(kernel::host& machine, const wait_limit& limit) : host_(machine), limit_(limit), over_(limit.timeout == 0) {
    if (!ends()) return;
    host_.sync();
    end_ = host_.now() + limit_.timeout;
  }
  ~alarm() {
    if (timer_.pending()) limit_.clock->hrtimer_cancel(timer_);
  }
  alarm(const alarm&) = delete;
  alarm& operator=(const alarm&) = delete;

  /// Starts the time, when there is one.  Before the caller prepares to wait.
  void start() {
    if (!ends() || over_ || timer_.pending()) return;
    timer_.callback = [this, self = host_.current_task()] {
      over_ = true;
      host_.wake(self);
    };
    limit_.clock->hrtimer_start(timer_, end_, slack_of(limit_.timeout));
  }
  bool over() const { return over_; }

 private:
  bool ends() const { return limit_.clock != nullptr && limit_.timeout != 0 && limit_.timeout != time_never; }

  kernel::host& host_;
  wait_limit limit_;
  sim_time end_ = time_never;
  kernel::hrtimer timer_;
  bool over_;
};

}  // namespace

std::vector<udp_socket*> poll(kernel::host& machine, std::span<udp_socket* const> sockets, const wait_limit& limit) {
  machine.consume(kernel::cost::syscall_entry);
  std::vector<udp_socket*> ready;
  {
    alarm end(machine, limit);
    machine.consume(kernel::cost::poll_call, sockets.size());
    machine.sync_software();
    if (std::none_of(sockets.begin(), sockets.end(), [](const udp_socket* s) { return s->readable(); })) end.start();
    for (;;) {
      machine.prepare_to_sleep();
      for (udp_socket* socket : sockets) socket->readiness().prepare_to_wait();
      machine.sync_software();
      for (udp_socket* socket : sockets)
        if (socket->readable()) ready.push_back(socket);
      if (!ready.empty() || end.over()) break;
      machine.schedule();
    }
    for (udp_socket* socket : sockets) socket->readiness().finish_wait();
    machine.finish_sleep();
  }
  machine.consume(kernel::cost::syscall_exit);
  return ready;
}

std::vector<udp_socket*> select(kernel::host& machine, std::span<udp_socket* const> sockets, const wait_limit& limit) {
  return poll(machine, sockets.first(std::min(sockets.size(), fd_setsize)), limit);
}

epoll::~epoll() {
  for (const auto& it : items_) it->socket->readiness().remove_callback(it.get());
}

void epoll::add(udp_socket& socket, const epoll_interest& interest) {
  items_.push_back(std::make_unique<item>(item{&socket, interest}));
  item* raw = items_.back().get();
  // ep_poll_callback
  socket.readiness().add_callback(raw, [this, raw](frame_id frame, kernel::wake_key) {
    if (raw->silent) return true;
    mark_ready(*raw);
    wait_.wake_up(frame);
    return true;
  });
  look(*raw);
}

void epoll::modify(udp_socket& socket, const epoll_interest& interest) {
  host_.consume(kernel::cost::syscall_entry);
  host_.consume(kernel::cost::poll_call);
  host_.sync_software();  // a callback on another CPU looks at the item up to then
  for (const auto& it : items_) {
    if (it->socket != &socket) continue;
    it->interest = interest;
    it->silent = false;
    look(*it);
  }
  host_.consume(kernel::cost::syscall_exit);
}

// ep_insert, ep_modify: what is readable already is listed, and who waits is told.
void epoll::look(item& it) {
  host_.sync_software();
  if (!it.socket->readable()) return;
  mark_ready(it);
  if (wait_.has_waiters()) wait_.wake_up();
}

void epoll::remove(udp_socket& socket) {
  // The callback first: removing it may have to wait for one that runs, and uses its item.
  for (const auto& it : items_)
    if (it->socket == &socket) socket.readiness().remove_callback(it.get());
  std::erase_if(ready_, [&](const item* it) { return it->socket == &socket; });
  std::erase_if(items_, [&](const std::unique_ptr<item>& it) { return it->socket == &socket; });
}

void epoll::mark_ready(item& it) {
  if (it.ready) return;
  it.ready = true;
  ready_.push_back(&it);
}

// ep_send_events: every listed socket is asked once more.  A level-triggered one goes back on the list, behind those
// that were not looked at, and is asked again next time.
std::vector<udp_socket*> epoll::send_events(std::size_t max_events) {
  std::vector<udp_socket*> result;
  std::vector<item*> again;
  while (result.size() < max_events && !ready_.empty()) {
    item& it = *ready_.front();
    ready_.pop_front();
    it.ready = false;
    if (!it.socket->readable()) continue;
    result.push_back(it.socket);
    if (it.interest.oneshot) {
      it.silent = true;
    } else if (it.interest.mode == trigger::level) {
      again.push_back(&it);
    }
  }
  for (item* it : again) mark_ready(*it);
  return result;
}

std::vector<udp_socket*> epoll::wait(std::size_t max_events, const wait_limit& limit) {
  host_.consume(kernel::cost::syscall_entry);
  std::vector<udp_socket*> result;
  {
    alarm end(host_, limit);
    host_.consume(kernel::cost::poll_call);
    for (;;) {
      host_.sync_software();
      result = send_events(max_events);
      if (!result.empty() || end.over()) break;
      end.start();
      wait_.wait([this, &end] { return !ready_.empty() || end.over(); });
    }
  }
  host_.consume(kernel::cost::syscall_exit);
  return result;
}

}  // namespace ringside::stack

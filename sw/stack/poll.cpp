#include "sw/stack/poll.h"

#include <algorithm>

namespace ringside::stack {

namespace {

/// Wakes the task that made it when the time is over (schedule_hrtimeout, to the jiffy).
class alarm {
 public:
  alarm(kernel::host& machine, const wait_limit& limit) : host_(machine), limit_(limit), over_(limit.timeout == 0) {}
  ~alarm() {
    if (timer_.pending()) limit_.clock->del_timer(timer_);
  }
  alarm(const alarm&) = delete;
  alarm& operator=(const alarm&) = delete;

  /// Starts the time, when there is one.  Before the caller prepares to wait.
  void start() {
    if (limit_.clock == nullptr || limit_.timeout == 0 || limit_.timeout == time_never) return;
    timer_.callback = [this, self = host_.current_task()] {
      over_ = true;
      host_.wake(self);
    };
    limit_.clock->mod_timer(timer_, limit_.timeout);
  }
  bool over() const { return over_; }

 private:
  kernel::host& host_;
  wait_limit limit_;
  kernel::timer timer_;
  bool over_;
};

}  // namespace

std::vector<udp_socket*> poll(kernel::host& machine, std::span<udp_socket* const> sockets, const wait_limit& limit) {
  machine.consume(kernel::cost::syscall_entry);
  machine.consume(kernel::cost::poll_call, sockets.size());
  std::vector<udp_socket*> ready;
  {
    alarm end(machine, limit);
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
  host_.sync_software();
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

std::vector<udp_socket*> epoll::wait(std::size_t max_events, const wait_limit& limit) {
  host_.consume(kernel::cost::syscall_entry);
  host_.consume(kernel::cost::poll_call);
  {
    alarm end(host_, limit);
    host_.sync_software();
    if (!any_ready()) end.start();
    wait_.wait([this, &end] { return any_ready() || end.over(); });
  }
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

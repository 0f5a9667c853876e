// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/app.h"

#include "sw/stack/poll.h"

namespace ringside::stack {

app::app(net_stack& net, const config& settings)
    : net_(net), host_(net.machine()), settings_(settings), buffer_(settings.read_buffer) {}

bool app::start() {
  for (const std::uint16_t port : settings_.ports) {
    sockets_.push_back(std::make_unique<udp_socket>(host_, net_.udp(), port));
    sockets_.back()->set_rcvbuf(net_.settings().rcvbuf);
    if (!sockets_.back()->bind(settings_.address, port)) return false;
  }
  task_ = host_.spawn(settings_.cpu, settings_.name, [this] { run(); });
  return true;
}

void app::stop() {
  stopping_ = true;
  for (const auto& socket : sockets_) socket->close();
}

void app::run() {
  switch (settings_.wait) {
    case app_wait::recv:
      sockets_.size() == 1 ? run_recv() : run_poll();
      break;
    case app_wait::select:
    case app_wait::poll:
      run_poll();
      break;
    case app_wait::epoll_level:
    case app_wait::epoll_edge:
    case app_wait::epoll_oneshot:
      run_epoll();
      break;
  }
  finished_ = true;
}

bool app::read_one(udp_socket& socket, bool wait) {
  const recv_result result = socket.receive(buffer_, wait);
  if (result.status != recv_status::ok) return false;
  ++reads_;
  bytes_ += result.length;
  if (result.copied < result.length) ++truncated_;
  if (sink_) sink_(result, std::span<const std::byte>(buffer_).first(result.copied));
  host_.consume(kernel::cost::app_per_frame);
  host_.consume(kernel::cost::app_per_byte, result.copied);
  return true;
}

void app::run_recv() {
  while (!stopping_) read_one(*sockets_.front(), true);
}

void app::run_poll() {
  std::vector<udp_socket*> watched;
  for (const auto& socket : sockets_) watched.push_back(socket.get());
  if (watched.empty()) return;
  const auto& ready = settings_.wait == app_wait::select ? select : poll;
  while (!stopping_)
    for (udp_socket* socket : ready(host_, watched, {})) read_one(*socket, false);
}

void app::run_epoll() {
  epoll set(host_);
  const epoll_interest interest{settings_.wait == app_wait::epoll_edge ? trigger::edge : trigger::level,
                                settings_.wait == app_wait::epoll_oneshot};
  for (const auto& socket : sockets_) set.add(*socket, interest);
  while (!stopping_) {
    for (udp_socket* socket : set.wait(sockets_.size())) {
      // An edge is told once: read until nothing is left.  A level is told again, a one-shot when asked for again.
      while (read_one(*socket, false) && interest.mode == trigger::edge) {
      }
      if (interest.oneshot) set.modify(*socket, interest);
    }
  }
}

}  // namespace ringside::stack

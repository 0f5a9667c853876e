// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/app.h"

#include <algorithm>

namespace ringside::stack {

app::app(net_stack& net, const config& settings)
    : net_(net), host_(net.machine()), settings_(settings), calls_(net), buffer_(settings.read_buffer) {}

bool app::start() {
  const syscalls::at_no_cost before_anything_is_measured(calls_);
  if (sends()) settings_.ports = {0};  // any free one
  if (pings()) {
    if (!open_ping()) return false;
    settings_.ports.clear();
  }
  for (const std::uint16_t port : settings_.ports)
    if (!open(port)) return false;
  task_ = host_.spawn(settings_.cpu, settings_.name, [this] { run(); });
  return true;
}

// One that waits for several sockets does not want to be stuck in one of them.
bool app::open(std::uint16_t port) {
  const bool may_block = settings_.wait == app_wait::recv || sends();
  const int flags = may_block ? 0 : abi::sock_nonblock;
  if (settings_.kind == app_kind::sender && settings_.protocol == app_protocol::tcp) return open_packet();
  const long fd = calls_.socket(abi::af_inet, abi::sock_dgram | flags, 0);
  if (fd < 0) return false;
  sockets_.push_back(static_cast<int>(fd));
  return calls_.bind(sockets_.back(), {abi::af_inet, port, settings_.address}) == 0;
}

// Its packets are summed and cut behind the socket.
bool app::open_packet() {
  if (!has_device()) return false;
  const long fd = calls_.socket(abi::af_packet, abi::sock_raw, 0);
  if (fd < 0) return false;
  sockets_.push_back(static_cast<int>(fd));
  return calls_.setsockopt(sockets_.back(), abi::sol_packet, abi::packet_vnet_hdr, 1) == 0;
}

// As when the program is ended by force: whatever its task does, its sockets go.
void app::stop() {
  stopping_ = true;
  for (const int fd : sockets_) calls_.sock_of(fd)->close();
}

void app::run() {
  if (sends()) {
    run_sender();
    finished_ = true;
    return;
  }
  if (pings()) {
    run_ping();
    finished_ = true;
    return;
  }
  switch (settings_.wait) {
    case app_wait::recv:
      sockets_.size() == 1 ? run_recv() : run_poll();
      break;
    case app_wait::select:
      run_select();
      break;
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

bool app::read_one(int fd, int flags) {
  receive_message message;
  message.buffer = buffer_;
  const long copied = calls_.recvmsg(fd, message, flags);
  if (message.name.family == abi::af_unspec) return false;
  const auto bytes = static_cast<std::size_t>(copied);
  ++reads_;
  bytes_ += message.length;
  if ((message.flags & abi::msg_trunc) != 0) ++truncated_;
  const std::span<const std::byte> data = std::span<const std::byte>(buffer_).first(bytes);
  if (sink_) sink_(message, data);
  host_.consume(kernel::cost::app_per_frame);
  host_.consume(kernel::cost::app_per_byte, bytes);
  if (settings_.kind == app_kind::echo) answer(fd, message, data);
  return true;
}

// One that finds no room in the send buffer of a socket that must not block is lost, as with UDP anywhere.
void app::answer(int fd, const receive_message& message, std::span<const std::byte> data) {
  const long result = calls_.sendmsg(fd, {data, &message.name, message.frame}, 0);
  ++(result < 0 ? send_errors_ : sent_);
}

void app::run_recv() {
  while (!stopping_) read_one(sockets_.front(), 0);
}

void app::run_select() {
  if (sockets_.empty()) return;
  const int end = sockets_.back() + 1;
  while (!stopping_) {
    abi::fd_set readable;
    for (const int fd : sockets_) readable.set(static_cast<std::size_t>(fd));
    calls_.select(end, &readable, nullptr, nullptr);
    for (const int fd : sockets_)
      if (readable.test(static_cast<std::size_t>(fd))) read_one(fd, 0);
  }
}

void app::run_poll() {
  if (sockets_.empty()) return;
  std::vector<abi::pollfd> watched;
  for (const int fd : sockets_) watched.push_back({fd, abi::epollin, 0});
  while (!stopping_) {
    calls_.poll(watched);
    for (const abi::pollfd& p : watched)
      if (p.revents != 0) read_one(p.fd, 0);
  }
}

void app::run_epoll() {
  if (sockets_.empty()) return;
  const bool edge = settings_.wait == app_wait::epoll_edge;
  const bool once = settings_.wait == app_wait::epoll_oneshot;
  const poll_mask interest = abi::epollin | (edge ? abi::epollet : 0) | (once ? abi::epolloneshot : 0);
  long set = 0;
  {
    const syscalls::at_no_cost before_anything_is_measured(calls_);
    set = calls_.epoll_create1(0);
    for (const int fd : sockets_)
      calls_.epoll_ctl(static_cast<int>(set), abi::epoll_ctl_add, fd, {interest, static_cast<std::uint64_t>(fd)});
  }
  std::vector<abi::epoll_event> events(sockets_.size());
  while (!stopping_) {
    const long count = calls_.epoll_wait(static_cast<int>(set), events);
    for (long i = 0; i < count; ++i) {
      const auto fd = static_cast<int>(events[static_cast<std::size_t>(i)].data);
      // An edge is told once: read until nothing is left.  A level is told again, a one-shot when asked for again.
      while (read_one(fd, 0) && edge) {
      }
      if (once)
        calls_.epoll_ctl(static_cast<int>(set), abi::epoll_ctl_mod, fd,
                         {interest, events[static_cast<std::size_t>(i)].data});
    }
  }
}

}  // namespace ringside::stack

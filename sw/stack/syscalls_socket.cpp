// SPDX-License-Identifier: Apache-2.0
// System calls of sockets (net/socket.c).
#include "sw/stack/syscalls.h"

namespace ringside::stack {

template <class action>
long syscalls::with_socket(int fd, action act) {
  const fd_table::reference named = files_.get(fd);
  if (!named) return -EBADF;
  socket_file* const socket = named->as_socket();
  return socket == nullptr ? -ENOTSOCK : act(*socket);
}

sock* syscalls::sock_of(int fd) {
  const fd_table::reference named = files_.get(fd);
  return named && named->as_socket() != nullptr ? &named->as_socket()->sk() : nullptr;
}

long syscalls::socket(int family, int type, int protocol) {
  constexpr int flags = abi::sock_nonblock | abi::sock_cloexec;
  const call entered(*this);
  spend(kernel::cost::socket_call);
  if ((type & ~(flags | 0xF)) != 0) return -EINVAL;  // SOCK_TYPE_MASK
  if (family != abi::af_inet && family != abi::af_packet) return -EAFNOSUPPORT;
  if (family == abi::af_inet && (protocol < 0 || protocol > 255)) return -EINVAL;
  if (family == abi::af_packet && !who_.net_raw) return -EPERM;
  long error = 0;
  sock_ptr made = net_.sockets().create(family, {type & ~flags, protocol}, who_, error);
  if (made == nullptr) return error;
  return files_.install(std::make_unique<socket_file>(std::move(made), type & abi::sock_nonblock));
}

long syscalls::bind(int fd, const abi::sockaddr_in& address) {
  const call entered(*this);
  spend(kernel::cost::socket_call);
  return with_socket(fd, [&](socket_file& s) { return s.sk().bind(address, who_); });
}

long syscalls::connect(int fd, const abi::sockaddr_in& address) {
  const call entered(*this);
  spend(kernel::cost::socket_call);
  return with_socket(fd, [&](socket_file& s) { return s.sk().connect(address); });
}

long syscalls::getsockname(int fd, abi::sockaddr_in& address) {
  const call entered(*this);
  spend(kernel::cost::socket_call);
  return with_socket(fd, [&](socket_file& s) { return s.sk().getname(address); });
}

long syscalls::shutdown(int fd, int how) {
  const call entered(*this);
  spend(kernel::cost::socket_call);
  return with_socket(fd, [&](socket_file& s) { return s.sk().shutdown(how); });
}

long syscalls::setsockopt(int fd, int level, int name, std::span<const std::byte> value) {
  const call entered(*this);
  spend(kernel::cost::socket_call);
  return with_socket(fd, [&](socket_file& s) -> long {
    return level == abi::sol_socket ? s.sk().setsockopt(name, value, who_)
                                    : s.sk().protocol_setsockopt(level, name, value, who_);
  });
}

long syscalls::getsockopt(int fd, int level, int name, std::span<std::byte>& value) {
  const call entered(*this);
  spend(kernel::cost::socket_call);
  return with_socket(fd, [&](socket_file& s) -> long {
    return level == abi::sol_socket ? s.sk().getsockopt(name, value) : s.sk().protocol_getsockopt(level, name, value);
  });
}

long syscalls::sendmsg(int fd, const send_message& message, int flags) {
  const call entered(*this);
  return with_socket(fd, [&](socket_file& s) { return s.sendmsg(message, flags); });
}

long syscalls::sendto(int fd, std::span<const std::byte> payload, int flags, const abi::sockaddr_in& to) {
  return sendmsg(fd, {payload, &to, 0}, flags);
}

long syscalls::send(int fd, std::span<const std::byte> payload, int flags) {
  return sendmsg(fd, {payload, nullptr, 0}, flags);
}

long syscalls::recvmsg(int fd, receive_message& message, int flags) {
  long result = 0;
  std::uint64_t id = 0;
  {
    const call entered(*this);
    result = with_socket(fd, [&](socket_file& s) {
      const long received = s.recvmsg(message, flags);
      id = s.sk().id();
      return received;
    });
  }
  const bool read = message.name.family != abi::af_unspec && (flags & (abi::msg_peek | abi::msg_errqueue)) == 0;
  if (read) host_.emit(stage::app_read, message.frame, id, message.length);
  return result;
}

long syscalls::recvfrom(int fd, std::span<std::byte> buffer, int flags, abi::sockaddr_in& from) {
  receive_message message;
  message.buffer = buffer;
  const long result = recvmsg(fd, message, flags);
  from = message.name;
  return result;
}

long syscalls::recv(int fd, std::span<std::byte> buffer, int flags) {
  receive_message message;
  message.buffer = buffer;
  return recvmsg(fd, message, flags);
}

}  // namespace ringside::stack

// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/linux_host/unix_socket.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "hw/tlm/linux_host/guest_error.h"

namespace ringside::tlm {
namespace {

constexpr std::size_t most_files = 8;  // VHOST_USER_SET_MEM_TABLE carries one for each region

[[noreturn]] void socket_failed(const std::string& what) {
  throw guest_error(fmt::format("{}: {}", what, std::strerror(errno)));
}

void take_files(msghdr& message, std::vector<file_descriptor>* files) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int number = -1;
      std::memcpy(&number, CMSG_DATA(part) + i * sizeof(int), sizeof number);
      file_descriptor file(number);
      if (files != nullptr) files->push_back(std::move(file));
    }
  }
}

}  // namespace

file_descriptor listen_at(const std::string& path) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  if (path.size() >= sizeof name.sun_path) throw guest_error(fmt::format("{}: too long for a socket's name", path));
  std::copy(path.begin(), path.end(), name.sun_path);
  file_descriptor listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!listener.open()) socket_failed("socket");
  if (::bind(listener.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) socket_failed(path);
  if (::listen(listener.get(), 4) != 0) socket_failed(path);
  return listener;
}

file_descriptor accept_one(int listener) {
  for (;;) {
    const int number = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (number >= 0) return file_descriptor(number);
    if (errno != EINTR) socket_failed("accept");
  }
}

void receive_all(int socket, std::span<std::byte> to, std::vector<file_descriptor>* files) {
  alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(most_files * sizeof(int))> room{};
  while (!to.empty()) {
    iovec piece{to.data(), to.size()};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = room.data();
    message.msg_controllen = room.size();
    const ssize_t n = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (n < 0 && errno == EINTR) continue;
    if (n == 0 || (n < 0 && errno == ECONNRESET)) throw guest_gone();
    if (n < 0) socket_failed("recvmsg");
    take_files(message, files);
    to = to.subspan(static_cast<std::size_t>(n));
  }
}

void send_all(int socket, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EPIPE || errno == ECONNRESET)) throw guest_gone();
    if (n < 0) socket_failed("send");
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
}

}  // namespace ringside::tlm

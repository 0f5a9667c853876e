// SPDX-License-Identifier: Apache-2.0
// Which protocol makes the socket for a type and a protocol number (inetsw of net/ipv4/af_inet.c).
//
// Owner: net_stack, which registers each protocol that has sockets.  Caller: the system call socket().
#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "sw/stack/sock.h"

namespace ringside::stack {

class socket_protocols {
 public:
  /// Makes one of the protocol number asked for; null with an error of its own.
  using maker = std::function<sock_ptr(const sock::environment&, int protocol, const credentials& who, long& error)>;

  explicit socket_protocols(const sock::environment& around) : around_(around) {}

  /// The one registered first is the one that protocol 0 means.  A row of protocol 0 takes any other number.
  void inet_register_protosw(const sock::kind& what, maker make) { rows_.emplace_back(what, std::move(make)); }
  /// The one kind of packet socket there is: SOCK_RAW of protocol 0, which receives nothing (sock_register).
  void register_packet(maker make) { packet_ = std::move(make); }
  /// Of AF_INET, or AF_PACKET: -ESOCKTNOSUPPORT, and -EPROTONOSUPPORT for one that would receive (packet_create).
  sock_ptr create(int family, const sock::kind& what, const credentials& who, long& error) const {
    if (family == abi::af_inet) return create(what, who, error);
    error = what.type != abi::sock_raw ? -ESOCKTNOSUPPORT : what.protocol != 0 ? -EPROTONOSUPPORT : 0;
    if (error == 0 && !packet_) error = -EAFNOSUPPORT;
    return error == 0 ? packet_(around_, what.protocol, who, error) : nullptr;
  }
  /// A socket, or null with -EPROTONOSUPPORT, -ESOCKTNOSUPPORT, or -EPERM of a raw one without CAP_NET_RAW
  /// (inet_create).
  sock_ptr create(const sock::kind& what, const credentials& who, long& error) const {
    error = -ESOCKTNOSUPPORT;
    for (const auto& [row, make] : rows_) {
      if (row.type != what.type) continue;
      error = 0;
      const bool any = row.protocol == 0;
      const bool meant = any ? what.protocol != 0 : what.protocol == 0 || what.protocol == row.protocol;
      if (meant && what.type == abi::sock_raw && !who.net_raw) error = -EPERM;
      if (meant) return error != 0 ? nullptr : make(around_, any ? what.protocol : row.protocol, who, error);
      error = -EPROTONOSUPPORT;
    }
    return nullptr;
  }

 private:
  sock::environment around_;
  std::vector<std::pair<sock::kind, maker>> rows_;
  maker packet_;
};

}  // namespace ringside::stack

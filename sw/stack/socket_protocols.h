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
  using maker = std::function<sock_ptr(const sock::environment&)>;

  explicit socket_protocols(const sock::environment& around) : around_(around) {}

  /// The one registered first is the one that protocol 0 means.
  void inet_register_protosw(const sock::kind& what, maker make) { rows_.emplace_back(what, std::move(make)); }
  /// A socket, or null with -EPROTONOSUPPORT or -ESOCKTNOSUPPORT (inet_create).
  sock_ptr create(const sock::kind& what, long& error) const {
    error = -ESOCKTNOSUPPORT;
    for (const auto& [row, make] : rows_) {
      if (row.type != what.type) continue;
      error = 0;
      if (what.protocol == 0 || what.protocol == row.protocol) return make(around_);
      error = -EPROTONOSUPPORT;
    }
    return nullptr;
  }

 private:
  sock::environment around_;
  std::vector<std::pair<sock::kind, maker>> rows_;
};

}  // namespace ringside::stack

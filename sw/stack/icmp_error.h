// SPDX-License-Identifier: Apache-2.0
// What an ICMP error is to a socket: an errno, and whether it is fatal (icmp_err_convert of Linux 6.1's
// net/ipv4/icmp.c; UE-1).
//
// Callers: the error handlers of UDP, raw and ping sockets.
#pragma once

#include <cerrno>
#include <cstdint>

#include "sw/stack/icmp_numbers.h"

namespace ringside::stack {

struct icmp_errno {
  int number = EHOSTUNREACH;
  bool fatal = false;  // told to a connected socket that did not ask for errors
};

/// Of a time exceeded, a parameter problem or a destination unreachable; of others what all get that have no row.
icmp_errno errno_of(std::uint8_t type, std::uint8_t code);

}  // namespace ringside::stack

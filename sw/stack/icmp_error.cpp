// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/icmp_error.h"

#include <array>

namespace ringside::stack {
namespace {

// By the code of a destination unreachable.
constexpr std::array<icmp_errno, 16> unreachable_errors{{{ENETUNREACH, false},
                                                         {EHOSTUNREACH, false},
                                                         {ENOPROTOOPT, true},
                                                         {ECONNREFUSED, true},
                                                         {EMSGSIZE, false},
                                                         {EOPNOTSUPP, false},
                                                         {ENETUNREACH, true},
                                                         {EHOSTDOWN, true},
                                                         {ENONET, true},
                                                         {ENETUNREACH, true},
                                                         {EHOSTUNREACH, true},
                                                         {ENETUNREACH, false},
                                                         {EHOSTUNREACH, false},
                                                         {EHOSTUNREACH, true},
                                                         {EHOSTUNREACH, true},
                                                         {EHOSTUNREACH, true}}};

}  // namespace

icmp_errno errno_of(std::uint8_t type, std::uint8_t code) {
  if (type == icmp_type::parameter_problem) return {EPROTO, true};
  if (type == icmp_type::unreachable && code < unreachable_errors.size()) return unreachable_errors[code];
  return {};
}

}  // namespace ringside::stack

// SPDX-License-Identifier: Apache-2.0
// The stack of a test has the address that frames.h sends to.
#pragma once

#include "sw/stack/config.h"
#include "tests/sw/frames.h"

namespace ringside::test {

inline stack::stack_config at_own_address(stack::stack_config settings) {
  settings.addresses = {{own_address, 24}};
  return settings;
}

/// The same stack, which answers nobody: what comes in is all there is.
inline stack::stack_config silent(stack::stack_config settings = {}) {
  settings.ipv4.echo_ignore_all = true;
  settings.ipv4.icmp_msgs_per_sec = 0;
  settings.neighbours.arp_ignore = 8;
  return settings;
}

}  // namespace ringside::test

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

}  // namespace ringside::test

// SPDX-License-Identifier: Apache-2.0
// What IPv4, UDP and TCP do with a packet while GRO has it: no merging, but its checksum is known behind it.
//
// Owner: net_stack.  Caller: kernel::gro, in the poll.  Follows inet_gro_receive, udp4_gro_receive and tcp4_gro_receive
// of Linux 6.1 as far as they look at the sum (GR-10).
#pragma once

#include "sw/kernel/host.h"
#include "sw/stack/sk_buff.h"

namespace ringside::stack {

/// CHECKSUM_UNNECESSARY when the sum is right, or a UDP datagram has none; otherwise the packet goes on as it is, and
/// so does one the card has verified.  Its data start behind the Ethernet header.
void inet_gro_receive(kernel::host& machine, sk_buff& skb);

}  // namespace ringside::stack

// SPDX-License-Identifier: Apache-2.0
// What a machine's administrator sets of its network stack, and what an application is started with.
//
// Plain data, so that a scenario can hold it; each part is read by the class it is named after.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "common/time.h"
#include "sw/stack/bytes.h"

namespace ringside::stack {

struct ipv4_interface_address {
  ipv4_address address = 0;
  unsigned prefix_bits = 24;
  friend bool operator==(const ipv4_interface_address&, const ipv4_interface_address&) = default;
};

/// net.core.*: what sockets begin with, and what they may ask for, in bytes.
struct sock_limits {
  std::size_t rmem_default = 212992;
  std::size_t rmem_max = 212992;
  std::size_t wmem_default = 212992;
  std::size_t wmem_max = 212992;
  friend bool operator==(const sock_limits&, const sock_limits&) = default;
};

/// Of class ip_fragments: net.ipv4.ipfrag_*.
struct fragment_config {
  sim_time timeout = 30 * second;       // ipfrag_time; from the first fragment that arrives
  std::size_t memory_limit = 4U << 20;  // ipfrag_high_thresh: held, may be exceeded by one; 0: refuse all
  std::uint32_t max_distance = 64;      // ipfrag_max_dist: fragments of one sender; 0 = no limit
  friend bool operator==(const fragment_config&, const fragment_config&) = default;
};

/// Of class net_stack.
struct stack_config {
  std::vector<ipv4_interface_address> addresses{{0x0A000002, 24}};  // 10.0.0.2/24
  std::vector<ipv4_address> groups;                                 // joined multicast groups
  std::vector<std::uint16_t> vlans;                                 // 802.1Q
  std::vector<std::uint16_t> service_vlans;                         // 802.1ad
  sock_limits sockets;
  fragment_config fragments;
  friend bool operator==(const stack_config&, const stack_config&) = default;
};

/// How an application waits for data.
enum class app_wait : std::uint8_t {
  recv,  // recvmsg blocks; for several sockets as poll
  select,
  poll,
  epoll_level,
  epoll_edge,
  epoll_oneshot
};

/// Of class app.
struct app_config {
  std::string name = "app";
  unsigned cpu = 0;
  ipv4_address address = 0;                // 0 = any
  std::vector<std::uint16_t> ports{5001};  // iperf's default
  app_wait wait = app_wait::recv;
  std::size_t read_buffer = 65536;
  friend bool operator==(const app_config&, const app_config&) = default;
};

}  // namespace ringside::stack

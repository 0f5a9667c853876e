// SPDX-License-Identifier: Apache-2.0
// How many ICMP messages may leave: of all together and to each host (icmp_global_allow, inet_peer_xrlim_allow;
// IC-2).
//
// Owner: icmp_layer.
#pragma once

#include <cstdint>
#include <map>

#include "sw/kernel/entropy.h"
#include "sw/stack/bytes.h"
#include "sw/stack/config.h"

namespace ringside::stack {

class icmp_limits {
 public:
  icmp_limits(const ipv4_sysctls& settings, kernel::entropy_stream& numbers) : settings_(settings), numbers_(numbers) {}

  /// Whether messages of the kind are limited at all (icmpv4_mask_allow).
  bool limits(std::uint8_t type, std::uint8_t code) const;
  /// A token for one more of all; takes none yet (icmp_global_allow).
  bool global_allow(std::uint64_t jiffies);
  /// Takes none, one or two, by chance, so that nobody can count what others get (icmp_global_consume).
  void global_consume() { credit_ -= static_cast<std::int64_t>(numbers_.below(3)); }
  /// One per icmp_ratelimit to each host, six at once after a pause (inet_peer_xrlim_allow).
  bool peer_allow(ipv4_address peer, std::uint64_t jiffies);

 private:
  struct peer {
    std::uint64_t tokens;
    std::uint64_t last;
  };

  ipv4_sysctls settings_;
  kernel::entropy_stream& numbers_;
  std::int64_t credit_ = 0;
  std::uint64_t stamp_ = 0;  // jiffies: when there was more the last time
  bool begun_ = false;
  std::map<ipv4_address, peer> peers_;
};

}  // namespace ringside::stack

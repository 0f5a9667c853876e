// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/icmp_limits.h"

#include <algorithm>

#include "sw/kernel/jiffies.h"
#include "sw/stack/icmp_numbers.h"

namespace ringside::stack {

namespace {
constexpr std::uint64_t jiffies_per_second = second / kernel::jiffy;
constexpr std::uint64_t burst_factor = 6;  // XRLIM_BURST_FACTOR
}  // namespace

bool icmp_limits::limits(std::uint8_t type, std::uint8_t code) const {
  if (type > icmp_type::last_known) return false;
  // Path MTU discovery is never held up.
  if (type == icmp_type::unreachable && code == icmp_code::fragmentation_needed) return false;
  return (settings_.icmp_ratemask >> type & 1) != 0;
}

bool icmp_limits::global_allow(std::uint64_t jiffies) {
  if (credit_ > 0) return true;
  // At the first one as much has passed as counts: Linux' jiffies begin five minutes before they turn over.
  const std::uint64_t delta = begun_ ? std::min(jiffies - stamp_, jiffies_per_second) : jiffies_per_second;
  if (delta < jiffies_per_second / 50) return false;
  const std::uint64_t more = settings_.icmp_msgs_per_sec * delta / jiffies_per_second;
  if (more == 0) return false;
  begun_ = true;
  stamp_ = jiffies;
  credit_ = std::min(credit_ + static_cast<std::int64_t>(more), static_cast<std::int64_t>(settings_.icmp_msgs_burst));
  return true;
}

bool icmp_limits::peer_allow(ipv4_address address, std::uint64_t jiffies) {
  const std::uint64_t timeout = kernel::to_jiffies(settings_.icmp_ratelimit);
  // inet_getpeer: of a new one the last message is a minute ago.
  peer& p = peers_.try_emplace(address, peer{60 * jiffies_per_second, jiffies}).first->second;
  p.tokens = std::min(p.tokens + jiffies - p.last, burst_factor * timeout);
  p.last = jiffies;
  if (p.tokens < timeout) return false;
  p.tokens -= timeout;
  return true;
}

}  // namespace ringside::stack

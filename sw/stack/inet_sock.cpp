// SPDX-License-Identifier: Apache-2.0
// Options of level SOL_IP (do_ip_setsockopt, do_ip_getsockopt).
#include "sw/stack/inet_sock.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace ringside::stack {

namespace {

// rt_tos2priority: ip_tos2prio by (tos >> 1) & 15 (QD-3).
constexpr std::array<std::uint8_t, 16> priority_of_tos{0, 0, 0, 0, 2, 2, 2, 2, 6, 6, 6, 6, 4, 4, 4, 4};

// As do_ip_setsockopt takes it: a whole int, or one byte.
bool number_of(std::span<const std::byte> value, int& number) {
  if (value.size() >= sizeof number) {
    std::memcpy(&number, value.data(), sizeof number);
    return true;
  }
  if (value.empty()) return false;
  number = std::to_integer<int>(value.front());
  return true;
}

}  // namespace

// The two low bits are ECN's, which a datagram socket may set as well (__ip_sock_set_tos).
void inet_sock::set_tos(int value) {
  if (tos == static_cast<std::uint8_t>(value)) return;
  tos = static_cast<std::uint8_t>(value);
  sk_priority = priority_of_tos[(tos >> 1) & 15];
  route.reset();
}

long inet_sock::protocol_setsockopt(int level, int name, std::span<const std::byte> value, const credentials& /*who*/) {
  if (level != abi::sol_ip) return -ENOPROTOOPT;
  int number = 0;
  if (!number_of(value, number)) return -EINVAL;
  long result = 0;
  lock_sock();
  switch (name) {
    case abi::ip_tos:
      set_tos(number);
      break;
    case abi::ip_ttl:
      if (number != -1 && (number < 1 || number > 255))
        result = -EINVAL;
      else
        ttl = number == -1 ? 0 : static_cast<std::uint8_t>(number);
      break;
    case abi::ip_mtu_discover:
      if (number < abi::ip_pmtudisc_dont || number > abi::ip_pmtudisc_omit)
        result = -EINVAL;
      else
        pmtudisc = number;
      break;
    case abi::ip_recverr:
      recverr = number != 0;
      if (!recverr) sk_error_queue.clear();
      break;
    case abi::ip_recvttl:
      recvttl = number != 0;
      break;
    case abi::ip_multicast_ttl:
      if (number < -1 || number > 255)
        result = -EINVAL;
      else
        mc_ttl = number == -1 ? 1 : static_cast<std::uint8_t>(number);
      break;
    case abi::ip_multicast_loop:
      mc_loop = number != 0;
      break;
    default:
      result = -ENOPROTOOPT;
  }
  release_sock();
  return result;
}

long inet_sock::protocol_getsockopt(int level, int name, std::span<std::byte>& value) {
  if (level != abi::sol_ip) return -ENOPROTOOPT;
  const auto give = [&value](int number) {
    value = value.first(std::min(value.size(), sizeof number));
    std::memcpy(value.data(), &number, value.size());
    return 0L;
  };
  switch (name) {
    case abi::ip_tos:
      return give(tos);
    case abi::ip_ttl:
      return give(time_to_live());
    case abi::ip_mtu_discover:
      return give(pmtudisc);
    case abi::ip_recverr:
      return give(recverr ? 1 : 0);
    case abi::ip_recvttl:
      return give(recvttl ? 1 : 0);
    case abi::ip_multicast_ttl:
      return give(mc_ttl);
    case abi::ip_multicast_loop:
      return give(mc_loop ? 1 : 0);
    default:
      return -ENOPROTOOPT;
  }
}

}  // namespace ringside::stack

// SPDX-License-Identifier: Apache-2.0
// Types and codes of ICMP messages, by the RFCs that number them.
#pragma once

#include <cstdint>

namespace ringside::stack {

// RFC 792, RFC 950 (address masks), RFC 8335 (extended echo).
namespace icmp_type {
inline constexpr std::uint8_t echo_reply = 0;
inline constexpr std::uint8_t unreachable = 3;
inline constexpr std::uint8_t source_quench = 4;
inline constexpr std::uint8_t redirect = 5;
inline constexpr std::uint8_t echo = 8;
inline constexpr std::uint8_t time_exceeded = 11;
inline constexpr std::uint8_t parameter_problem = 12;
inline constexpr std::uint8_t timestamp = 13;
inline constexpr std::uint8_t timestamp_reply = 14;
inline constexpr std::uint8_t address_mask = 17;
inline constexpr std::uint8_t address_mask_reply = 18;
inline constexpr std::uint8_t last_known = 18;  // NR_ICMP_TYPES
inline constexpr std::uint8_t extended_echo = 42;
inline constexpr std::uint8_t extended_echo_reply = 43;
constexpr bool is_error(std::uint8_t type) {  // icmp_pointers[].error
  return type == unreachable || type == source_quench || type == redirect || type == time_exceeded ||
         type == parameter_problem;
}
}  // namespace icmp_type

/// Codes of `unreachable`.
namespace icmp_code {
inline constexpr std::uint8_t host_unreachable = 1;
inline constexpr std::uint8_t protocol_unreachable = 2;
inline constexpr std::uint8_t port_unreachable = 3;
inline constexpr std::uint8_t fragmentation_needed = 4;
inline constexpr std::uint8_t last_known = 15;      // NR_ICMP_UNREACH
inline constexpr std::uint8_t reassembly_time = 1;  // of time_exceeded: ICMP_EXC_FRAGTIME
}  // namespace icmp_code

}  // namespace ringside::stack

// SPDX-License-Identifier: Apache-2.0
// The identification of IPv4 packets that have no connection to count them (__ip_select_ident of Linux 6.1; IP-3).
//
// Owner: ip_output.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

#include "sw/kernel/entropy.h"
#include "sw/stack/bytes.h"

namespace ringside::stack {

class ip_ident {
 public:
  static constexpr std::uint32_t buckets = 2048;  // least of ip_idents; Linux has more by the size of memory

  explicit ip_ident(kernel::entropy_stream& numbers)
      : numbers_(numbers), key_(numbers.secret()), contents_(numbers.secret()) {}

  /// The next one from a bucket chosen by the addresses and the protocol: one more than the last, and as much more by
  /// chance as jiffies have passed since, at most.
  std::uint16_t next(ipv4_address destination, ipv4_address source, std::uint8_t protocol, std::uint64_t jiffies);

 private:
  struct bucket {
    std::uint32_t id;
    std::uint32_t stamp = 0;  // jiffies of its last use
  };

  kernel::entropy_stream& numbers_;
  kernel::siphash_key key_;       // ip_id_key
  kernel::siphash_key contents_;  // what the buckets begin with, by their number
  std::map<std::uint32_t, bucket> used_;
};

}  // namespace ringside::stack

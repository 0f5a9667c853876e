// SPDX-License-Identifier: Apache-2.0
#include "common/reconfiguration.h"

#include <array>

namespace ringside {

std::string_view name(reconfiguration what) {
  static constexpr auto names = std::to_array<std::string_view>(
      {"ring", "mtu", "promisc", "allmulti", "mcast+", "mcast-", "ucast+", "ucast-", "vlan+", "vlan-", "rx_csum",
       "vlan_strip", "store_bad", "pthresh", "hthresh", "wthresh"});
  static_assert(names.size() == static_cast<std::size_t>(reconfiguration::count));
  return names.at(static_cast<std::size_t>(what));
}

}  // namespace ringside

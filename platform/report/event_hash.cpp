// SPDX-License-Identifier: Apache-2.0
#include "platform/report/event_hash.h"

namespace ringside::platform {

// Finaliser of MurmurHash3 (Appleby 2011): every bit of the state reaches every bit of the result.
std::uint64_t event_hash::value() const {
  std::uint64_t all = events_;
  for (const std::uint64_t lane : lanes_) {
    std::uint64_t z = all * 3 ^ lane;
    z = (z ^ (z >> 33)) * 0xFF51AFD7ED558CCDULL;
    z = (z ^ (z >> 33)) * 0xC4CEB9FE1A85EC53ULL;
    all = z ^ (z >> 33);
  }
  return all;
}

}  // namespace ringside::platform

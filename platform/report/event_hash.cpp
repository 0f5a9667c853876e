#include "platform/report/event_hash.h"

namespace ringside::platform {

// Finaliser of MurmurHash3 (Appleby 2011): every bit of the state reaches every bit of the result.
std::uint64_t event_hash::value() const {
  std::uint64_t z = state_ ^ events_;
  z = (z ^ (z >> 33)) * 0xFF51AFD7ED558CCDULL;
  z = (z ^ (z >> 33)) * 0xC4CEB9FE1A85EC53ULL;
  return z ^ (z >> 33);
}

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
#include "contract/breach_log.h"

#include <algorithm>
#include <utility>

namespace ringside::contract {

std::vector<event> breach_log::ring::in_order() const {
  std::vector<event> result;
  for (std::size_t i = count - std::min(count, kept_actions); i < count; ++i)
    result.push_back(*actions[i % kept_actions]);
  return result;
}

void breach_log::ring::keep() {
  for (std::size_t i = 0; i < std::min(count, kept_actions); ++i) {
    if (actions[i] == &copies[i]) continue;
    copies[i] = *actions[i];
    actions[i] = &copies[i];
  }
}

void breach_log::trip(rule broken, sim_time time, std::string sentence, const subject& about) {
  if (off_.test(static_cast<std::size_t>(broken))) return;
  ++count_;
  if (breaches_.size() >= kept_breaches) return;
  breaches_.push_back({broken, time, nic_, about.frame, about.descriptor, about.address, std::move(sentence),
                       hardware_.in_order(), driver_.in_order()});
}

}  // namespace ringside::contract

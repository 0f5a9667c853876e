// SPDX-License-Identifier: Apache-2.0
#include "tools/oracle/seed_outcome.h"

#include <nlohmann/json.hpp>

namespace ringside::oracle {

std::string to_text(const std::vector<seed_outcome>& outcomes) {
  nlohmann::json all = nlohmann::json::array();
  for (const seed_outcome& o : outcomes)
    all.push_back({{"seed", o.seed},
                   {"differences", o.differences},
                   {"forgiven", o.forgiven},
                   {"accesses", o.accesses},
                   {"offered", o.offered},
                   {"received", o.received},
                   {"sent", o.sent}});
  return all.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::vector<seed_outcome> outcomes_from(const std::string& text) {
  std::vector<seed_outcome> all;
  for (const nlohmann::json& o : nlohmann::json::parse(text)) {
    seed_outcome& to = all.emplace_back();
    o.at("seed").get_to(to.seed);
    o.at("differences").get_to(to.differences);
    o.at("forgiven").get_to(to.forgiven);
    o.at("accesses").get_to(to.accesses);
    o.at("offered").get_to(to.offered);
    o.at("received").get_to(to.received);
    o.at("sent").get_to(to.sent);
  }
  return all;
}

}  // namespace ringside::oracle

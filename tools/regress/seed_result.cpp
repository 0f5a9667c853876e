// SPDX-License-Identifier: Apache-2.0
#include "tools/regress/seed_result.h"

#include <nlohmann/json.hpp>

namespace ringside::platform {

using json = nlohmann::json;

std::string seed_result::first_failure() const {
  const std::string line = !breaches.empty()     ? "contract: " + breaches.front()
                           : !complaints.empty() ? complaints.front()
                                                 : std::string{};
  return line.substr(0, line.find('\n'));
}

std::string to_text(const seed_result& r) {
  return json{{"seed", r.seed},
              {"mix", r.mix},
              {"hash", r.hash},
              {"complaints", r.complaints},
              {"breaches", r.breaches},
              {"frames", r.frames},
              {"coverage", r.coverage},
              {"failed_at", r.failed_at},
              {"failed_frame", r.failed_frame},
              {"wall_us", r.wall_us}}
      .dump(-1, ' ', false, json::error_handler_t::replace);
}

seed_result result_from(const std::string& text) {
  const json in = json::parse(text);
  seed_result r;
  in.at("seed").get_to(r.seed);
  in.at("mix").get_to(r.mix);
  in.at("hash").get_to(r.hash);
  in.at("complaints").get_to(r.complaints);
  in.at("breaches").get_to(r.breaches);
  in.at("frames").get_to(r.frames);
  in.at("coverage").get_to(r.coverage);
  in.at("failed_at").get_to(r.failed_at);
  in.at("failed_frame").get_to(r.failed_frame);
  in.at("wall_us").get_to(r.wall_us);
  return r;
}

}  // namespace ringside::platform

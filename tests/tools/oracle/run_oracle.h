// SPDX-License-Identifier: Apache-2.0
// `ringside oracle` as a function: what it prints, taken apart.
#pragma once

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "tools/oracle/oracle_command.h"

namespace ringside::oracle {

struct outcome {
  int status = 0;
  std::string out, err;
  nlohmann::json json;
};

inline outcome oracle(platform::oracle_request request, const std::function<void(case_result&)>& spoil = {}) {
  std::ostringstream out, err;
  request.json = "-";
  outcome o;
  o.status = oracle_command(request, {.out = out, .err = err, .spoil = spoil});
  o.out = out.str();
  o.err = err.str();
  if (!o.out.empty()) o.json = nlohmann::json::parse(o.out);
  return o;
}

}  // namespace ringside::oracle

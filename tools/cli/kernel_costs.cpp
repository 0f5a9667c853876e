// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/kernel_costs.h"

#include "sw/kernel/cost.h"

namespace ringside::platform {

std::vector<cost_key> kernel_cost_keys() {
  std::vector<cost_key> out;
  for (std::size_t i = 0; i < kernel::cost_count; ++i) {
    const kernel::cost_info& row = kernel::info(static_cast<kernel::cost>(i));
    out.push_back({std::string(row.name), row.default_value,
                   row.unit == kernel::cost_unit::cycles ? "cycles" : "1/16 cycle/B", std::string(row.source)});
  }
  return out;
}

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
#include "common/reconfiguration.h"

#include <array>

namespace ringside {

namespace {

struct row {
  std::string_view word;
  reconfiguration_operand operand;
};

constexpr auto rows = std::to_array<row>({
#define RECONFIGURATION(name, word, operand) {word, reconfiguration_operand::operand},
#include "common/reconfigurations.inc"
#undef RECONFIGURATION
});

}  // namespace

std::string_view name(reconfiguration what) {
  return rows.at(static_cast<std::size_t>(what)).word;
}

reconfiguration_operand operand_of(reconfiguration what) {
  return rows.at(static_cast<std::size_t>(what)).operand;
}

}  // namespace ringside

// SPDX-License-Identifier: Apache-2.0
#include "common/drop_reason.h"

#include <array>
#include <cstddef>

namespace ringside {
namespace {
constexpr auto names = std::to_array<std::string_view>({
#define DROP_REASON(name) #name,
#include "common/drop_reasons.inc"
#undef DROP_REASON
});
}  // namespace

std::string_view name(drop_reason reason) {
  return names.at(static_cast<std::size_t>(reason));
}

}  // namespace ringside

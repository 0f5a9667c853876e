// SPDX-License-Identifier: Apache-2.0
// Why a frame was dropped: one list (drop_reasons.inc) for chip, driver and stack, since every frame has exactly one
// fate.
#pragma once

#include <cstdint>
#include <string_view>

namespace ringside {

enum class drop_reason : std::uint8_t {
#define DROP_REASON(name) name,
#include "common/drop_reasons.inc"
#undef DROP_REASON
  count
};

/// Name as printed in frames.dropped.<name>; "none" for none.
std::string_view name(drop_reason reason);

}  // namespace ringside

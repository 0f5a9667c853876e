// SPDX-License-Identifier: Apache-2.0
#include "common/event.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace ringside {
namespace {

enum class shown_as : std::uint8_t { frame, moment, other };

constexpr auto stages = std::to_array<stage_info>({
#define STAGE(name, where, reference, shown) \
  {stage::name, #name, lane::where, reference, shown_as::shown != shown_as::other, shown_as::shown == shown_as::frame},
#include "common/stages.inc"
#undef STAGE
});

}  // namespace

const stage_info& info(stage what) {
  return stages.at(static_cast<std::size_t>(what));
}

stage stage_by_name(std::string_view name) {
  for (const stage_info& row : stages)
    if (row.name == name) return row.what;
  return stage::count;
}

}  // namespace ringside

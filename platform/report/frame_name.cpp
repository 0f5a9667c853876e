// SPDX-License-Identifier: Apache-2.0
#include "platform/report/frame_name.h"

#include <fmt/format.h>

namespace ringside::platform {

std::string frame_name(frame_id id) {
  const auto counted = [id](std::string_view kind) {
    return wire_of(id) == 0 ? fmt::format("{} {}", kind, number_of(id))
                            : fmt::format("{} {}.{}", kind, wire_of(id), number_of(id));
  };
  switch (kind_of(id)) {
    case frame_kind::made:
      return counted("made");
    case frame_kind::derived:
      return counted("derived");
    default:
      return std::to_string(id);
  }
}

}  // namespace ringside::platform

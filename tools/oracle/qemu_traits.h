// SPDX-License-Identifier: Apache-2.0
// What changed in QEMU's e1000 from version to version, as far as the comparison meets it.
#pragma once

#include <cstddef>
#include <string_view>

#include "common/ethernet.h"

namespace ringside::oracle {

struct qemu_traits {
  /// Longest frame with LPE=0, DA..FCS (V-70).
  std::size_t longest = ethernet::longest_frame + ethernet::fcs_bytes;
  /// BPRC and MPRC count by what the filter matched, not by the address (V-71).
  bool groups_by_filter = true;
};

/// Of "QEMU emulator version 7.2.22 (...)": up to 7.x, and from 8 on.
constexpr qemu_traits traits_of(std::string_view version) {
  constexpr std::string_view before = "version ";
  const auto at = version.find(before);
  if (at == std::string_view::npos) return {};
  unsigned major = 0;
  for (std::size_t i = at + before.size(); i < version.size() && version[i] >= '0' && version[i] <= '9'; ++i)
    major = major * 10 + static_cast<unsigned>(version[i] - '0');
  return major >= 8 ? qemu_traits{.longest = ethernet::longest_frame, .groups_by_filter = false} : qemu_traits{};
}

}  // namespace ringside::oracle

// SPDX-License-Identifier: Apache-2.0
// What a frame on a wire shows of itself: its FCS, its length, its kind.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "common/ethernet.h"

namespace ringside::tlm {

/// IEEE 802.3 3.2.9, in the order of the wire.
std::array<std::uint8_t, ethernet::fcs_bytes> fcs_of(std::span<const std::uint8_t> covered);

/// Of a frame that ends in its FCS.
bool fcs_is_right(std::span<const std::uint8_t> frame);

/// The wire_mark bits of a frame DA..FCS that its bytes tell; longer than `longest` is oversize.
std::uint64_t marks_of(std::span<const std::uint8_t> frame, std::uint32_t longest);
/// The same of who knows whether its FCS is right.
std::uint64_t marks_of(std::span<const std::uint8_t> frame, std::uint32_t longest, bool fcs_right);

}  // namespace ringside::tlm

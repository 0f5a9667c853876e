// SPDX-License-Identifier: Apache-2.0
// The register bus at the ports of a block: e1000_pkg::reg_req_t as Verilator packs it.  Called by the benches of the
// blocks that have registers.
#pragma once

#include <cstdint>

namespace ringside::rtl_test {

/// The strobes among the bits of a reg_req_t: no access without one of them.
constexpr std::uint64_t reg_strobes = 3;

/// A read of the register at byte offset `address`.
constexpr std::uint64_t reg_read(std::uint32_t address) {
  return std::uint64_t{address} << 2 | 1;
}

/// A write of `value` to the register at byte offset `address`.
constexpr std::uint64_t reg_write(std::uint32_t address, std::uint32_t value) {
  return std::uint64_t{value} << 19 | std::uint64_t{address} << 2 | 2;
}

}  // namespace ringside::rtl_test

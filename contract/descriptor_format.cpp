// SPDX-License-Identifier: Apache-2.0
#include "contract/descriptor_format.h"

namespace ringside::contract {
namespace {

constexpr std::uint32_t reserved_status = 0x10;  // FS 5.1: bit 4
// FS 5.2: SE, SEQ, bit 3 and CXE are 0 on the 82540.
constexpr std::uint32_t reserved_errors = rxd_error::SE | rxd_error::SEQ | 0x08 | rxd_error::CXE;

format_verdict judge_end_of_packet(write_back d, const nic_registers& registers) {
  const std::uint32_t status = d.status();
  const std::uint32_t errors = d.errors();
  if ((status & reserved_status) != 0 || (errors & reserved_errors) != 0)
    return {rule::R_24, "reserved status or error bits are set"};
  if (!registers.store_bad() && (errors & (rxd_error::CE | rxd_error::RXE)) != 0)
    return {rule::N_4, "CE or RXE with SBP = 0"};
  const bool ip = (status & rxd_status::IPCS) != 0;
  const bool transport = (status & rxd_status::TCPCS) != 0;
  if (((status & rxd_status::IXSM) == 0) != (ip || transport)) return {rule::R_82, "IXSM contradicts IPCS and TCPCS"};
  const std::uint32_t offloads = registers.rxcsum_seen();
  if ((ip || (errors & rxd_error::IPE) != 0) && (offloads & rxcsum::IPOFL) == 0)
    return {rule::R_84, "IPCS or IPE without IPOFL"};
  if ((transport || (errors & rxd_error::TCPE) != 0) && (offloads & rxcsum::TUOFL) == 0)
    return {rule::R_84, "TCPCS or TCPE without TUOFL"};
  const bool tagged = (status & rxd_status::VP) != 0;
  if (tagged && !registers.vlan_strip_seen()) return {rule::R_43, "VP with CTRL.VME = 0"};
  if (!tagged && d.special() != 0) return {rule::R_43, "a VLAN tag without VP"};
  return {};
}

}  // namespace

format_verdict judge_format(write_back d, const nic_registers& registers) {
  if (d.end_of_packet()) return judge_end_of_packet(d, registers);
  if (d.status() != rxd_status::DD || d.errors() != 0 || d.special() != 0)
    return {rule::R_23, "a non-EOP descriptor has more than DD"};
  if (d.length() != registers.buffer_size()) return {rule::R_23, "a non-EOP descriptor's length is not BSIZE"};
  return {};
}

}  // namespace ringside::contract

// SPDX-License-Identifier: Apache-2.0
// Names of e1000_pkg::rx_reason_e for the benches.  Called by the model and the tests of the receive front.
#pragma once

namespace ringside::rtl_test::reason {

inline constexpr unsigned none = 0;
inline constexpr unsigned disabled = 1;
inline constexpr unsigned link_down = 2;
inline constexpr unsigned address = 3;
inline constexpr unsigned vlan = 4;
inline constexpr unsigned crc = 6;
inline constexpr unsigned rx_er = 7;
inline constexpr unsigned undersize = 8;
inline constexpr unsigned fragment = 9;
inline constexpr unsigned oversize = 10;
inline constexpr unsigned jabber = 11;
inline constexpr unsigned overflow = 12;

}  // namespace ringside::rtl_test::reason

// SPDX-License-Identifier: Apache-2.0
// Checksum offload and packet checksum, FS 5.3 and FS 5.4.
//
// Functions of the frame and RXCSUM; called by the mac when it stores a frame.
#pragma once

#include <cstdint>
#include <span>

namespace ringside::tlm::model {

struct checksum_result {
  bool ip_checked = false;  // IPCS
  bool ip_bad = false;      // IPE
  bool l4_checked = false;  // TCPCS
  bool l4_bad = false;      // TCPE
};

/// `packet` is DA up to the FCS, exclusive; `vlan` = it carries a tag of type VET.
checksum_result verify_checksums(std::span<const std::uint8_t> packet, bool vlan, std::uint32_t rxcsum);
/// Complement of the ones' complement sum of what is stored, from byte `start`.
std::uint16_t packet_checksum(std::span<const std::uint8_t> stored, std::uint32_t start);

}  // namespace ringside::tlm::model

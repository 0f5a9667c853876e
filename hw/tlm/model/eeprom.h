// SPDX-License-Identifier: Apache-2.0
// The EEPROM's 64 words as EERD shows them: address, ids and checksum (FS 4.3).
//
// Used by register_access; the bench has no Microwire part behind EECD.
#pragma once

#include <cstdint>

namespace ringside::tlm::model {

/// Word `at` for the address `mac` (byte 0 in bits 7:0); 0 beyond the last.
constexpr std::uint16_t eeprom_word(std::uint32_t at, std::uint64_t mac) {
  constexpr std::uint32_t subsystem = 0x0B, subsystem_vendor = 0x0C, device_id = 0x0D, vendor_id = 0x0E,
                          checksum = 0x3F;
  constexpr std::uint16_t device = 0x100E, vendor = 0x8086, whole_sum = 0xBABA;  // E-3
  if (at < 3) return static_cast<std::uint16_t>(mac >> (16 * at));
  if (at == device_id || at == subsystem) return device;  // E-4
  if (at == vendor_id || at == subsystem_vendor) return vendor;
  if (at != checksum) return 0;
  std::uint32_t sum = 0;
  for (std::uint32_t i = 0; i < checksum; ++i) sum += eeprom_word(i, mac);
  return static_cast<std::uint16_t>(whole_sum - sum);
}

}  // namespace ringside::tlm::model

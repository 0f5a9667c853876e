// SPDX-License-Identifier: Apache-2.0
// The EEPROM's words as they leave the factory: address, ids, options and checksum (FS 4.3, E-3, E-10).
//
// Used by the Microwire part, which holds them from then on.
#pragma once

#include <array>
#include <cstdint>

namespace ringside::tlm::model {

inline constexpr std::uint32_t eeprom_words = 64;
using eeprom_image = std::array<std::uint16_t, eeprom_words>;

namespace eeprom_word {
inline constexpr std::uint32_t led = 0x04, control_1 = 0x0A, subsystem = 0x0B, subsystem_vendor = 0x0C, device = 0x0D,
                               vendor = 0x0E, control_2 = 0x0F, control_3 = 0x24, checksum = 0x3F;
inline constexpr std::uint16_t APME = 1U << 10;  // of control_3
}  // namespace eeprom_word

/// The image for the address `mac` (byte 0 in bits 7:0).
constexpr eeprom_image factory_image(std::uint64_t mac) {
  constexpr std::uint16_t whole_sum = 0xBABA;  // E-3
  eeprom_image image{};
  for (unsigned i = 0; i < 3; ++i) image[i] = static_cast<std::uint16_t>(mac >> (16 * i));
  image[eeprom_word::led] = 0xFFFF;
  image[eeprom_word::control_1] = 0x6403;
  image[eeprom_word::subsystem] = image[eeprom_word::device] = 0x100E;
  image[eeprom_word::subsystem_vendor] = image[eeprom_word::vendor] = 0x8086;
  image[eeprom_word::control_2] = 0x3040;
  image[eeprom_word::control_3] = 0x4901;  // without APME
  std::uint32_t sum = 0;
  for (std::uint32_t i = 0; i < eeprom_word::checksum; ++i) sum += image[i];
  image[eeprom_word::checksum] = static_cast<std::uint16_t>(whole_sum - sum);
  return image;
}

}  // namespace ringside::tlm::model

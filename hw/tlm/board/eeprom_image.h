// SPDX-License-Identifier: Apache-2.0
// The words of an EEPROM: as they leave the factory, and as a file holds them (FS 4.3, E-3, E-10).
//
// Used by the Microwire part, by the cards, which are loaded from it, and by the machine, which reads and writes files.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace ringside::tlm {

inline constexpr std::uint32_t eeprom_words = 64;
using eeprom_image = std::array<std::uint16_t, eeprom_words>;
/// As `ethtool -e DEVICE raw on` prints it: the low byte of each word first.
using eeprom_bytes = std::array<std::uint8_t, 2 * eeprom_words>;

namespace eeprom_word {
inline constexpr std::uint32_t led = 0x04, control_1 = 0x0A, subsystem = 0x0B, subsystem_vendor = 0x0C, device = 0x0D,
                               vendor = 0x0E, control_2 = 0x0F, control_3 = 0x24, checksum = 0x3F;
inline constexpr std::uint16_t APME = 1U << 10;  // of control_3
}  // namespace eeprom_word

inline constexpr std::uint16_t eeprom_sum = 0xBABA;  // of all words (E-3)

/// Makes the last word what the sum needs.
constexpr void set_checksum(eeprom_image& image) {
  std::uint32_t sum = 0;
  for (std::uint32_t i = 0; i < eeprom_word::checksum; ++i) sum += image[i];
  image[eeprom_word::checksum] = static_cast<std::uint16_t>(eeprom_sum - sum);
}

/// Words 0 to 2, byte 0 in bits 7:0.
constexpr void set_address(eeprom_image& image, std::uint64_t mac) {
  for (unsigned i = 0; i < 3; ++i) image[i] = static_cast<std::uint16_t>(mac >> (16 * i));
}
constexpr std::uint64_t address_of(const eeprom_image& image) {
  return image[0] | std::uint64_t{image[1]} << 16 | std::uint64_t{image[2]} << 32;
}

/// The image for the address `mac`.
constexpr eeprom_image factory_image(std::uint64_t mac) {
  eeprom_image image{};
  set_address(image, mac);
  image[eeprom_word::led] = 0xFFFF;
  image[eeprom_word::control_1] = 0x6403;
  image[eeprom_word::subsystem] = image[eeprom_word::device] = 0x100E;
  image[eeprom_word::subsystem_vendor] = image[eeprom_word::vendor] = 0x8086;
  image[eeprom_word::control_2] = 0x3040;
  image[eeprom_word::control_3] = 0x4901;  // without APME
  set_checksum(image);
  return image;
}

constexpr eeprom_bytes bytes_of(const eeprom_image& image) {
  eeprom_bytes bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(image[i / 2] >> (8 * (i % 2)));
  return bytes;
}
constexpr eeprom_image image_of(std::span<const std::uint8_t, 2 * eeprom_words> bytes) {
  eeprom_image image{};
  for (std::size_t i = 0; i < image.size(); ++i)
    image[i] = static_cast<std::uint16_t>(bytes[2 * i] | bytes[2 * i + 1] << 8);
  return image;
}

}  // namespace ringside::tlm

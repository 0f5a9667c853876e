// SPDX-License-Identifier: Apache-2.0
#include "platform/scenario/eeprom_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <system_error>
#include <vector>

#include "platform/scenario/loader.h"

namespace ringside::platform {

tlm::eeprom_image read_eeprom_file(const std::string& file, const std::string& origin) {
  constexpr std::size_t wanted = tlm::eeprom_bytes{}.size();
  const std::string allowed = fmt::format("a file of {} bytes, as ethtool -e DEVICE raw on writes it", wanted);
  std::ifstream in(file, std::ios::binary);
  if (!in) throw input_error(fmt_error(origin, 0, file, std::generic_category().message(errno), allowed));
  // One byte more than it may have.
  std::vector<char> content(wanted + 1);
  in.read(content.data(), static_cast<std::streamsize>(content.size()));
  const auto length = static_cast<std::size_t>(in.gcount());
  if (length > wanted) throw input_error(fmt_error(origin, 0, file, "is longer", allowed));
  if (length < wanted) throw input_error(fmt_error(origin, 0, file, fmt::format("has {} bytes", length), allowed));
  tlm::eeprom_bytes bytes{};
  for (std::size_t i = 0; i < wanted; ++i) bytes[i] = static_cast<std::uint8_t>(content[i]);
  return tlm::image_of(bytes);
}

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
// The image of a card's EEPROM in a file, as `ethtool -e DEVICE raw on` writes it.
//
// Used by the loader for nic.eeprom.
#pragma once

#include <string>

#include "hw/tlm/board/eeprom_image.h"

namespace ringside::platform {

/// Throws input_error with one line that names the file and, as the key, `origin` and `line` of who asked for it.
tlm::eeprom_image read_eeprom_file(const std::string& file, const std::string& origin);

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/model/register_file.h"

#include "common/rng.h"

namespace ringside::tlm::model {
namespace {
// What CTRL.RST leaves alone; registers without a reset value are kept as well.
bool survives(const reg::row& row) {
  return row.offset == reg::PBA || row.offset == reg::WUS;
}
// PBA.TXA is not stored: it follows from RXA (FS 6.6).
std::uint32_t reset_value(const reg::row& row) {
  return row.offset == reg::PBA ? row.reset & pba::RXA : row.reset;
}
}  // namespace

register_file::register_file(const eeprom_image& loaded, std::uint64_t seed) : values_(bytes / 4), masks_(bytes / 4) {
  rng random(seed ^ 0x82540E00ULL);
  for (const reg::row& row : reg::table)
    for (std::uint32_t i = 0; i < row.count; ++i) {
      const std::uint32_t at = (row.offset + i * row.stride) / 4;
      masks_[at] = row.mask;
      values_[at] = row.reset_defined ? reset_value(row) : static_cast<std::uint32_t>(random.next()) & row.mask;
    }
  load(loaded);
}

void register_file::reset(const eeprom_image& loaded) {
  const std::uint32_t pins = get(reg::CTRL) & ctrl::SWDPIO;  // survive
  for (const reg::row& row : reg::table) {
    if (!row.reset_defined || survives(row)) continue;
    for (std::uint32_t i = 0; i < row.count; ++i) values_[(row.offset + i * row.stride) / 4] = row.reset;
  }
  values_[reg::CTRL / 4] |= pins;
  load(loaded);
}

//
void register_file::load(const eeprom_image& loaded) {
  if ((loaded[eeprom_word::control_3] & eeprom_word::APME) != 0) values_[reg::CTRL / 4] |= ctrl::SLU;
  load_address(address_of(loaded));
}

// RA0 comes from EEPROM words 0 to 2, valid.
void register_file::load_address(std::uint64_t mac) {
  values_[reg::RAL / 4] = static_cast<std::uint32_t>(mac);
  values_[reg::RAH / 4] = (static_cast<std::uint32_t>(mac >> 32) & rah::ADDR) | rah::AV;
}

}  // namespace ringside::tlm::model

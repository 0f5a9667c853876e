// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "hw/regs/e1000_regs.h"
#include "tools/oracle/oracle_case.h"

namespace ringside::oracle {
namespace {

constexpr std::uint32_t all_causes = (1U << 17) - 1;
constexpr unsigned writes_of_a_register = 2;
constexpr unsigned interrupt_steps = 16;
constexpr unsigned phy_steps = 12;
constexpr std::uint32_t mdic_write = 1U << 26, mdic_read = 2U << 26;

// Registers with steps of their own, or whose value is no storage: EECD is the EEPROM's pins (FS 4.1), and QEMU has no
// EEPROM that could be written.
constexpr std::array apart{reg::ICR,  reg::ICS,  reg::IMS,    reg::IMC,  reg::MDIC,
                           reg::EECD, reg::EERD, reg::STATUS, reg::RCTL, reg::TCTL};

class step_drawer {
 public:
  explicit step_drawer(rng& random) : random_(random) {}

  std::vector<register_step> draw() {
    write(reg::RCTL, 0);
    write(reg::TCTL, 0);
    read(reg::RCTL);
    read(reg::TCTL);
    interrupts();
    phy();
    eeprom();
    for (const reg::row& row : reg::table)
      if (row.access != "RC" && std::find(apart.begin(), apart.end(), row.offset) == apart.end()) storage(row);
    return std::move(steps_);
  }

 private:
  std::uint32_t any() { return static_cast<std::uint32_t>(random_.next()); }
  void write(std::uint32_t offset, std::uint32_t value) { steps_.push_back({true, offset, value}); }
  void read(std::uint32_t offset) { steps_.push_back({false, offset, 0}); }

  void storage(const reg::row& row) {
    for (unsigned n = 0; n < writes_of_a_register; ++n) {
      const std::uint32_t offset = row.offset + random_.below(row.count) * row.stride;
      std::uint32_t value = any();
      if (random_.below(4) != 0) value &= row.mask;
      if (row.offset == reg::CTRL || row.offset == reg::CTRL_DUP)
        value = (value & ~(ctrl::RST | ctrl::PHY_RST)) | ctrl::SLU;  // the link stays up
      if (row.offset == reg::CTRL_EXT) value &= ~(1U << 13);         // EE_RST
      write(offset, value);
      read(offset);
    }
  }
  void interrupts() {
    write(reg::IMC, ~0U);
    read(reg::ICR);
    for (unsigned n = 0; n < interrupt_steps; ++n) {
      const std::uint32_t some = any() & any() & all_causes;
      switch (random_.below(8)) {
        case 0:
        case 1:
          write(reg::ICS, some);
          break;
        case 2:
          write(reg::IMS, some);
          break;
        case 3:
          write(reg::IMC, some);
          break;
        case 4:
          write(reg::ICR, some);
          break;
        case 5:
          read(reg::ICS);
          break;
        case 6:
          read(reg::IMS);
          break;
        default:
          read(reg::ICR);
      }
    }
    read(reg::IMS);
    read(reg::ICR);
    read(reg::ICR);
  }
  // The one access to a PHY that is not there comes first and announces nothing: QEMU shows the access before it
  // (V-44).
  void phy() {
    write(reg::MDIC, random_.between(2, 31) << mdic::PHYADD_SHIFT | mdic_read);
    read(reg::MDIC);
    constexpr std::array<std::uint32_t, 14> numbers{0, 1, 2, 3, 4, 5, 6, 9, 10, 16, 17, 20, 4, 9};
    for (unsigned n = 0; n < phy_steps; ++n) {
      const std::uint32_t number = numbers[random_.below(numbers.size())];
      const std::uint32_t place = number << mdic::REGADD_SHIFT | 1U << mdic::PHYADD_SHIFT;
      const bool announce = random_.below(2) == 0;
      const std::uint32_t interrupt = announce ? mdic::I : 0;
      if (number == 4 || number == 9) write(reg::MDIC, (any() & 0xFFFF) | place | mdic_write | interrupt);
      write(reg::MDIC, place | mdic_read | interrupt);
      read(reg::MDIC);
      read(reg::ICR);
    }
  }
  // Words that say who the card is, and addresses behind the part; the others are the board's choice (E-10).
  void eeprom() {
    for (const std::uint32_t word : {0x00U, 0x01U, 0x02U, 0x0BU, 0x0CU, 0x0DU, 0x0EU, random_.between(0x40, 0xFF)}) {
      write(reg::EERD, word << eerd::ADDR_SHIFT | eerd::START);
      read(reg::EERD);
    }
  }

  rng& random_;
  std::vector<register_step> steps_;
};

}  // namespace

std::vector<register_step> draw_steps(rng& random) {
  return step_drawer(random).draw();
}

}  // namespace ringside::oracle

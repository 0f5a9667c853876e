// SPDX-License-Identifier: Apache-2.0
// A Microwire EEPROM of 64 words behind the pins of EECD, as FS 4.1 words it, and the PHY's registers behind MDIC
// (FS 3.2, FS 3.3).
//
// Owner: fake_nic.  Independent of hw/.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace ringside::test {

class fake_eeprom {
 public:
  fake_eeprom();

  /// A write of EECD, and what it reads as.
  void write_pins(std::uint32_t value);
  std::uint32_t read_pins() const;
  /// Word 3F so that the sum is BABA.
  void fix_sum();

  std::array<std::uint16_t, 64> words{};
  bool grant = true;     // fault: access is never granted
  bool finishes = true;  // fault: DO stays low after a write
  bool enabled = false;  // writes are (EWEN)
  unsigned writes = 0;

 private:
  void on_clock(bool data);
  void on_command();

  std::uint32_t pins_ = 0;
  bool started_ = false;
  unsigned bits_ = 0;  // behind the start bit
  std::uint32_t shifted_ = 0;
  unsigned out_left_ = 0;  // bits of `out_` still to come
  std::uint32_t out_ = 0;
  bool do_ = true;
  bool pending_write_ = false;
};

class fake_phy {
 public:
  fake_phy() { reset_all(); }

  /// A write of MDIC, and what it reads as afterwards.
  std::uint32_t access(std::uint32_t mdic);
  void reset_all();
  bool loopback() const { return (registers.at(0) & 0x4000) != 0; }

  std::map<std::uint32_t, std::uint16_t> registers;
  bool link = true;
  bool answers = true;  // fault: READY never comes
  std::vector<std::pair<std::uint32_t, std::uint16_t>> writes;
};

}  // namespace ringside::test

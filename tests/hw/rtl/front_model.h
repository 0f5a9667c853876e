// SPDX-License-Identifier: Apache-2.0
// What the fact sheet says must become of a frame at the receive front: written from FS 5 and FS 6, not from
// the RTL.  Called by tests/hw/rtl/rx_front_random_test.cpp.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "hw/regs/e1000_pins.h"
#include "tests/hw/rtl/wire_bytes.h"

namespace ringside::rtl_test {

using pins::rx_reason;

struct exact_entry {
  bytes address = bytes(6);
  bool valid = false;
  unsigned asel = 0;
};

struct front_settings {
  bool en = true, link = true, sbp = false, upe = false, mpe = false, lpe = false, bam = true;
  bool vfe = false, cfien = false, cfi = false, secrc = false, vme = false;
  unsigned mo = 0;
  std::uint16_t vet = 0x8100;
  std::uint16_t flow_type = 0x8808;
  bytes flow_address = {0x01, 0x80, 0xC2, 0x00, 0x00, 0x01};
  unsigned pcss = 0;
  std::uint32_t rctl() const;
};

struct expected_frame {
  bytes data;
  std::uint8_t status = 0;
  std::uint8_t errors = 0;
  std::uint16_t csum = 0;
  std::uint16_t special = 0;
};

struct fate {
  bool accepted = false;  // the filters took it
  rx_reason reason{};
  bool rnbc = false;
  std::optional<expected_frame> stored;
};

class front_model {
 public:
  std::array<exact_entry, 16> exact;
  std::bitset<4096> hash_table;
  std::bitset<4096> vlan_table;
  front_settings settings;
  std::size_t fifo_bytes = 48 * 1024;
  bool no_descriptors = false;

  // One frame, DA..CRC as it came over the wire.
  fate receive(const bytes& frame, bool rx_er);
  // The consumer took the oldest frame.
  void release_oldest();

  // Counter by register offset; 64-bit pairs by the offset of their low word.
  std::map<std::uint32_t, std::uint64_t> counters;

  static unsigned hash_of(const bytes& da, unsigned mo);
  static std::uint16_t packet_checksum(const bytes& stored, unsigned from);

 private:
  void count_control(const bytes& frame, bool rx_er);

  std::vector<std::size_t> occupied_;
};

}  // namespace ringside::rtl_test

// SPDX-License-Identifier: Apache-2.0
// Rounds of frames with a change of the interface before each: which frames the card takes, on the whole machine.
//
// Owned by reconfigure_test.cpp.  The expectation is that of FS 6.7, FS 6.8, FS 10.2 and FS 10.8, computed here bit by
// bit and not by the driver's code.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/wire_frame.h"
#include "tests/system/run_machine.h"

namespace ringside::test {

using ethernet_address = std::array<std::uint8_t, 6>;

ethernet_address group_of(std::uint16_t number);
ethernet_address station_of(std::uint16_t number);

/// What the interface was told, and what follows for one frame.
class expected_filter {
 public:
  explicit expected_filter(unsigned hash_offset) : hash_offset_(hash_offset) {}

  bool promiscuous = false;
  bool all_multicast = false;
  std::vector<ethernet_address> unicast;
  std::vector<ethernet_address> multicast{{0x01, 0x00, 0x5E, 0x00, 0x00, 0x01}};  // 224.0.0.1, from open
  std::set<std::uint16_t> vlans;                                                  // any turns the filter on
  std::uint32_t mtu = 1500;

  /// "" when the card takes the frame (bytes without FCS), otherwise the reason of its drop.
  std::string refusal(const std::vector<std::uint8_t>& frame) const;
  std::uint32_t hash(const ethernet_address& address) const;

 private:
  bool takes_address(const ethernet_address& address) const;

  unsigned hash_offset_;
};

/// Frames of every kind a filter tells apart; `number` makes them differ.
std::vector<std::vector<std::uint8_t>> frames_of_a_round(const expected_filter& told);

/// Runs the frames and returns for each "" (stored in the FIFO) or why it was dropped before; complaints by contract,
/// ledger and leftovers come last.
std::vector<std::string> verdicts_of(const settings& s, const std::vector<offered_frame>& frames,
                                     std::vector<std::string>& complaints);

}  // namespace ringside::test

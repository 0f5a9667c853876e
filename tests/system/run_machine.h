// SPDX-License-Identifier: Apache-2.0
// Runs a scenario on the whole machine, in a forked child, and judges what every run must satisfy.
//
// Owned by the system tests.  Judged in every run: the ledger (every frame one fate), the contract, every byte the tap
// and the application saw against the wire, and that nothing is left over after close.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/wire_frame.h"

namespace ringside::test {

using settings = std::vector<std::string>;  // "key.path=value"

struct outcome {
  std::string hash;
  std::map<std::string, std::uint64_t> count;  // offered, delivered, drop.<reason>, chip.<counter>, ...
  std::vector<std::string> complaints;         // empty in a sound run
  std::string json;                            // as --json prints it, without wall

  std::uint64_t operator[](const std::string& name) const {
    const auto found = count.find(name);
    return found == count.end() ? 0 : found->second;
  }
};

/// A probe without Linux's waits, which are 40 million clocks in which nothing happens: for runs that evaluate every
/// clock.
inline const settings quick_boot{"driver.quiesce=100us", "driver.reset_wait=20us", "driver.eeprom_delay=10ns",
                                 "driver.phy_read_delay=1us"};

/// Frames of the scenario's own source, or of `frames` when given.
outcome run_machine(const settings& s, const std::vector<offered_frame>& frames = {});
/// "" or everything a run had to complain about, one line each.
std::string complaints_of(const outcome& o);
settings operator+(settings left, const settings& right);

/// A UDP frame for the machine's address and port with `size` bytes on the wire (DA..FCS).
offered_frame udp_frame_of(std::uint32_t size, std::uint16_t sequence, sim_time earliest);

}  // namespace ringside::test

// SPDX-License-Identifier: Apache-2.0
// What an interface was told, and which frames its card must take then: FS 6.7, FS 10.2 and FS 10.8, not the driver's
// code.
//
// Made from a scenario by the scoreboard of a regression, one for each change of reconfigure.actions.
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <vector>

#include "platform/source/stimulus.h"

namespace ringside::platform {

/// The change takes the interface down and up again (FS 10.8).
bool takes_down(reconfiguration what);

class expected_interface {
 public:
  explicit expected_interface(const scenario& s);

  void apply(const reconfigure_action& change);

  /// What becomes of the frame unless room runs out.
  fate_set fates_of(const planned_frame& frame) const;
  /// How the chip drops the frame for its length, RX_ER or FCS (FS 6.8) unless it stores bad ones; none for a good
  /// frame.
  fate_set damage_of(const planned_frame& frame) const;
  /// The chip stores it, as far as its length, RX_ER and FCS go.
  bool stores(const planned_frame& frame) const { return store_bad_ || damage_of(frame).none(); }
  /// RCTL.SBP.
  bool stores_bad() const { return store_bad_; }
  /// The chip takes VLAN tags out (CTRL.VME).
  bool strips() const { return strips_; }
  /// The chip verifies checksums (RXCSUM.TUOFL).
  bool verifies() const { return verifies_; }
  /// How often the changes so far took the interface down and up (FS 10.8).
  std::uint32_t downs() const { return downs_; }

 private:
  using address = std::array<std::uint8_t, 6>;

  bool takes(const address& to) const;
  fate_set driver_fates_of(const planned_frame& frame, const address& to) const;
  fate_set stack_fates_of(const planned_frame& frame, const address& to) const;
  bool hash_takes(const address& to) const;
  void went_down_and_up();

  address own_;
  std::uint32_t hash_offset_;
  bool promiscuous_;
  bool all_multicast_;
  std::vector<address> unicast_;
  std::vector<address> multicast_;
  std::set<std::uint16_t> vlans_;
  bool filters_vlans_;  // from the first VLAN on, VID 0 with it
  bool strip_wanted_;
  bool strips_;
  bool verifies_;
  std::uint32_t mtu_;
  bool store_bad_;
  std::uint32_t downs_ = 0;
};

/// The interface before the first change, after the first, and so on.
std::vector<expected_interface> epochs_of(const scenario& s);

}  // namespace ringside::platform

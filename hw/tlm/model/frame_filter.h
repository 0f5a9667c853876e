// SPDX-License-Identifier: Apache-2.0
// Judges one frame as the receiver would: address and VLAN filter, flow control, length, FCS and RX_ER (FS 6.7 to
// FS 6.9).
//
// A function of the frame and of the registers as they stand at its first byte.  Called by the mac.
#pragma once

#include <cstdint>
#include <span>

#include "hw/tlm/model/received_frame.h"
#include "hw/tlm/model/register_file.h"

namespace ringside::tlm::model {

class frame_filter {
 public:
  explicit frame_filter(const register_file& regs) : regs_(regs) {}

  /// `bytes` is DA..FCS; `rx_error`: RX_ER was raised during the frame.
  verdict judge(std::span<const std::uint8_t> bytes, bool rx_error) const;
  /// True when the frame carries a tag of type VET.
  bool tagged(std::span<const std::uint8_t> bytes) const;

 private:
  struct address_match {
    bool accepted = false;
    bool inexact = false;
  };
  address_match match_address(std::span<const std::uint8_t> bytes) const;
  bool exact(std::span<const std::uint8_t> bytes) const;
  bool hashed(std::span<const std::uint8_t> bytes) const;
  bool entry_equals(std::uint32_t entry, std::span<const std::uint8_t> bytes) const;
  bool vlan_passes(std::span<const std::uint8_t> bytes) const;
  bool for_flow_control(std::span<const std::uint8_t> bytes) const;
  void judge_flow_control(std::span<const std::uint8_t> bytes, verdict& v) const;

  const register_file& regs_;
};

}  // namespace ringside::tlm::model

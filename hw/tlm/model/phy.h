// SPDX-License-Identifier: Apache-2.0
// The PHY as software reads it through MDIC (FS 3.2, 3.3), and what it makes of the wire's link.
//
// Owned by the card.  Auto-negotiation takes no time: the link's state on the wire is its result (L-1, V-46).
#pragma once

#include <array>
#include <cstdint>
#include <functional>

namespace ringside::tlm::model {

class phy {
 public:
  explicit phy(std::uint32_t link_mbps) : mbps_(link_mbps) { reset(); }

  /// PHY hardware reset: CTRL.PHY_RST or the way out of D3.
  void reset();
  std::uint16_t read(std::uint32_t number);
  void write(std::uint32_t number, std::uint16_t value);

  /// The wire's link.
  void set_wire(bool up);
  /// The PHY gives the MAC a link: the wire's or a forced one while powered, its own in loopback (L-1, M-9, B-2).
  bool link() const { return wire_link() || looped(); }
  /// It sends frames back and leaves the wire alone (B-1, B-5).
  bool looped() const { return (registers_[control] & loopback) != 0; }

 private:
  static constexpr std::uint32_t control = 0, specific_control = 16;
  static constexpr std::uint16_t force_link = 1U << 10;
  static constexpr std::uint16_t loopback = 1U << 14, power_down = 1U << 11, negotiate = 1U << 12;

  bool powered() const { return (registers_[control] & power_down) == 0; }
  /// The wire's link, or one that software has forced (L-1).
  bool wire_link() const { return (wire_up_ || (registers_[specific_control] & force_link) != 0) && powered(); }
  bool negotiated() const { return wire_up_ && powered() && (registers_[control] & negotiate) != 0; }
  std::uint16_t basic_status();
  std::uint16_t specific_status() const;

  const std::uint32_t mbps_;
  std::array<std::uint16_t, 32> registers_{};
  bool wire_up_ = false;
  bool lost_ = true;  // the link was down since register 1 was read: it latches low
};

}  // namespace ringside::tlm::model

// SPDX-License-Identifier: Apache-2.0
// What the card does to the bytes of a frame it sends: checksums, segments' headers, tag, FCS (T-13 to T-16, T-31 to
// T-33, T-73).
//
// Functions of bytes and options, called by the packet reader and the transmit MAC.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "hw/tlm/model/transmit_descriptor.h"

namespace ringside::tlm::model {

/// One checksum to put in.
struct checksum_order {
  std::uint32_t start = 0;  // first byte summed
  std::uint32_t end = 0;    // last byte summed; 0: the frame's last
  std::uint32_t place = 0;
  std::uint32_t addend = 0;  // L4 length of a segment (T-33)
  bool never_zero = false;   // 0000 goes in as FFFF (T-16)
};

/// T-14, T-16: all sums are taken over the frame as it came; what does not lie inside it is left out.
void insert_checksums(std::vector<std::uint8_t>& frame, std::span<const checksum_order> orders);

/// A tag's EtherType and what stands behind it.
struct vlan_tag {
  std::uint16_t type = 0;
  std::uint16_t control = 0;
};
/// T-13.
void insert_tag(std::vector<std::uint8_t>& frame, const vlan_tag& tag);

/// T-34: the context's fields lie inside the header and there is something to cut.
bool usable_context(const transmit_context& c, std::uint32_t longest);
/// T-31, T-32: changes the header at the front of segment `number`, of which `last` is the end of the payload.
void update_header(std::vector<std::uint8_t>& segment, const transmit_context& c, std::uint32_t number, bool last);

/// IEEE 802.3 3.2.9, in the order of the wire.
std::array<std::uint8_t, 4> frame_check_sequence(std::span<const std::uint8_t> bytes);

}  // namespace ringside::tlm::model

// SPDX-License-Identifier: Apache-2.0
// A packet under way from the host's buffers to the transmit FIFO: its options, the bytes that have come, the room it
// holds, the segments it is cut into (T-10 to T-17, T-30 to T-35).
//
// Owned by the packet reader.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "hw/tlm/model/transmit_descriptor.h"
#include "hw/tlm/model/transmit_fifo.h"
#include "hw/tlm/model/transmit_offload.h"

namespace ringside::tlm::model {

class transmit_packet {
 public:
  static constexpr std::uint32_t longest = 16288;  // T-17

  /// `contexts`: the one for checksums and the one for segmentation (T-15); `capacity` of the FIFO.
  transmit_packet(const transmit_descriptor& first, const transmit_context& checksums,
                  const transmit_context& segmentation, std::uint32_t capacity);

  bool segmented() const { return segmented_; }
  /// T-11, T-13: what stands in the descriptor that counts for it; `tag` when VLE and CTRL.VME ask for one.
  void set_frame_options(const transmit_descriptor& d, const std::optional<vlan_tag>& tag);

  // ---- asking for bytes, in the packet's order
  /// Of `n` bytes of the buffer, those that one read may bring: it ends with a segment.  0: none of the rest is wanted.
  std::uint32_t wanted(std::uint32_t n);
  /// Room the FIFO must have before `n` wanted bytes are asked for.
  std::uint32_t room_needed(std::uint32_t n) const;
  void asked(std::uint32_t n, std::uint32_t room);

  // ---- as they come
  void add(std::span<const std::uint8_t> bytes);
  void set_id(frame_id id) {
    if (id_ == 0) id_ = id;
  }
  frame_id id() const { return id_; }
  /// A segment that is complete, with its room.
  struct finished_frame {
    outgoing_frame frame;
    std::uint32_t room = 0;
    bool last_segment = false;
  };
  std::optional<finished_frame> next_segment();
  /// The frame of a packet that is not segmented, at EOP; nothing when it has no bytes or is too long.
  std::optional<finished_frame> whole_frame();
  /// All of PAYLEN was made segments (T-34).
  bool all_sent() const { return payload_made_ == context_.payload && !dropped_; }
  /// Room that no frame has taken over: the packet's again when it ends without it.
  std::uint32_t room_left() const { return room_; }

 private:
  std::uint32_t segment_at(std::uint32_t payload) const;
  std::uint32_t with_tag(std::uint32_t bytes) const;
  /// T-13: a tag brings an FCS, if there is room for a tag.
  bool append_fcs(std::size_t bytes) const {
    return insert_fcs_ || with_tag(static_cast<std::uint32_t>(bytes)) != bytes;
  }
  void order_checksums(std::vector<std::uint8_t>& frame, std::uint32_t addend) const;

  const bool segmented_;
  const std::uint32_t options_;         // POPTS
  const std::uint32_t checksum_start_;  // CSS
  const transmit_context context_;      // of its kind
  const std::uint32_t capacity_;
  bool insert_fcs_ = false;  // IFCS
  bool legacy_checksum_ = false;
  std::uint32_t checksum_place_ = 0;
  std::optional<vlan_tag> tag_;
  bool dropped_ = false;  // T-17, T-34
  frame_id id_ = 0;
  std::uint32_t asked_ = 0;  // bytes asked for
  std::uint32_t room_ = 0;   // taken and not handed on
  std::vector<std::uint8_t> header_;
  std::vector<std::uint8_t> bytes_;  // of the frame, or of the segment behind its header
  std::uint32_t segments_ = 0;
  std::uint32_t payload_made_ = 0;
};

}  // namespace ringside::tlm::model

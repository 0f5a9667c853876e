// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/model/transmit_packet.h"

#include <algorithm>
#include <array>

#include "common/ethernet.h"

namespace ringside::tlm::model {

transmit_packet::transmit_packet(const transmit_descriptor& first, const transmit_context& checksums,
                                 const transmit_context& segmentation, std::uint32_t capacity)
    : segmented_(first.kind() == transmit_descriptor::type::data && first.segmentation()),
      options_(first.packet_options()),
      checksum_start_(first.checksum_start()),
      context_(segmented_ ? segmentation : checksums),
      capacity_(capacity) {}

void transmit_packet::set_frame_options(const transmit_descriptor& d, const std::optional<vlan_tag>& tag) {
  tag_ = tag;
  insert_fcs_ = d.insert_fcs();
  legacy_checksum_ = d.insert_checksum();
  checksum_place_ = d.checksum_place();
  if (!segmented_) return;
  const std::uint32_t whole = context_.header + context_.segment;
  if (!usable_context(context_, longest) || transmit_fifo::room_for(with_tag(whole)) > capacity_) dropped_ = true;
}

std::uint32_t transmit_packet::with_tag(std::uint32_t bytes) const {
  return bytes + (tag_ && bytes >= ethernet::type_offset ? static_cast<std::uint32_t>(ethernet::tag_bytes) : 0);
}

std::uint32_t transmit_packet::segment_at(std::uint32_t payload) const {
  return std::min(context_.segment, context_.payload - payload);
}

std::uint32_t transmit_packet::wanted(std::uint32_t n) {
  if (!segmented_ && !dropped_)
    dropped_ = asked_ + n > longest || transmit_fifo::room_for(with_tag(asked_ + n)) > capacity_;
  if (dropped_) return 0;
  if (!segmented_) return n;
  if (asked_ < context_.header) return std::min(n, context_.header - asked_);
  const std::uint32_t payload = asked_ - context_.header;
  const std::uint32_t in_segment = payload % context_.segment;
  return payload == context_.payload ? 0 : std::min(n, segment_at(payload - in_segment) - in_segment);
}

std::uint32_t transmit_packet::room_needed(std::uint32_t n) const {
  if (dropped_ || asked_ + n == 0) return 0;
  if (!segmented_) return transmit_fifo::room_for(with_tag(asked_ + n)) - room_;
  if (n == 0 || asked_ < context_.header) return 0;
  const std::uint32_t payload = asked_ - context_.header;
  if (payload % context_.segment != 0) return 0;  // taken with the segment's first byte
  return transmit_fifo::room_for(with_tag(context_.header + segment_at(payload)));
}

void transmit_packet::asked(std::uint32_t n, std::uint32_t room) {
  asked_ += n;
  room_ += room;
}

void transmit_packet::add(std::span<const std::uint8_t> bytes) {
  std::vector<std::uint8_t>& to = segmented_ && header_.size() < context_.header ? header_ : bytes_;
  to.insert(to.end(), bytes.begin(), bytes.end());
}

void transmit_packet::order_checksums(std::vector<std::uint8_t>& frame, std::uint32_t addend) const {
  std::vector<checksum_order> orders;
  if ((options_ & packet_option::ip_checksum) != 0)
    orders.push_back({.start = context_.ip_start, .end = context_.ip_end, .place = context_.ip_place});
  // T-11, T-16: IC counts beside one option, not beside both; the last one wins a place.
  constexpr std::uint32_t both = packet_option::ip_checksum | packet_option::l4_checksum;
  if (legacy_checksum_ && (options_ & both) != both)
    orders.push_back({.start = checksum_start_, .end = 0, .place = checksum_place_});
  if ((options_ & packet_option::l4_checksum) != 0)
    orders.push_back({.start = context_.l4_start,
                      .end = context_.l4_end,
                      .place = context_.l4_place,
                      .addend = addend,
                      .never_zero = true});
  insert_checksums(frame, orders);
}

std::optional<transmit_packet::finished_frame> transmit_packet::next_segment() {
  if (!segmented_ || dropped_ || bytes_.empty() || bytes_.size() < segment_at(payload_made_)) return std::nullopt;
  payload_made_ += static_cast<std::uint32_t>(bytes_.size());
  const bool last = payload_made_ == context_.payload;
  std::vector<std::uint8_t> frame = header_;
  frame.insert(frame.end(), bytes_.begin(), bytes_.end());
  bytes_.clear();
  update_header(frame, context_, segments_++, last);
  const bool fcs = append_fcs(frame.size());
  const bool known_layer = context_.tcp || context_.ipv4;
  order_checksums(frame, known_layer ? static_cast<std::uint32_t>(frame.size()) - context_.l4_start : 0);
  if (tag_) insert_tag(frame, *tag_);
  const std::uint32_t room = transmit_fifo::room_for(frame.size());
  room_ -= room;
  return finished_frame{{0, std::move(frame), fcs}, room, last};
}

std::optional<transmit_packet::finished_frame> transmit_packet::whole_frame() {
  if (segmented_ || dropped_ || bytes_.empty()) return std::nullopt;
  const bool fcs = append_fcs(bytes_.size());
  order_checksums(bytes_, 0);
  if (tag_) insert_tag(bytes_, *tag_);
  const std::uint32_t room = transmit_fifo::room_for(bytes_.size());
  room_ -= room;
  return finished_frame{{id_, std::move(bytes_), fcs}, room, false};
}

}  // namespace ringside::tlm::model

// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/model/packet_reader.h"

#include <algorithm>

namespace ringside::tlm::model {
namespace {
// Who counts derived frames: the cards, behind the wires and those that make frames in software.
}  // namespace

void packet_reader::wake() {
  if (waking_) return;
  if (!in_buffer_ && ring_.unused() == 0) {
    ring_.wake();
    return;
  }
  waking_ = true;
  core_.after(core_.params.dma_clocks, [this] {
    waking_ = false;
    step();
  });
}

// T-80.
bool packet_reader::may_go_on() const {
  return dma_.allowed() && core_.regs.has(reg::TCTL, tctl::EN) && reads_ < core_.params.transmit_bursts;
}

void packet_reader::step() {
  while (may_go_on()) {
    if (in_buffer_) {
      if (!ask()) break;
    } else if (ring_.unused() != 0) {
      take_descriptor();
    } else {
      ring_.wake();
      break;
    }
  }
}

void packet_reader::take_descriptor() {
  using type = transmit_descriptor::type;
  taken_ = ring_.take();
  const transmit_descriptor& d = ring_.at(taken_);
  if (d.kind() == type::context) (d.segmentation() ? segmentation_ : checksums_) = d.context();
  if (d.kind() == type::context || d.kind() == type::reserved) {
    note(nullptr, false);
    return;
  }
  if (!packet_) begin_packet(d);
  if (packet_->segmented() ? in_first_ : d.end_of_packet()) {  // T-11, T-13
    const bool tag = d.tag() && core_.regs.has(reg::CTRL, ctrl::VME);
    const auto type_of_tag = static_cast<std::uint16_t>(core_.regs.get(reg::VET));
    packet_->set_frame_options(d, tag ? std::optional(vlan_tag{type_of_tag, d.special()}) : std::nullopt);
  }
  in_first_ = false;
  address_ = d.address();
  left_ = d.length();
  ends_packet_ = d.end_of_packet();
  in_buffer_ = true;
}

void packet_reader::begin_packet(const transmit_descriptor& d) {
  packet_ = std::make_shared<transmit_packet>(d, checksums_, segmentation_, fifo_.capacity());
  in_first_ = true;
}

// Asks for the next bytes of the buffer; false while the FIFO has no room for them (T-46).
bool packet_reader::ask() {
  const std::uint32_t boundary = core_.params.payload_burst_bytes;
  const auto in_burst = static_cast<std::uint32_t>(std::min<std::uint64_t>(left_, boundary - address_ % boundary));
  const std::uint32_t n = packet_->wanted(in_burst);
  const std::uint32_t room = packet_->room_needed(n);
  if (!fifo_.take_room(room)) return false;
  packet_->asked(n, room);
  const bool buffer_ends = n == 0 || n == left_;
  if (n == 0)
    note(packet_, ends_packet_);
  else
    read(n, buffer_ends);
  if (!buffer_ends) return true;
  in_buffer_ = false;
  if (ends_packet_) packet_.reset();
  return true;
}

void packet_reader::note(packet_ptr packet, bool ends_packet) {
  const auto p = std::make_shared<piece>();
  p->descriptor = taken_;
  p->packet = std::move(packet);
  p->arrived = p->ends_descriptor = true;
  p->ends_packet = ends_packet;
  under_way_.push_back(p);
  arrived();
}

void packet_reader::read(std::uint32_t n, bool ends_buffer) {
  const auto p = std::make_shared<piece>();
  p->descriptor = taken_;
  p->packet = packet_;
  p->ends_descriptor = ends_buffer;
  p->ends_packet = ends_buffer && ends_packet_;
  under_way_.push_back(p);
  burst& b = dma_.make(p->ends_packet ? dma_kind::tx_payload_end : dma_kind::tx_payload, address_, n);
  address_ += n;
  left_ -= n;
  const std::uint64_t epoch = epoch_;
  b.over = [this, &b, p, n, epoch] {
    --reads_;
    // T-83: what an abort has left out is never there, and so its packet never ends.
    if (epoch == epoch_ && b.status == dma_status::ok) {
      p->bytes.assign(b.data.begin(), b.data.begin() + n);
      if (!b.frames.empty()) p->packet->set_id(b.frames.front());
      p->arrived = true;
      arrived();
    }
    wake();
  };
  ++reads_;
  dma_.start(b);
}

// Reads may end in any order; the packet takes them in its own.
void packet_reader::arrived() {
  while (!under_way_.empty() && under_way_.front()->arrived) {
    const std::shared_ptr<piece> p = std::move(under_way_.front());
    under_way_.pop_front();
    finish(*p);
  }
}

void packet_reader::finish(const piece& p) {
  if (p.packet) {
    p.packet->add(p.bytes);
    ring_.at(p.descriptor).frame = p.packet->id();
    if (auto made = p.packet->next_segment()) store(*p.packet, std::move(*made));
    if (p.ends_packet) end_packet(*p.packet);
  }
  if (p.ends_descriptor) around_.completed(p.descriptor);
}

void packet_reader::end_packet(transmit_packet& packet) {
  if (packet.segmented()) {
    if (!packet.all_sent()) core_.stats.count(reg::TSCTFC);  // T-34
  } else if (auto made = packet.whole_frame()) {
    store(packet, std::move(*made));
  }
  if (packet.room_left() != 0) {
    fifo_.give_room(packet.room_left());
    wake();
  }
}

void packet_reader::store(const transmit_packet& packet, transmit_packet::finished_frame&& made) {
  outgoing_frame& frame = made.frame;
  if (packet.segmented() && packet.id() != 0) {
    const auto counter = static_cast<std::uint16_t>(segment_counters + core_.params.unit);
    frame.id = make_frame_id(frame_kind::derived, counter, ++segments_);
    core_.emit(stage::skb_link, frame.id, packet.id(), static_cast<std::uint64_t>(link_kind::segment_of));
  }
  core_.emit(stage::tx_fifo_commit, frame.id, frame.bytes.size());
  if (made.last_segment) core_.stats.count(reg::TSCTC);
  fifo_.store(std::move(frame));
  around_.frame_stored();
}

void packet_reader::restart() {
  ++epoch_;
  const transmit_packet* last = nullptr;
  const auto forget = [&](const packet_ptr& packet) {
    if (!packet || packet.get() == last) return;  // one packet's pieces stand together
    last = packet.get();
    fifo_.give_room(packet->room_left());
  };
  for (const auto& p : under_way_) forget(p->packet);
  forget(packet_);
  under_way_.clear();
  packet_.reset();
  in_buffer_ = in_first_ = false;
  wake();
}

void packet_reader::reset() {
  restart();
  checksums_ = segmentation_ = {};
}

}  // namespace ringside::tlm::model

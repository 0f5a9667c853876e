// SPDX-License-Identifier: Apache-2.0
// Takes frames from the packet buffer into the host's buffers, one descriptor after the other (FS 6.5, R-21 to R-34).
//
// Owned by the card; woken by stored frames, loaded descriptors and finished bursts.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>

#include "hw/tlm/model/core.h"
#include "hw/tlm/model/descriptor_ring.h"
#include "hw/tlm/model/dma_engine.h"
#include "hw/tlm/model/packet_buffer.h"

namespace ringside::tlm::model {

class receiver {
 public:
  struct neighbours {
    std::function<void(std::size_t length)> frame_in_memory;
    std::function<void()> flush;  // write back what is finished, no cause
    std::function<void()> descriptor_done;
  };
  receiver(core& c, dma_engine& dma, descriptor_ring& ring, packet_buffer& buffer, neighbours around)
      : core_(c), dma_(dma), ring_(ring), buffer_(buffer), around_(std::move(around)) {}

  void wake();
  /// The ring was rewritten: frames on their way to memory are lost whole (R-85, N-12).
  void restart();

 private:
  struct delivery {
    stored_frame frame;
    std::size_t issued = 0;                           // bytes given to bursts
    std::deque<descriptor_ring::serial> descriptors;  // taken for it, null ones left out
  };
  bool may_start() const;
  bool too_long(const stored_frame& frame) const;
  void step();
  bool next_descriptor();
  void issue();
  void buffer_filled(descriptor_ring::serial number, std::uint32_t length);
  void frame_done();
  void starve();
  std::uint32_t buffer_size() const;

  core& core_;
  dma_engine& dma_;
  descriptor_ring& ring_;
  packet_buffer& buffer_;
  const neighbours around_;
  std::deque<delivery> under_way_;  // the last one is being issued unless `issuing_` is false
  bool issuing_ = false;
  bool in_buffer_ = false;     // the newest descriptor's buffer has room for more
  std::uint64_t address_ = 0;  // where the next byte goes
  std::uint32_t room_ = 0;     // bytes left for this buffer
  std::uint32_t length_ = 0;   // bytes of this buffer
  std::uint32_t bursts_ = 0;   // payload bursts on the bus
  std::uint64_t epoch_ = 0;
  bool waking_ = false;
};

}  // namespace ringside::tlm::model

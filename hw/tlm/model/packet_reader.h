// SPDX-License-Identifier: Apache-2.0
// Reads packets from the host's buffers into the transmit FIFO, one descriptor after the other (T-10 to T-17, T-34,
// T-42, T-46, T-80).
//
// Owned by the card; woken by descriptors that came on chip, room in the FIFO and finished reads.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>

#include "hw/tlm/model/core.h"
#include "hw/tlm/model/dma_engine.h"
#include "hw/tlm/model/transmit_fifo.h"
#include "hw/tlm/model/transmit_packet.h"
#include "hw/tlm/model/transmit_ring.h"

namespace ringside::tlm::model {

class packet_reader {
 public:
  struct neighbours {
    std::function<void(transmit_ring::serial)> completed;  // T-42
    std::function<void()> frame_stored;
  };
  packet_reader(core& c, dma_engine& dma, transmit_ring& ring, transmit_fifo& fifo, neighbours around)
      : core_(c), dma_(dma), ring_(ring), fifo_(fifo), around_(std::move(around)) {}

  void wake();
  /// T-47: packets that are not wholly in the FIFO are forgotten.
  void restart();
  /// CTRL.RST: the contexts as well.
  void reset();

 private:
  using packet_ptr = std::shared_ptr<transmit_packet>;
  /// Part of a descriptor's buffer, in the order of the packet; without bytes where only its end is to be noted.
  struct piece {
    transmit_ring::serial descriptor = 0;
    packet_ptr packet;  // null: a context or reserved descriptor
    std::vector<std::uint8_t> bytes;
    bool arrived = false;
    bool ends_descriptor = false;
    bool ends_packet = false;
  };
  bool may_go_on() const;
  void step();
  void take_descriptor();
  void begin_packet(const transmit_descriptor& d);
  bool ask();
  void read(std::uint32_t n, bool ends_buffer);
  void note(packet_ptr packet, bool ends_packet);
  void arrived();
  void finish(const piece& p);
  void end_packet(transmit_packet& packet);
  void store(const transmit_packet& packet, transmit_packet::finished_frame&& made);

  core& core_;
  dma_engine& dma_;
  transmit_ring& ring_;
  transmit_fifo& fifo_;
  const neighbours around_;
  transmit_context checksums_, segmentation_;
  packet_ptr packet_;                // being asked for
  transmit_ring::serial taken_ = 0;  // the descriptor being asked for
  bool in_buffer_ = false;           // ... has a buffer whose end was not asked for
  bool ends_packet_ = false;         // ... has EOP
  bool in_first_ = false;            // ... begins its packet
  std::uint64_t address_ = 0;        // of the next byte
  std::uint32_t left_ = 0;           // bytes of the buffer
  std::deque<std::shared_ptr<piece>> under_way_;
  std::uint32_t reads_ = 0;     // on the bus
  std::uint64_t segments_ = 0;  // made by this card so far: their ids
  std::uint64_t epoch_ = 0;
  bool waking_ = false;
};

}  // namespace ringside::tlm::model

// SPDX-License-Identifier: Apache-2.0
// The transmit MAC: puts the FIFO's frames and PAUSE frames of its own on the wire, and counts them (T-71 to T-76,
// T-82, T-90, F-9).
//
// Owned by the transmitter.  In PHY loopback (B-1, B-5) frames go to the receiver and not to the wire.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "hw/tlm/model/core.h"
#include "hw/tlm/model/transmit_fifo.h"
#include "hw/tlm/wire/tx_wire.h"

namespace ringside::tlm::model {

class transmit_mac {
 public:
  struct neighbours {
    std::function<bool()> link_up;
    std::function<bool()> full_duplex;
    std::function<bool()> paused;  // F-2
    std::function<bool()> looped;  // BMCR.14
    /// A frame begins that the PHY sends back: DA..FCS.
    std::function<void(frame_id id, const std::vector<std::uint8_t>& bytes)> loop;
    std::function<void()> room_given;
  };
  transmit_mac(core& c, tx_wire& to, sim_time byte_time, transmit_fifo& fifo, neighbours around)
      : core_(c), wire_(to), byte_time_(byte_time), fifo_(fifo), around_(std::move(around)) {}

  /// Something may allow a frame to begin.
  void wake();
  /// F-6, F-7: a PAUSE frame with this timer, if F-9 lets it go.
  void send_pause(std::uint16_t timer);
  /// CTRL.RST: the frame on the wire is cut off (T-82).
  void reset();

 private:
  static constexpr sim_time preamble_bytes = 8;  // with SFD

  struct sending {
    frame_id id = 0;
    std::vector<std::uint8_t> bytes;  // DA..FCS
    std::uint32_t room = 0;           // of the FIFO
    std::optional<std::uint16_t> pause;
    sim_time start = 0;
    bool on_tx_wire = false;
    bool whole = false;  // its last byte is on the wire
  };
  bool may_begin() const;
  void step();
  void begin(sending&& frame);
  sending pause_frame(std::uint16_t timer) const;
  sending next_frame();
  void last_byte();
  void end();
  void count(const sending& s) const;

  core& core_;
  tx_wire& wire_;
  const sim_time byte_time_;
  transmit_fifo& fifo_;
  const neighbours around_;
  std::optional<sending> now_sent_;
  std::optional<std::uint16_t> pause_;  // asked for
  sim_time gap_until_ = 0;
  std::uint64_t epoch_ = 0;  // counts resets
  bool waking_ = false;
};

}  // namespace ringside::tlm::model

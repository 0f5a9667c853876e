// SPDX-License-Identifier: Apache-2.0
// The transmit half of the card: its blocks and how they are wired (FS 9).
//
// Owned by the card, which passes register writes, resets and the receive side's needs on to it.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "hw/tlm/model/core.h"
#include "hw/tlm/model/dma_engine.h"
#include "hw/tlm/model/packet_reader.h"
#include "hw/tlm/model/transmit_fifo.h"
#include "hw/tlm/model/transmit_mac.h"
#include "hw/tlm/model/transmit_ring.h"
#include "hw/tlm/model/transmit_timers.h"
#include "hw/tlm/model/transmit_write_back.h"
#include "hw/tlm/wire/tx_wire.h"

namespace ringside::tlm::model {

class transmitter {
 public:
  struct neighbours {
    std::function<void(std::uint32_t)> set_cause;
    std::function<void()> withdrawn;  // a write-back came back unwritten (T-81)
    std::function<bool()> link_up;
    std::function<bool()> full_duplex;
    std::function<bool()> paused;
    std::function<bool()> looped;
    std::function<void(frame_id id, const std::vector<std::uint8_t>& bytes)> loop;
  };
  transmitter(core& c, dma_engine& dma, tx_wire& to, sim_time byte_time, const neighbours& around);

  /// Anything may have become due: EN, bus mastering, thresholds, link, the end of a PAUSE.
  void wake();
  /// T-47: TDBAL, TDBAH, TDLEN or TDH was written.
  void rewrite_ring(bool head_written);
  /// T-47: TDT was written.
  void tail_written();
  /// F-6, F-7.
  void send_pause(std::uint16_t timer) { mac_.send_pause(timer); }
  /// T-81: the write-back on the bus came back.
  void forget_withdrawn();
  /// CTRL.RST, before the registers are reset; `receive_share` of PBA is in force from now on (T-70).
  void reset(std::uint32_t receive_share);
  /// ... and after it.
  void set_up() { ring_.rewrite(false, 0); }

 private:
  core& core_;
  transmit_fifo fifo_;
  transmit_ring ring_;
  transmit_write_back writer_;
  transmit_timers timers_;
  packet_reader reader_;
  transmit_mac mac_;
  std::uint64_t life_ = 0;  // counts resets: a cause of an older life is void
};

}  // namespace ringside::tlm::model

// SPDX-License-Identifier: Apache-2.0
// The receive MAC: pulls frames off the wire, judges, counts and stores them (FS 6.7 to FS 6.10).
//
// Owned by the card.  A frame is judged with the registers of its first byte and counted at its last.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "hw/tlm/model/core.h"
#include "hw/tlm/model/flow_control.h"
#include "hw/tlm/model/frame_filter.h"
#include "hw/tlm/model/packet_buffer.h"
#include "hw/tlm/wire/wire.h"

namespace ringside::tlm::model {

class mac {
 public:
  /// What the mac needs of its neighbours.
  struct neighbours {
    std::function<bool()> link_up;
    std::function<bool()> full_duplex;
    std::function<bool()> looped;                     // BMCR.14
    std::function<std::uint32_t()> free_descriptors;  // R-12b
    std::function<void(std::uint32_t)> set_cause;
    std::function<void()> frame_stored;
    std::function<void()> pause_over;  // the transmitter may go on
  };
  mac(core& c, wire& rx, packet_buffer& buffer, flow_control& flow, neighbours around)
      : core_(c), wire_(rx), buffer_(buffer), flow_(flow), around_(std::move(around)), filter_(c.regs) {}

  /// The wire's next frame may be known now.
  void listen();
  /// The PHY sends a frame back that begins now (B-1, B-5); `bytes` are DA..FCS.
  void loop(frame_id id, const std::vector<std::uint8_t>& bytes);
  /// CTRL.RST: the frame under way is lost.
  void reset();
  /// True while a received PAUSE holds the transmitter (F-2).
  bool transmit_paused() const { return core_.now < paused_until_; }

 private:
  struct arrival {
    wire_frame frame;
    verdict said;
    bool tagged = false;
    std::uint32_t rctl = 0;  // at its first byte
    std::uint32_t ctrl = 0;
    std::uint32_t rxcsum = 0;
    std::uint64_t epoch = 0;
    bool fills = false;                       // counts in the packet buffer's fill while it comes (F-10)
    drop_reason refused = drop_reason::none;  // whatever the filter says of it
    sim_time first = 0;                       // of its first byte behind the delimiter
    bool header_seen = false;
    // Of a frame that is still being sent when it begins: the filter's registers as they stood then.
    std::unique_ptr<const register_file> regs;
  };
  bool rx_error_in(const wire_frame& frame) const;
  void begin();
  void judge(const std::shared_ptr<arrival>& a, bool from_wire);
  void follow(const std::shared_ptr<arrival>& a);
  void look_at_header(arrival& a);
  void decide(const frame_filter& filter, arrival& a);
  void expect_last_byte(const std::shared_ptr<arrival>& a, bool from_wire);
  void end(const arrival& a);
  void count_arrival(const arrival& a);
  void count_bad(const arrival& a);
  void count_good(const arrival& a);
  void count_flow_control(const verdict& v);
  void keep(const arrival& a);
  stored_frame make_stored(const arrival& a) const;

  core& core_;
  wire& wire_;
  packet_buffer& buffer_;
  flow_control& flow_;
  const neighbours around_;
  const frame_filter filter_;
  sim_time expected_ = time_never;  // start of the next frame, which is in the agenda
  bool receiving_ = false;
  std::uint64_t epoch_ = 0;  // counts resets
  sim_time paused_until_ = 0;
  std::uint64_t looped_ = 0;  // frames the PHY has sent back: their ids
};

}  // namespace ringside::tlm::model

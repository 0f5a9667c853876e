// SPDX-License-Identifier: Apache-2.0
// One direction of a cable: what one card sends reaches the other card's wire byte by byte, a fixed time later, or with
// the faults that were asked for.
//
// Cut-through: a frame begins at the far end before its end is known at this one.  The receiver takes the bytes the
// sender is certain to have sent by its local time; cards may be apart by lookahead() at most, so what a byte time
// needs is always there.  Owned by the machine, a lane for each direction.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "common/event_stream.h"
#include "common/rng.h"
#include "hw/tlm/wire/cable_params.h"
#include "hw/tlm/wire/tx_wire.h"
#include "hw/tlm/wire/wire.h"

namespace ringside::tlm {

class cable_lane final : public wire_line, public tx_wire::far_end {
 public:
  /// What a lane needs to know of the two cards.
  struct ends {
    std::function<sim_time()> sender_time;    // the sender has done all before it
    std::function<sim_time()> receiver_time;  // the same of the receiver
    std::function<void()> receiver_changed;   // another frame is the next one to come
    std::uint8_t sender_unit = 0;             // event::unit of the two
    std::uint8_t receiver_unit = 0;
  };

  cable_lane(const cable_params& params, const cable_faults& faults, tx_wire& from, wire& to, ends around,
             event_stream& events);
  cable_lane(const cable_lane&) = delete;
  cable_lane& operator=(const cable_lane&) = delete;

  // ---- the sender
  void frame_begins(const sent_frame& frame, std::size_t announced) override;
  void frame_ends(const sent_frame& frame) override;

  // ---- the receiver's wire
  const wire_frame* peek() override;
  void pop(wire_frame& frame) override;
  bool idle() const override { return waiting_.empty() && !sending_; }

  /// Sets the watermarks of the lane's events to what the cards have reached.
  void publish_watermarks();

 private:
  // A frame on its way, or a second one of it.
  struct crossing final : frame_feed {
    bool refill(wire_frame& frame) override { return lane->refill(*this, frame); }

    cable_lane* lane = nullptr;
    frame_id sent_as = 0;
    sim_time sent = 0;   // its first preamble byte at the sender
    sim_time ready = 0;  // earliest start at the receiver
    std::uint64_t order = 0;
    std::uint32_t announced = 0;
    bool duplicate = false;
    bool disturbed = false;           // not where the sender put it: a full gap comes behind it
    bool live = false;                // the sender's wire has its bytes
    bool taken = false;               // by the receiver
    std::uint32_t flip_at = no_flip;  // byte that is changed in one bit
    std::uint8_t flip = 0;
    std::size_t most = no_end;        // bytes that arrive before the cable is pulled out
    std::vector<std::uint8_t> bytes;  // all of them, when it is not live any more
  };
  static constexpr std::uint32_t no_flip = ~std::uint32_t{0};
  static constexpr std::size_t no_end = ~std::size_t{0};

  struct verdict {
    bool lost = false, twice = false, late = false, overtaken = false, corrupt = false;
  };
  verdict judge();
  crossing& add(const sent_frame& frame, std::size_t announced, sim_time ready);
  std::size_t certain(const crossing& c, bool& all) const;
  std::size_t sent_for_certain(const crossing& c, bool& all) const;
  bool refill(crossing& c, wire_frame& frame);
  sim_time on_grid(sim_time t) const;
  bool unplugged_between(sim_time from, sim_time to) const;
  std::size_t bytes_before_flap(sim_time start) const;
  sim_time time_of(std::size_t bytes) const { return static_cast<sim_time>(bytes) * params_.byte_time; }
  void fault(const sent_frame& frame, cable_fault what, std::uint64_t detail);
  crossing* next();
  void note_length(const crossing& c, std::size_t length);

  const cable_params params_;
  const cable_faults faults_;
  tx_wire& from_;
  wire& to_;
  const ends ends_;
  event_stream& events_;
  const event_stream::source_id sent_source_, received_source_;
  rng random_;
  std::uint64_t frames_ = 0;  // begun at the sender
  std::uint64_t order_ = 0;
  bool sending_ = false;
  std::vector<std::unique_ptr<crossing>> waiting_;  // not taken yet, as they came
  std::vector<std::unique_ptr<crossing>> used_;     // taken; the last one may still be coming
  std::vector<std::unique_ptr<crossing>> free_;     // memory to be used again
  wire_frame next_;                                 // what peek() shows
  const crossing* last_ = nullptr;                  // taken last,
  sim_time last_start_ = 0;                         // began then
  bool last_disturbed_ = false;                     // was not where its sender put it
  sim_time line_free_ = 0;                          // and leaves the line then
  sim_time in_order_ = 0;                           // what is not overtaken comes no earlier than this
};

}  // namespace ringside::tlm

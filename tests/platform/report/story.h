// SPDX-License-Identifier: Apache-2.0
// Hand-made event streams: frames that take the whole way, or end early, at times a test can compute by head.
#pragma once

#include <cstdint>
#include <vector>

#include "common/drop_reason.h"
#include "common/event_stream.h"

namespace ringside::platform::test {

/// Bytes 8..15 of a good single-descriptor frame: length, DD and EOP (SDM 3.2.3).
constexpr std::uint64_t good_word(std::uint32_t length) {
  return length | (std::uint64_t{0x3} << 32);
}
/// The same for a descriptor that is not the frame's last.
constexpr std::uint64_t partial_word(std::uint32_t length) {
  return length | (std::uint64_t{0x1} << 32);
}

/// The id of a frame that software makes, or that comes to be of another one.
constexpr frame_id made_id(std::uint64_t number) {
  return make_frame_id(frame_kind::made, 0, number);
}
constexpr frame_id derived_id(std::uint64_t number) {
  return make_frame_id(frame_kind::derived, 0, number);
}

class story {
 public:
  /// Appends one event; times may come in any order, play() sorts them stably.
  story& at(sim_time time, stage what, frame_id frame = 0, std::uint64_t a = 0, std::uint64_t b = 0,
            std::uint8_t unit = 0);

  /// The way of a frame of `bytes` (DA..FCS) from `sof` on, up to written back and visible:
  /// +0 sof, +0.5 us eof, +0.51 us accept, +0.52 us stored, +0.6 us DMA begins, +0.8 us DMA done,
  /// +0.9 us written back, +1.0 us visible.
  story& arrive(frame_id frame, sim_time sof, std::uint32_t bytes, std::uint8_t nic = 0);
  /// Interrupt up to the poll, on CPU 0: +0 cause and INTA#, +0.3 us hardirq, +0.5 us ICR read, +0.6 us IMC,
  /// +0.7 us napi_schedule, +0.8 us hardirq_exit, +0.9 us softirq_enter, +1.0 us napi_poll.
  story& interrupt(sim_time asserted, std::uint8_t nic = 0);
  /// The driver's and stack's way on CPU 0: +0 taken, +0.1 us skb, +0.2 us netif_receive_skb, +0.3 us ip_rcv,
  /// +0.4 us udp_rcv, +0.5 us enqueued, then read by the application at `read` (never when 0).
  story& deliver(frame_id frame, sim_time taken, sim_time read, std::uint32_t payload = 18);
  /// Software makes a frame.
  story& make(frame_id frame, sim_time time, cause_kind cause, frame_id because_of = 0);
  /// What a frame is to the other one.
  story& link(frame_id frame, sim_time time, link_kind kind, frame_id other);
  /// End of a poll on CPU 0: +0 rdt_write, +0.1 us napi_complete, +0.2 us ims_write, +0.3 us softirq_exit.
  story& end_poll(sim_time time);

  void play(event_consumer& consumer) const;
  const std::vector<event>& events() const { return events_; }

 private:
  std::vector<event> events_;
};

}  // namespace ringside::platform::test

// SPDX-License-Identifier: Apache-2.0
// Interrupts: how many, why, and which interrupt each frame came in by.
//
// A consumer of the event stream, added before latency_report.h and journey_recorder.h, which ask it about frames.
// Frames that did not come in by a wire came by no interrupt: of them it knows nothing. A frame has an interrupt of its
// own when INTA# was asserted after its write-back and before the driver took it. Otherwise it was caught by a handler
// or poll already under way: polled without interrupt; it rode on the interrupt last asserted, whose frame is the first
// one written back since the assertion before.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "common/event_stream.h"
#include "common/stage_set.h"
#include "platform/report/frame_windows.h"

namespace ringside::platform {

struct interrupt_cause {
  unsigned bit;
  std::string_view name;
};
/// Bits of ICR (FS 7.1).
inline constexpr std::array<interrupt_cause, 17> interrupt_causes{{{0, "txdw"},
                                                                   {1, "txqe"},
                                                                   {2, "lsc"},
                                                                   {3, "rxseq"},
                                                                   {4, "rxdmt0"},
                                                                   {5, "reserved5"},
                                                                   {6, "rxo"},
                                                                   {7, "rxt0"},
                                                                   {8, "reserved8"},
                                                                   {9, "mdac"},
                                                                   {10, "rxcfg"},
                                                                   {11, "reserved11"},
                                                                   {12, "phyint"},
                                                                   {13, "gpi_sdp6"},
                                                                   {14, "gpi_sdp7"},
                                                                   {15, "txd_low"},
                                                                   {16, "srpd"}}};

/// How a frame reached the driver.
struct frame_interrupt {
  bool taken = false;      // by the driver
  bool own = false;        // an interrupt of its own
  sim_time asserted = -1;  // INTA# of its own or of the frame it rode on; -1: none yet
  frame_id rode_on = 0;    // frame of that interrupt; itself when it was the first; 0: none
};

class interrupt_report final : public event_consumer {
 public:
  /// The stages that route() knows.
  static consteval stage_set interests();

  void on_event(const event& e) override;
  /// An event of any stage.  Of the choice by stage nothing is left where the caller names the stage.
  void handle(stage what, const event& e);
  /// The one list of stages: hands what `self` does about one of them to `act`, and returns its answer; else false.
  template <class action>
  static constexpr bool route(interrupt_report* self, stage what, const event& e, action act);

  std::uint64_t asserted() const { return asserted_; }
  std::uint64_t hardirqs() const { return hardirqs_; }
  std::uint64_t polled_without_interrupt() const { return polled_without_; }
  /// Interrupt lines shut off because no handler served them, in order of time.
  const std::vector<std::uint64_t>& nobody_cared() const { return nobody_cared_; }
  /// Times the cause of that ICR bit was set.
  std::uint64_t cause(unsigned bit) const { return causes_[bit]; }

  /// Valid from the event by which the driver took the frame until its fate (a delivered frame: until read).
  frame_interrupt of(frame_id id);

 private:
  struct assertion {
    sim_time time = -1;
    frame_id frame = 0;
  };
  struct record {
    std::uint64_t assertions_before = 0;  // INTA# assertions of its NIC before its write-back
    std::uint8_t nic = 0;
    bool written_back = false;
    frame_interrupt result;
  };
  struct nic_state {
    std::uint64_t assertions = 0;
    frame_id first_since = 0;  // first frame written back since the last assertion
    std::vector<assertion> recent;
  };

  void assert_intx(const event& e);
  void write_back(const event& e);
  void take(const event& e, record& r);
  nic_state& nic(std::uint8_t unit) { return unit < nics_.size() ? nics_[unit] : add_nics(unit); }
  nic_state& add_nics(std::uint8_t unit);

  frame_windows<record> windows_{frames_under_way};
  std::vector<nic_state> nics_;
  std::array<std::uint64_t, 32> causes_{};
  std::uint64_t asserted_ = 0;
  std::uint64_t hardirqs_ = 0;
  std::uint64_t polled_without_ = 0;
  std::vector<std::uint64_t> nobody_cared_;
};

template <class action>
[[gnu::always_inline]] constexpr bool interrupt_report::route(interrupt_report* self, stage what, const event& e,
                                                              action act) {
  switch (what) {
    case stage::wire_sof:
      return act([&] { self->windows_.begin(e.frame).nic = e.unit; });
    case stage::desc_writeback:
      return act([&] { self->write_back(e); });
    case stage::intx_assert:
      return act([&] { self->assert_intx(e); });
    case stage::hardirq_enter:
      return act([&] { ++self->hardirqs_; });
    case stage::irq_nobody_cared:
      return act([&] { self->nobody_cared_.push_back(e.a); });
    case stage::cause_set:
      return act([&] {
        for (std::uint64_t bits = e.a & 0xFFFF'FFFF; bits != 0; bits &= bits - 1)
          ++self->causes_[static_cast<unsigned>(__builtin_ctzll(bits))];
      });
    case stage::desc_take:
    case stage::dma_sync:
    case stage::netif_receive_skb:
      return act([&] {
        if (record* r = self->windows_.find(e.frame); r != nullptr && !r->result.taken) self->take(e, *r);
      });
    case stage::filter_reject:
    case stage::fifo_drop:
    case stage::skb_consume:
    case stage::skb_drop:
    case stage::app_read:
      return act([&] { self->windows_.end(e.frame); });
    default:
      return false;
  }
}

consteval stage_set interrupt_report::interests() {
  return stages_routed<interrupt_report>();
}

[[gnu::always_inline]] inline void interrupt_report::handle(stage what, const event& e) {
  route(this, what, e, do_it);
}

}  // namespace ringside::platform

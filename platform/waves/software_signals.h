// SPDX-License-Identifier: Apache-2.0
// What the event stream tells of the software: each CPU's context and stage, the driver's ring, sockets and drops.
//
// Owned by the waveform writer.
#pragma once

#include <vector>

#include "common/drop_reason.h"
#include "common/event_stream.h"
#include "platform/waves/vcd_signals.h"

namespace ringside::platform {

class software_signals {
 public:
  software_signals(vcd_signals& signals, unsigned cpus);
  void on_event(const event& e);

 private:
  struct cpu {
    // What it does, outermost first.
    std::uint64_t task = 0;  // 0 = idle
    bool softirq = false;
    bool ksoftirqd = false;
    bool hardirq = false;
    vcd_signals::id context{}, task_number{}, in_hardirq{}, in_softirq{}, napi_scheduled{}, napi_polling{}, stage{},
        frame{};
  };

  void declare_cpu(unsigned number);
  void on_context(cpu& c, const event& e);
  void show_context(const cpu& c, sim_time t);
  void on_napi(cpu& c, const event& e);
  void on_ring(const event& e);
  void on_socket(const event& e);
  void on_drop(const event& e);

  vcd_signals& signals_;
  std::vector<cpu> cpus_;
  std::uint64_t ring_base_ = 0;  // lowest descriptor address the driver posted
  std::uint64_t visible_ = 0;    // descriptors with DD in memory
  std::uint64_t taken_ = 0;      // of these, taken by the driver
  std::uint64_t queued_ = 0;     // datagrams in socket queues
  std::uint64_t delivered_ = 0;
  std::uint64_t read_ = 0;

  struct {
    vcd_signals::id rdt, next_to_clean, waiting;
  } ring_{};
  struct {
    vcd_signals::id queue, enqueued_frame, read_frame, delivered, read;
  } socket_{};
  enum place : std::uint8_t { in_nic, in_driver, in_stack, in_socket, places };
  struct {
    vcd_signals::id total, reason, of_place[places];
  } drops_{};
  std::uint64_t dropped_[places]{};

  static place place_of(drop_reason reason);
};

}  // namespace ringside::platform

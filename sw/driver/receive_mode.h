// SPDX-License-Identifier: Apache-2.0
// How frames get from the ring to the stack: one small class per mode.
//
// Owner: driver::e1000, which calls start and stop around open and close and on_interrupt from its handler.
#pragma once

#include <memory>

#include "sw/driver/config.h"
#include "sw/driver/receiver.h"
#include "sw/driver/registers.h"
#include "sw/driver/transmitter.h"

namespace ringside::driver {

/// What a mode works with; all owned by driver::e1000.
struct mode_context {
  stack::net_stack& net;
  stack::net_device& dev;
  registers& regs;
  receiver& rx;
  transmitter& tx;
  const config& settings;
  const bool& down;     // true while the interface is being closed
  const bool& gigabit;  // the link is up at 1000 Mb/s, as the watchdog saw it last
};

class receive_mode {
 public:
  virtual ~receive_mode() = default;
  /// Buffers are posted, the handler is registered; unmask or start polling.
  virtual void start() = 0;
  /// The chip has stopped receiving; end polling and mask.  Task context.
  virtual void stop() = 0;
  /// The handler has read `causes` (not 0) from ICR.  Hardirq context.
  virtual void on_interrupt(std::uint32_t causes) = 0;
  /// Interrupts per second at most, for configure; 0 = no limit.
  virtual std::uint32_t itr() const = 0;
  /// Whether open() asks for an interrupt at all.
  virtual bool uses_interrupts() const { return true; }
};

std::unique_ptr<receive_mode> make_napi_mode(const mode_context& context);
std::unique_ptr<receive_mode> make_irq_mode(const mode_context& context);
std::unique_ptr<receive_mode> make_poll_mode(const mode_context& context);
std::unique_ptr<receive_mode> make_receive_mode(const mode_context& context);

}  // namespace ringside::driver

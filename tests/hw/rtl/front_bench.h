// SPDX-License-Identifier: Apache-2.0
// Drives a Verilated e1000_rx_front: pins in, registers, and a consumer of the FIFO that drains it on request.
// Called by tests/hw/rtl/rx_front_*_test.cpp; owns the model for the life of a test.
#pragma once

#include <Ve1000_rx_front.h>
#include <verilated.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "hw/regs/e1000_pins.h"
#include "hw/regs/e1000_regs.h"
#include "tests/hw/rtl/wire_bytes.h"

namespace ringside::rtl_test {

using pins::rx_reason;

// rx_evt_t and when it came.
struct rx_event {
  std::uint64_t cycle = 0;
  unsigned tag = 0;
  rx_reason reason{};
  bool drop = false;
  bool commit = false;
  bool reject = false;
  bool accept = false;
  bool operator==(const rx_event&) const = default;
};

// A frame as the consumer took it out of the FIFO.
struct stored_frame {
  unsigned tag = 0;
  std::uint8_t status = 0;
  std::uint8_t errors = 0;
  std::uint16_t csum = 0;
  std::uint16_t special = 0;
  bytes data;
};

class front_bench {
 public:
  front_bench();

  // One rising edge with the pins as they are, then idle pins and no strobes.
  void tick();
  void idle(unsigned cycles);
  void reset();
  void soft_reset();

  // A burst on the pins: `preamble` bytes of 0x55, the SFD, the frame, `gap` idle cycles.  RX_ER comes with the byte
  // of index `error_at`, counted from the first preamble byte.
  void send(const bytes& frame, unsigned gap = 12, unsigned preamble = 7, int error_at = -1);
  void send_raw(const bytes& burst, unsigned gap, int error_at = -1);

  std::uint32_t read(std::uint32_t reg);
  void write(std::uint32_t reg, std::uint32_t value);

  // Takes the head frame out; only when one is there.
  stored_frame take();
  // Idles until the FIFO is settled and takes out every frame.
  std::vector<stored_frame> drain();

  std::vector<rx_event> take_events();

  Ve1000_rx_front& pins() { return *model_; }
  std::uint64_t cycle() const { return cycle_; }
  unsigned rxo_pulses() const { return rxo_; }
  unsigned rnbc_pulses() const { return rnbc_; }

  // Each clock comes only if the front asks for it or the pins do; otherwise all come in every cycle.
  bool gate_clocks = false;
  std::uint64_t skipped = 0;  // cycles without any
  unsigned ce_period = 1;     // 10 and 100 at 100 and 10 Mb/s

 private:
  std::unique_ptr<VerilatedContext> context_;
  std::unique_ptr<Ve1000_rx_front> model_;
  std::vector<rx_event> events_;
  std::uint64_t cycle_ = 0;
  bool burst_ = false;  // the last byte time on the pins held a byte
  unsigned rxo_ = 0;
  unsigned rnbc_ = 0;
};

}  // namespace ringside::rtl_test

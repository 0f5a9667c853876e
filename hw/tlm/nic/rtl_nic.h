// SPDX-License-Identifier: Apache-2.0
// A Verilated RTL card behind the NIC seam.
//
// One clock edge is one evaluation of the model, or of those groups of its blocks that asked for a clock; edges are
// counted, never scheduled.  While nobody asks and no input is due, whole stretches are skipped up to the next deadline
// or the next input: exact, since its timers are deadlines against now_i and its requests depend on registers only.
#pragma once

#include <cstdint>
#include <memory>

#include "common/event_stream.h"
#include "hw/tlm/board/microwire.h"
#include "hw/tlm/nic/nic.h"
#include "hw/tlm/wire/tx_wire.h"
#include "hw/tlm/wire/wire.h"

namespace ringside::tlm {

struct rtl_nic_params {
  std::uint8_t unit = 0;
  std::uint64_t mac_address = 0;  // byte 0 of the address in bits 7:0; of the EEPROM the adapter makes itself
  microwire* eeprom = nullptr;    // the board's; null: one of the adapter's own, as it leaves the factory
  bool bus_66mhz = true;          // M66EN
  std::uint32_t link_mbps = 1000;
  std::uint32_t crossing_to_rtl_clocks = 2;  // pci_params
  bool skip_idle = true;
  std::uint64_t seed = 1;  // uninitialised RTL state
};

struct rtl_pin_log;

class rtl_nic : public nic {
 public:
  rtl_nic(const rtl_nic_params& params, nic_host& host, wire& rx, tx_wire& tx, event_stream& events);
  ~rtl_nic() override;

  sim_time local_time() const override;
  void run(sim_time limit) override;
  void deliver_access(const target_access& access, sim_time t) override;
  void dma_data(dma_transfer& transfer, std::uint32_t from, std::uint32_t to, bool last, sim_time t) override;
  void dma_done(dma_transfer& transfer, sim_time t) override;
  void set_link(bool up, sim_time t) override;
  void set_crossing(std::uint32_t clocks) override;
  void wire_changed() override;
  nic_config_state config_state() const override;
  nic_counters counters() const override;
  void trace(const nic_trace& waves) override;
  void flush_trace() override;

  /// Records every edge's pins from now on (bench); null ends it.
  void record_pins(rtl_pin_log* into);
  /// Skips stretches in which nobody asks for a clock or not, from now on; exact either way.
  void set_skip(bool on);
  /// How edges are made, from now on; the card does the same either way.  `gate`: only the clocks asked for, or all of
  /// them; `direct`: past the model's eval() where the build allows it, or never.
  void set_clocking(bool gate, bool direct);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace ringside::tlm

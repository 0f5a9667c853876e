// A Verilated RTL card behind the NIC seam.
//
// One clock edge is one evaluation of the model; edges are counted, never scheduled.  While the RTL says it is quiescent
// and no input is due, whole stretches are skipped up to its next deadline or the next input: exact, since its timers
// are deadlines against now_i and its quiescent output depends on registers only.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "common/event_stream.h"
#include "hw/tlm/nic/nic.h"
#include "hw/tlm/wire/wire.h"

namespace ringside::tlm {

struct rtl_nic_params {
  std::uint8_t unit = 0;
  std::uint64_t mac_address = 0;             // byte 0 of the address in bits 7:0
  bool bus_66mhz = true;                     // M66EN
  std::uint32_t crossing_to_rtl_clocks = 2;  // pci_params
  bool skip_idle = true;
  std::uint64_t seed = 1;                    // uninitialised RTL state
};

/// Records what the adapter drives into the RTL, edge by edge (bench: replay on the model alone).
struct rtl_pin_record {
  std::uint64_t now = 0;
  std::uint32_t wdata = 0;
  std::uint32_t rsp_data = 0;
  std::uint32_t target = 0;   // valid, write, space, be, addr
  std::uint16_t response = 0; // valid, last, status, tag
  std::uint8_t rxd = 0;
  std::uint8_t flags = 0;     // dv, er, request ready, reset
};

class rtl_nic : public nic {
 public:
  rtl_nic(const rtl_nic_params& params, nic_host& host, wire& rx, event_stream& events);
  ~rtl_nic() override;

  sim_time local_time() const override;
  void run(sim_time limit) override;
  void deliver_access(const target_access& access, sim_time t) override;
  void dma_data(dma_transfer& transfer, std::uint32_t from, std::uint32_t to, bool last, sim_time t) override;
  void dma_done(dma_transfer& transfer, sim_time t) override;
  void set_link(bool up, sim_time t) override;
  void wire_released() override;
  nic_config_state config_state() const override;
  nic_counters counters() const override;

  /// The Verilated model, for waveforms (trace()) only.
  void* verilated_model();
  /// Called after the evaluation of the edge at `t` (waveforms).
  void on_edge(std::function<void(sim_time)> call);
  /// Called before each evaluation with the pins (bench).
  void record_pins(std::vector<rtl_pin_record>* into);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace ringside::tlm

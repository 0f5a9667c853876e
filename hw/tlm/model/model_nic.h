// SPDX-License-Identifier: Apache-2.0
// The behavioural card behind the NIC seam: the same chip as the RTL, written from the fact sheet and independent of
// it.
//
// Event-driven: run() does what the card has to do by itself in time order and steps no clock.  Made by the machine
// when the scenario says nic.kind = model, stepped by the nic_scheduler.  The blocks are the other files of this
// folder.
#pragma once

#include <memory>

#include "common/event_stream.h"
#include "hw/tlm/model/model_params.h"
#include "hw/tlm/nic/nic.h"
#include "hw/tlm/wire/tx_wire.h"
#include "hw/tlm/wire/wire.h"

namespace ringside::tlm {

class model_nic : public nic {
 public:
  /// `host`, the wires and `events` outlive the card.
  model_nic(const model_params& params, nic_host& host, wire& rx, tx_wire& tx, event_stream& events);
  ~model_nic() override;

  sim_time local_time() const override;
  void run(sim_time limit) override;
  void deliver_access(const target_access& access, sim_time t) override;
  void dma_data(dma_transfer& transfer, std::uint32_t from, std::uint32_t to, bool last, sim_time t) override;
  void dma_done(dma_transfer& transfer, sim_time t) override;
  void set_link(bool up, sim_time t) override;
  void set_crossing(std::uint32_t clocks) override;
  void wire_changed() override;
  nic_config_state config_state() const override;
  /// Clocks of simulated time; evaluated are those in which the card did something.
  nic_counters counters() const override;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace ringside::tlm

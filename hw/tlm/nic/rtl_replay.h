// SPDX-License-Identifier: Apache-2.0
// The Verilated card alone, fed with recorded pins: the limit the co-simulation's speed is measured against.
#pragma once

#include <cstdint>
#include <memory>

#include "hw/tlm/nic/rtl_nic.h"
#include "hw/tlm/nic/rtl_pins.h"

namespace ringside::tlm {

class rtl_replay {
 public:
  /// Takes the pin changes out of `log`; `params` as the recorded run had them.
  rtl_replay(const rtl_nic_params& params, const rtl_pin_log& log);
  ~rtl_replay();

  std::uint64_t edges() const;
  /// Evaluates edges up to `edge` in a tight loop.
  void run_to(std::uint64_t edge);
  /// Steps `edges` more with nothing on the pins: no frame, no access, no response.
  void idle(std::uint64_t edges);
  /// The same as run_to(), folding the outputs into the hash (untimed pass).
  std::uint64_t hash_to(std::uint64_t edge);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace ringside::tlm

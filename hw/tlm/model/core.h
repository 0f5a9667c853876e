// SPDX-License-Identifier: Apache-2.0
// What all blocks of the behavioural card share: its time, its agenda, its registers, its events.
//
// Owned by model_nic; every block holds a reference to it.
#pragma once

#include <algorithm>
#include <utility>

#include "common/event_stream.h"
#include "hw/tlm/model/agenda.h"
#include "hw/tlm/model/config_space.h"
#include "hw/tlm/model/model_params.h"
#include "hw/tlm/model/register_file.h"
#include "hw/tlm/model/statistics.h"

namespace ringside::tlm::model {

struct core {
  /// `loaded`: what the EEPROM holds at power-on.
  core(const model_params& p, const eeprom_image& loaded, event_stream& events)
      : params(p),
        regs(loaded, p.seed),
        config(loaded),
        stream(events),
        source(events.add_source(origin::nic, p.unit)) {}

  void emit(stage what, frame_id frame = 0, std::uint64_t a = 0, std::uint64_t b = 0) {
    stream.push(source, now, what, frame, a, b);
  }
  /// Does `what` at the first clock edge at or after `t`.
  void at(sim_time t, agenda::action what) {
    const sim_time edge = (std::max(t, now) + card_clock - 1) / card_clock * card_clock;
    due.at(edge, std::move(what));
  }
  void after(std::uint32_t clocks, agenda::action what) { at(now + clocks * card_clock, std::move(what)); }
  /// When the card sees what happens on the bus at `t`.
  sim_time seen(sim_time t) const {
    return (t + card_clock - 1) / card_clock * card_clock + params.crossing_to_card_clocks * card_clock;
  }

  model_params params;
  sim_time now = 0;
  agenda due;
  register_file regs;
  statistics stats;
  config_space config;
  event_stream& stream;
  const event_stream::source_id source;
};

}  // namespace ringside::tlm::model

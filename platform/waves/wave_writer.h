// SPDX-License-Identifier: Apache-2.0
// The waveform file of a run: the cards' RTL and the state of bench and software, on one timeline in one VCD file.
//
// A card shows an instant when it evaluates it and the event stream tells of that instant later, so the two are joined
// here as text: sections of one instant become one section.  Nothing about the run changes for it.  Owned by the
// machine: a consumer of the event stream, and told from time to time how far everybody has come.
#pragma once

#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/event_stream.h"
#include "platform/report/wave_options.h"
#include "platform/waves/hardware_signals.h"
#include "platform/waves/software_signals.h"
#include "platform/waves/stage_signals.h"
#include "platform/waves/vcd_sections.h"
#include "platform/waves/vcd_signals.h"

namespace ringside::platform {

struct wave_layout {
  unsigned cpus = 1;
  clock_domain pci_clock{33'000'000};
};

class wave_writer final : public event_consumer {
 public:
  /// Opens the file; throws output_error when it cannot.
  wave_writer(const wave_options& options, const wave_layout& layout)
      : wave_writer(options, std::vector<wave_layout>{layout}) {}
  /// Of several machines, each in a scope of its own.
  wave_writer(const wave_options& options, const std::vector<wave_layout>& machines);

  /// Where the VCD text of a machine's card goes.
  tlm::vcd_sink& card(unsigned machine = 0) { return parts_.at(machine)->card; }
  void on_event(const event& e) override;
  /// Every event and every section of the card before `t` is here: writes what can be written.
  void advance(sim_time t);
  /// The run is over: writes the rest and closes; throws output_error when the disk did not take it.
  void finish();

 private:
  [[noreturn]] void fail(int why) const;
  void write_header();
  void write_until(sim_time t);
  void write_instant(sim_time t);
  std::string take(sim_time t);
  void begin_window();

  const wave_options options_;
  std::ofstream file_;
  vcd_signals signals_;
  struct part {
    part(vcd_signals& signals, const wave_layout& layout, std::string_view prefix)
        : card(prefix), stages(signals), hardware(signals, layout.pci_clock), software(signals, layout.cpus) {}
    vcd_sections card;
    stage_signals stages;
    hardware_signals hardware;
    software_signals software;
  };
  sim_time next_of_cards() const;
  std::string card_headers() const;

  std::vector<std::unique_ptr<part>> parts_;  // by machine
  bool header_written_ = false;
  bool begun_ = false;
  int error_ = 0;  // errno of the first write that failed
};

}  // namespace ringside::platform

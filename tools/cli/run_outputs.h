// SPDX-License-Identifier: Apache-2.0
// The files of a run: made before it begins, put in place after it.
//
// Owned by run_command.cpp.
#pragma once

#include <iosfwd>
#include <memory>
#include <optional>
#include <string>

#include "hw/tlm/board/eeprom_image.h"
#include "platform/report/output_file.h"
#include "platform/report/pcap_out.h"
#include "platform/report/wave_options.h"
#include "platform/report/wire_capture.h"
#include "platform/scenario/scenario.h"
#include "platform/source/capture_file.h"
#include "tools/cli/options.h"
#include "tools/cli/run_command.h"
#include "tools/cli/trace_window.h"

namespace ringside::platform {

class run_outputs {
 public:
  /// Opens all that is asked for; throws input_error when one cannot be, or is another file of the same run.
  run_outputs(const options& chosen, const scenario& s, const command_environment& env);

  /// Says which part of the run is traced; a window around a stage takes a run of its own, which looks for it.
  void place_window(const trace_window& window, const scenario& s, const command_environment& env,
                    const std::shared_ptr<const capture_file>& capture);
  /// Nothing without waveforms.
  const std::optional<wave_options>& waves() const { return waves_; }
  pcap_out* pcap() { return pcap_ ? &*pcap_ : nullptr; }
  wire_capture* wire() { return wire_ ? &*wire_ : nullptr; }
  /// Something a capture was given was not taken: going on is in vain.
  bool failed() const { return (pcap_ && pcap_->failed()) || (wire_ && wire_->failed()); }
  bool wants_json() const { return json_.has_value(); }
  /// JSON, a capture or an image goes to standard output: the report goes to standard error.
  bool standard_output_taken() const;

  /// Completes every file, and puts them in place when all of them could be.  Throws output_error.
  void commit(const std::string& json, const tlm::eeprom_bytes& eeprom);

 private:
  const bool keep_vcd_;
  const bool standard_vcd_;
  std::optional<output_file> json_;
  std::optional<output_file> eeprom_;
  std::optional<pcap_out> pcap_;
  std::optional<wire_capture> wire_;
  bool pcap_on_standard_output_ = false;
  std::optional<output_file> fst_;
  std::optional<output_file> vcd_;
  std::optional<wave_options> waves_;
};

}  // namespace ringside::platform

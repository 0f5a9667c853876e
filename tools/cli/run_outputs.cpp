// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/run_outputs.h"

#include <filesystem>
#include <stdexcept>
#include <vector>

#include "platform/report/output_name.h"
#include "platform/scenario/loader.h"
#include "tools/cli/fst.h"
#include "tools/cli/stop_signal.h"
#include "tools/cli/trigger_search.h"

namespace ringside::platform {
namespace {

void refuse_shared_files(const options& chosen, const scenario& s) {
  std::vector<named_file> inputs;
  if (std::error_code none; !chosen.scenario.empty() && std::filesystem::exists(chosen.scenario, none))
    inputs.push_back({"the scenario", chosen.scenario});
  if (s.wire.source == wire_source::pcap) inputs.push_back({chosen.pcap ? "--pcap" : "wire.pcap", s.wire.pcap});
  const auto add_eeprom = [&](const scenario& of) {
    if (!of.nic.eeprom.empty()) inputs.push_back({chosen.eeprom ? "--eeprom" : "nic.eeprom", of.nic.eeprom});
  };
  add_eeprom(s);
  for (const scenario& peer : s.peers) add_eeprom(peer);
  std::vector<named_file> outputs;
  if (chosen.json) outputs.push_back({"--json", *chosen.json});
  if (chosen.eeprom_out) outputs.push_back({"--eeprom-out", *chosen.eeprom_out});
  if (chosen.pcap_out) outputs.push_back({"--pcap-out", *chosen.pcap_out});
  if (chosen.pcap_wire) outputs.push_back({"--pcap-wire", *chosen.pcap_wire});
  if (chosen.vcd) outputs.push_back({"--vcd", *chosen.vcd});
  if (chosen.fst) outputs.push_back({"--fst", *chosen.fst});
  refuse_same_file(inputs, outputs);
}

}  // namespace

run_outputs::run_outputs(const options& chosen, const scenario& s, const command_environment& env)
    : keep_vcd_(chosen.vcd.has_value()), standard_vcd_(chosen.vcd_standard) {
  refuse_shared_files(chosen, s);
  if (chosen.fst) require_fst_converter();
  if (chosen.json) json_.emplace(*chosen.json, "--json", &env.out);
  if (chosen.eeprom_out) {
    if (is_standard_output(*chosen.eeprom_out) && env.out_is_terminal)
      throw input_error(fmt_error("standard output", 0, "--eeprom-out", "is a terminal", "a file, or - into a pipe"));
    eeprom_.emplace(*chosen.eeprom_out, "--eeprom-out", &env.out);
  }
  if (chosen.pcap_out) {
    pcap_on_standard_output_ = is_standard_output(*chosen.pcap_out);
    if (pcap_on_standard_output_ && env.out_is_terminal)
      throw input_error(fmt_error("standard output", 0, "--pcap-out", "is a terminal", "a file, or - into a pipe"));
    pcap_.emplace(*chosen.pcap_out, "--pcap-out", pcap_out::fcs::absent, &env.out);
  }
  if (chosen.pcap_wire) {
    if (is_standard_output(*chosen.pcap_wire))
      throw input_error(fmt_error("standard output", 0, "--pcap-wire", "is no place for it", "a file or a FIFO"));
    wire_.emplace(*chosen.pcap_wire, "--pcap-wire", static_cast<unsigned>(1 + s.peers.size()));
  }
  if (chosen.fst) fst_.emplace(*chosen.fst, "--fst");
  if (fst_ && fst_->direct())
    throw input_error(fmt_error(*chosen.fst, 0, "--fst", "is no file that can be gone back in", "a file, or --vcd"));
  // Without --vcd, never put in place.
  if (chosen.vcd || chosen.fst) vcd_.emplace(chosen.vcd ? *chosen.vcd : *chosen.fst, chosen.vcd ? "--vcd" : "--fst");
}

void run_outputs::place_window(const trace_window& window, const scenario& s, const command_environment& env,
                               const std::shared_ptr<const capture_file>& capture) {
  if (!vcd_) return;
  waves_ = wave_options{vcd_->temporary(), window.from, window.to, standard_vcd_, vcd_->path()};
  if (window.trigger == stage::count) {
    if (window.from < s.run.time_limit) return;
    throw input_error(
        fmt_error("--trace-window", 0, "window", "begins when run.time_limit has ended the run", "a START before it"));
  }
  const auto trigger = find_trigger(s, env.make, window.trigger, capture);
  if (stop_signal::asked()) return;
  if (!trigger)
    throw input_error(fmt_error("--trace-window", 0, std::string(info(window.trigger).name),
                                "does not happen in this run", "a stage that does"));
  waves_->start = *trigger > window.from ? *trigger - window.from : 0;
  waves_->end = *trigger + window.to;
}

bool run_outputs::standard_output_taken() const {
  return pcap_on_standard_output_ || (json_ && json_->standard() != nullptr) ||
         (eeprom_ && eeprom_->standard() != nullptr);
}

void run_outputs::commit(const std::string& json, const tlm::eeprom_bytes& eeprom) {
  if (eeprom_) eeprom_->write({eeprom.begin(), eeprom.end()});
  if (json_) json_->write(json);
  if (pcap_) pcap_->finish();
  if (wire_) wire_->finish();
  if (fst_ && !convert_to_fst(vcd_->temporary(), fst_->temporary())) throw output_error(fst_->path(), "vcd2fst failed");
  if (json_) json_->commit();
  if (eeprom_) eeprom_->commit();
  if (pcap_) pcap_->commit();
  if (wire_) wire_->commit();
  if (fst_) fst_->commit();
  if (vcd_ && keep_vcd_) vcd_->commit();
}

}  // namespace ringside::platform

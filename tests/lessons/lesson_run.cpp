// SPDX-License-Identifier: Apache-2.0
#include "tests/lessons/lesson_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "platform/machine/machine.h"
#include "platform/report/json_report.h"
#include "platform/report/run_report.h"
#include "platform/scenario/loader.h"
#include "platform/source/make_source.h"
#include "sw/driver/e1000.h"
#include "tests/common/forked.h"

namespace ringside::test {
namespace {

using json = nlohmann::json;

/// What the pages talk about and the results do not hold.
class observer final : public event_consumer {
 public:
  void on_event(const event& e) override {
    switch (e.what) {
      case stage::wire_eof:
        last_on_wire_ = e.time;
        break;
      case stage::skb_build:
        ++seen[e.b != 0 ? "skbs_copied" : "skbs_built"];
        break;
      case stage::rnbc:
        ++seen["rnbc"];
        break;
      case stage::intx_assert:
        last_assert_ = e.time;
        break;
      case stage::dd_visible:
        // Visible only after INTA# was asserted for it.
        if (last_assert_ >= 0 && e.frame > announced_ && last_assert_ > last_visible_) ++seen["dd_after_intx"];
        announced_ = e.frame;
        last_visible_ = e.time;
        break;
      case stage::icr_read:
        if (last_visible_ < last_assert_ && announced_ != 0 && e.a != 0) ++seen["icr_reads_before_dd"];
        break;
      case stage::hardirq_enter:
        ++seen[fmt::format("hardirqs_cpu{}", e.unit)];
        break;
      case stage::app_read:
        ++seen[fmt::format("reads_cpu{}", e.unit)];
        reads_.push_back(e.time);
        break;
      default:
        break;
    }
  }
  void finish() {
    // Reads while frames still came: what the application gets under load, not afterwards.
    seen["reads_under_load"] = static_cast<std::uint64_t>(
        std::count_if(reads_.begin(), reads_.end(), [this](sim_time t) { return t <= last_on_wire_; }));
  }

  std::map<std::string, std::uint64_t> seen{{"skbs_copied", 0},   {"skbs_built", 0},          {"rnbc", 0},
                                            {"dd_after_intx", 0}, {"icr_reads_before_dd", 0}, {"hardirqs_cpu0", 0},
                                            {"hardirqs_cpu1", 0}, {"reads_cpu0", 0},          {"reads_cpu1", 0}};

 private:
  sim_time last_on_wire_ = 0;
  sim_time last_assert_ = -1;
  sim_time last_visible_ = -1;
  frame_id announced_ = 0;
  std::vector<sim_time> reads_;
};

std::string run_here(const std::string& name, const settings& changes) {
  const platform::scenario plan = platform::load_scenario(name, changes);
  const std::unique_ptr<frame_source> wire = platform::make_source(plan);
  platform::machine m(plan, *wire);
  platform::run_report report({}, false);
  m.events().add_consumer(report);
  observer eye;
  m.events().add_consumer(eye);
  m.run({});
  report.finish();
  eye.finish();

  json out = json::parse(platform::to_json(plan, report, m.counters()));
  for (const auto& row : driver::nic_statistics::table())
    out["chip"][std::string(row.name)] = m.nic_driver().hardware_counters()[row.name];
  out["seen"] = eye.seen;
  std::string complaints;
  for (const std::string& breach : m.breaches()) complaints += "contract: " + breach + "\n";
  for (const std::string& breach : report.ledger().breaches()) complaints += "ledger: " + breach + "\n";
  const auto held = m.still_held();
  if (held.skbs + held.dma_mappings + held.allocations != 0) complaints += "something is left after close\n";
  if (report.ledger().frames().in_flight != 0) complaints += "frames are still in flight\n";
  out["complaints"] = complaints;
  return out.dump();
}

}  // namespace

lesson_result run_lesson(const std::string& scenario, const settings& changes) {
  const json out = json::parse(run_forked([&] { return run_here(scenario, changes); }));
  lesson_result result;
  result.complaints = out.at("complaints").get<std::string>();
  const json flat = out.flatten();
  for (const auto& [path, value] : flat.items()) {
    if (!value.is_number()) continue;
    std::string dotted = path.substr(1);
    std::replace(dotted.begin(), dotted.end(), '/', '.');
    result.figures[dotted] = value.get<double>();
  }
  return result;
}

}  // namespace ringside::test

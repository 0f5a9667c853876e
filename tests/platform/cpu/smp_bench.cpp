// SPDX-License-Identifier: Apache-2.0
#include "tests/platform/cpu/smp_bench.h"

#include <fmt/format.h>

#include "hw/tlm/systemc/sc_time_convert.h"

namespace ringside::test {
namespace {

platform::processor_params smp_params(unsigned count, bool accumulate) {
  platform::processor_params p;
  p.cpus = count;
  p.cpu.accumulate = accumulate;
  p.costs.cycles[static_cast<std::size_t>(kernel::cost::app_per_frame)] = 1;
  return p;
}

}  // namespace

smp_bench::smp_bench(unsigned count, bool accumulate)
    : cpus("cpus", smp_params(count, accumulate), interrupts, memory, stream), os(cpus, {}) {
  stream.add_consumer(*this);
  cpus.bus_out.bind(memory.bus_in);
  cpus.connect(os);
}

void smp_bench::run(sim_time duration) {
  sc_core::sc_start(tlm::to_sc_time(duration));
  cpus.power_off();
  stream.finish();
}

std::vector<std::pair<sim_time, std::uint64_t>> smp_bench::marks() const {
  std::vector<std::pair<sim_time, std::uint64_t>> out;
  for (const event& e : events)
    if (e.what == stage::reg_write) out.emplace_back(e.time, e.a);
  return out;
}

std::string smp_bench::log() const {
  std::string text;
  for (const event& e : events) text += fmt::format("{} cpu{} {} {}\n", e.time, e.unit, info(e.what).name, e.a);
  return text;
}

}  // namespace ringside::test

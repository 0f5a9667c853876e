// SPDX-License-Identifier: Apache-2.0
#include "tools/machine_simulation.h"

#include "platform/machine/machine.h"

namespace ringside::platform {
namespace {

class machine_simulation : public simulation {
 public:
  machine_simulation(const scenario& s, frame_source& input) : machine_(s, input) {}

  event_stream& events() override { return machine_.events(); }
  void add_tap(packet_tap on_packet, unsigned number) override { machine_.add_tap(std::move(on_packet), number); }
  void add_wire_tap(wire_tap on_frame) override { machine_.add_wire_tap(std::move(on_frame)); }
  void put_frame(offered_frame&& offer) override { machine_.put_frame(0, std::move(offer)); }
  void trace(const wave_options& waves) override { machine_.trace(waves); }
  void run(const keep_going& ask) override { machine_.run(ask); }
  run_counters counters(unsigned number) const override { return machine_.counters(number); }

 private:
  machine machine_;
};

}  // namespace

std::unique_ptr<simulation> make_machine(const scenario& s, frame_source& input) {
  return std::make_unique<machine_simulation>(s, input);
}

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
// A whole run of one scenario: a machine with cards on their wires, PCI bus, memory, CPUs, kernel, stack, drivers and
// application, or two machines with a cable from card to card, on one timebase.
//
// One per process, since SystemC elaborates once.  Made by the command line, the bench and system tests.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/event_stream.h"
#include "common/wire_frame.h"
#include "platform/report/run_counters.h"
#include "platform/report/wave_options.h"
#include "platform/report/wire_capture.h"
#include "platform/scenario/scenario.h"
#include "sw/stack/app.h"

namespace ringside::tlm {
class rtl_nic;
}
namespace ringside::driver {
class e1000;
}

namespace ringside::platform {

struct hardware;

class machine {
 public:
  /// Elaborates; `input` is pulled while the run goes on, not owned.
  machine(const scenario& s, frame_source& input);
  /// Takes what is elaborated already; it must be of the scenario's start class.
  machine(std::unique_ptr<hardware> elaborated, const scenario& s, frame_source& input);
  /// With as many cards as sources; the contract checker judges one card, so with more it must be off.
  machine(std::unique_ptr<hardware> elaborated, const scenario& s, std::span<frame_source* const> inputs);
  ~machine();

  /// How many machines there are; what follows is about the one named, or about all.
  unsigned machines() const;
  event_stream& events();
  /// Sees every packet at netif_receive_skb: simulated time, frame, bytes from the Ethernet header on, no FCS.
  void add_tap(std::function<void(sim_time, frame_id, std::span<const std::byte>)> on_packet, unsigned machine = 0);
  /// Sees every frame on the wires: one that comes in at its start, one that is sent at its end, and one that comes in
  /// over a cable when all of it is known.  Cards are numbered through all machines.
  void add_wire_tap(std::function<void(const wire_passage&)> on_frame);
  /// Puts a frame on a card's wire, at simulated time `offer.earliest`, which must not have passed, or later.  Outside
  /// of run() or from within what it calls.
  void put_frame(unsigned card, offered_frame&& offer);
  /// Sees every datagram the application reads: simulated time, frame and payload.
  void on_app_read(std::function<void(sim_time, frame_id, std::span<const std::byte>)> on_read, unsigned machine = 0);
  /// Sees what the application that sends gave to the kernel, after each call.
  void on_app_send(std::function<void(const stack::app::sent_message&)> on_send, unsigned machine = 0);

  /// Writes waveforms of the run to a VCD file; before run().
  void trace(const wave_options& waves);

  /// From now on events are delivered before every stretch of a card, and `delivered` is called each time, from within
  /// the simulation: to come close to the end of a run that crashes.
  void deliver_closely(std::function<void()> delivered);
  /// Writes all that the waveform file can show by now, and closes it.
  void finish_waves();

  /// Runs to the end.  keep_going(simulated time, frames offered) is asked about every 0.1 ms of simulated time; false
  /// ends the run cleanly, with frames left in flight.
  void run(const std::function<bool(sim_time, std::uint64_t)>& keep_going);

  /// Called outside the simulation when the driver is open and the wire was released, and when the traffic is over.
  enum class phase { ready, traffic_done };
  void on_phase(std::function<void(phase)> call);

  run_counters counters(unsigned machine = 0) const;
  /// Contract breaches, described; empty when the contract held or the checker is off.
  const std::vector<std::string>& breaches() const;
  /// When and about which frame (0: none) the contract was first broken.
  struct breach_place {
    sim_time time = 0;
    frame_id frame = 0;
  };
  std::optional<breach_place> first_breach() const;
  /// What the software holds after a run; all zero when the interface was closed and the application stopped.
  struct holdings {
    std::uint64_t skbs = 0;
    std::uint64_t dma_mappings = 0;
    std::uint64_t allocations = 0;
  };
  holdings still_held(unsigned machine = 0) const;
  /// A card's driver, for its counters after a run.
  const driver::e1000& nic_driver(unsigned card = 0) const;
  /// A Verilated card, for the bench; throws when the scenario's card is the model.
  tlm::rtl_nic& rtl_card(unsigned card = 0);

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace ringside::platform

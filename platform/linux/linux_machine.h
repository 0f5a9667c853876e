// SPDX-License-Identifier: Apache-2.0
// A run whose first machine is a real Linux: a User-Mode-Linux kernel in processes of its own, with its own driver, on
// our bus and our card; a cable leads to a machine that is all ours.
//
// One per process, since SystemC elaborates once.  Made by `ringside linux` and its tests.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/event_stream.h"
#include "hw/tlm/linux_host/linux_cpu.h"
#include "hw/tlm/pci/pci_bus.h"
#include "platform/report/wave_options.h"
#include "platform/report/wire_capture.h"
#include "platform/scenario/scenario.h"

namespace ringside::platform {

/// The guest's software, and what it is told to do.
struct guest_setup {
  std::string kernel;                   // a file
  std::string root;                     // a folder
  std::string address;                  // of eth0, "10.0.0.1/24"; "none": the guest leaves it alone
  std::optional<std::string> commands;  // for its shell; none: a shell at the console
  std::vector<std::string> arguments;   // further ones of the kernel
  std::chrono::milliseconds silence{60'000};
};

/// How it ended.
struct guest_outcome {
  std::optional<int> status;  // of the commands; none: they did not come to their end
  std::string failure;        // one line; empty: the guest ended by itself
  std::string log;            // what the kernel said
};

struct linux_counters {
  tlm::linux_cpu_counters cpu;
  tlm::pci_counters pci;
  sim_time link_up = 0;  // when the guest's commands began
  double link_up_wall_s = 0;
  double wall_s = 0;
  sim_time sim_time_ps = 0;
  std::uint64_t rtl_cycles = 0;
  std::uint64_t rtl_cycles_evaluated = 0;
  std::uint64_t frames_sent = 0;      // by the guest's card
  std::uint64_t frames_received = 0;  // came to the guest's card
  std::uint64_t dma_faults = 0;       // bursts of the card that met no memory
};

class linux_machine {
 public:
  /// The scenario has two machines, of which the first has Linux instead of our software.  `console` hears what the
  /// guest writes.  `stop` is asked in real time.
  linux_machine(const scenario& s, guest_setup guest, std::function<void(std::span<const std::byte>)> console,
                std::function<bool()> stop);
  ~linux_machine();

  event_stream& events();
  void add_wire_tap(std::function<void(const wire_passage&)> on_frame);
  void trace(const wave_options& waves);
  /// Types at the console; between two steps.
  void type(std::string_view text);
  /// Until the guest has ended.  `between` is called every 100 us of simulated time, with the time; false ends the run.
  guest_outcome run(const std::function<bool(sim_time)>& between);
  linux_counters counters() const;
  /// Contract breaches, described.
  const std::vector<std::string>& breaches() const;
  pid_t kernel_process() const;

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace ringside::platform

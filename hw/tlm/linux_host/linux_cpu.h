// SPDX-License-Identifier: Apache-2.0
// The CPU whose program is a Linux kernel in a process of its own: its accesses go out on the bus in simulated time,
// and INTA# comes in.
//
// While the guest runs no time passes, except inside an access that it waits for.  Simulated time may then be ahead of
// the guest's clock, which catches up when the guest is idle next.  Interrupts reach the guest while it waits.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>

#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <systemc>

#include "hw/tlm/linux_host/guest_console.h"
#include "hw/tlm/linux_host/guest_link.h"
#include "hw/tlm/linux_host/pci_cycles.h"

namespace ringside::tlm {

struct linux_cpu_params {
  sim_time interrupt_latency = 500 * ns;  // from INTA# to the CPU
  sim_time sleep_limit = 60 * second;     // of a guest that waits for nothing but an interrupt; time_never: none
};

struct linux_cpu_counters {
  std::uint64_t config_reads = 0, config_writes = 0;
  std::uint64_t reads = 0, writes = 0;
  std::uint64_t port_writes = 0;
  std::uint64_t interrupts = 0;
  sim_time longest_lag = 0;  // of the guest's clock behind simulated time
};

class linux_cpu final : public sc_core::sc_module {
 public:
  static constexpr unsigned pci_virtio_id = 1234;  // CONFIG_UML_PCI_OVER_VIRTIO_DEVICE_ID
  using on_memory = std::function<void(const guest_memory&)>;
  /// An access has ended, with what was written or read.
  using on_access = std::function<void(const pci_cycle&, sim_time)>;

  tlm_utils::simple_initiator_socket<linux_cpu> bus_out;

  explicit linux_cpu(const sc_core::sc_module_name& name);

  /// Before the simulation begins; `console` may be null.  The link must know pci() then.
  void power_on(const linux_cpu_params& params, guest_link& link, guest_console* console, on_memory mapped);
  vhost_user_device& pci() { return pci_; }
  void on_schedule(std::function<void(sim_time)> call) { on_schedule_ = std::move(call); }
  void watch_accesses(on_access call) { on_access_ = std::move(call); }
  /// INTA# changes at `t`, which may be ahead of the kernel.
  void set_interrupt(bool asserted, sim_time t);
  /// Something was typed: outside of the simulation, for time `t`.
  void look_at_console(sim_time t);

  /// The guest has ended, or cannot go on: failure() says why, null when it has ended by itself.
  bool ended() const { return ended_; }
  std::exception_ptr failure() const { return failure_; }
  const linux_cpu_counters& counters() const { return counters_; }

 private:
  struct pin_change {
    sim_time time;
    bool asserted;
  };

  void run();
  void live();
  void wait_in_time();
  bool deliver_something(sim_time now);
  sim_time next_interrupt(sim_time now);
  void kicked(unsigned queue);
  std::uint32_t command(const virtqueue::chain& chain);
  std::uint32_t access(const pci_cycle& cycle);
  void count(const pci_cycle& cycle);
  void notify(sim_time t);
  static sim_time now();

  linux_cpu_params params_;
  guest_link* link_ = nullptr;
  guest_console* console_ = nullptr;
  on_memory mapped_;
  std::function<void(sim_time)> on_schedule_;
  on_access on_access_;
  vhost_user_device pci_;
  pci_cycles cycles_;
  std::deque<virtqueue::chain> interrupt_rooms_;  // buffers for interrupt messages
  unsigned posted_ = 0;                           // write messages since the guest looked at its queue

  std::deque<pin_change> pin_;  // not reached yet
  bool asserted_ = false;       // INTA#, now
  sim_time due_ = time_never;   // of an interrupt on its way
  bool in_service_ = false;     // the guest has not given the message's buffer back
  sc_core::sc_event changed_;

  bool ended_ = false;
  std::exception_ptr failure_;
  linux_cpu_counters counters_;
};

}  // namespace ringside::tlm

// SPDX-License-Identifier: Apache-2.0
// The host bridge: CPU accesses go out to the PCI bus, DMA comes in to memory.
//
// As a target it posts DMA writes and drains them later, in order; INTA# is a sideband and may overtake them.  As a
// master it posts CPU writes to memory space (the CPU goes on; I/O and configuration writes are waited for) and
// completes CPU reads only when every DMA write that ended on the bus before has drained (PCI 2.3 section 3.2.5):
// reading ICR therefore makes the descriptors it announces visible (I-9).
#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <systemc>
#include <tlm>

#include "common/ring_queue.h"
#include "hw/tlm/memory/host_memory.h"
#include "hw/tlm/pci/host_bridge_port.h"
#include "hw/tlm/pci/pci_params.h"

namespace ringside::tlm {

class pci_bus;

class host_bridge final : public host_bridge_port, public sc_core::sc_module {
 public:
  /// CPU accesses: 4 bytes, aligned; address = bus address, port, or configuration dword offset (pci_space_extension).
  tlm_utils::simple_target_socket<host_bridge> cpu_in;
  tlm_utils::simple_initiator_socket<host_bridge> memory_out;

  host_bridge(const sc_core::sc_module_name& name, const pci_params& params, host_memory& memory);

  void connect(pci_bus& bus) { bus_ = &bus; }
  /// Other figures than the constructor's; before the first access.
  void configure(const pci_params& params) { params_ = params; }
  /// Called with the time of every kernel event the bridge schedules, so that cards do not run past it.
  void on_schedule(std::function<void(sim_time)> call) { on_schedule_ = std::move(call); }

  bool claims(std::uint64_t address, std::uint32_t bytes) const override;
  bool can_post(std::uint32_t bytes) const override;
  void post_write(const dma_transfer& transfer, std::uint32_t from, std::uint32_t to, sim_time t) override;
  sim_time drained_by() const override;
  void read_memory(std::uint64_t address, std::span<std::uint8_t> data) override;
  frame_id frame_at(std::uint64_t address) const override;
  sim_time next_drain() const override { return posted_.empty() ? time_never : posted_.front().visible; }
  const posted_write& drain() override;
  void cpu_access_done(cpu_access& access, sim_time t) override;

 private:
  // One access of a CPU under way; reads have a process waiting.
  struct access_slot {
    cpu_access access;
    sc_core::sc_event done;
    bool busy = false;
  };

  void b_transport(::tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  static ::tlm::tlm_response_status check(const ::tlm::tlm_generic_payload& payload);
  access_slot& take_slot();
  void notify(sc_core::sc_event& event, sim_time t);
  void access_memory(::tlm::tlm_command command, std::uint64_t address, std::span<std::uint8_t> data);
  void ask_direct_access();
  void lose_direct_access(sc_dt::uint64 start, sc_dt::uint64 end);

  pci_params params_;
  host_memory& memory_;
  pci_bus* bus_ = nullptr;
  ::tlm::tlm_generic_payload payload_;  // of DMA
  // Memory itself, where it allows that: a transport costs three times what it transports.
  std::uint8_t* direct_ = nullptr;
  std::uint64_t direct_from_ = 0;
  std::uint64_t direct_bytes_ = 0;
  std::function<void(sim_time)> on_schedule_;
  ring_queue<posted_write> posted_;  // bursts that ended on the bus and are not in memory yet
  std::uint32_t posted_bytes_ = 0;
  sim_time last_drain_ = 0;
  std::deque<access_slot> slots_;  // a deque: slots keep their addresses
  std::uint32_t posted_cpu_writes_ = 0;
  sc_core::sc_event write_slot_free_;
};

}  // namespace ringside::tlm

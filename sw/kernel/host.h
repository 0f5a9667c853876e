// SPDX-License-Identifier: Apache-2.0
// The driver's and kernel's whole world: one CPU's view of the machine.
//
// Everything under sw/ reaches time, CPUs, bus, memory and observers through this interface and nothing else.  The
// virtual CPU of platform/ implements it on SystemC; tests implement it on plain C++ (tests/sw/fake_host.h).
//
// Rules of time.  consume() adds CPU cycles to a local offset; other parties do not see the CPU move until it
// synchronises.  sync() publishes the elapsed stretch and takes interrupts that became deliverable inside it (a stretch
// an interrupt splits is shifted, event times included).  Call it before touching anything another party, interrupts
// and softirqs of this CPU included, can see or change; where that is software only, sync_software() or sync_irq() says
// so and may be cheaper.  MMIO, port, configuration and DMA-memory accessors and block()
// synchronise by themselves.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "common/event.h"
#include "common/time.h"
#include "sw/kernel/cost.h"

namespace ringside::kernel {

using bus_address = std::uint64_t;
using task_id = std::uint32_t;
using irq_line = std::uint32_t;

/// What the machine calls when something happens to a CPU.  Implemented by kernel::kernel, called on the interrupted
/// context with interrupts of that CPU disabled.
class cpu_events {
 public:
  virtual ~cpu_events() = default;
  /// An interrupt was delivered.  Runs handler, EOI and exit work; may enable interrupts for softirqs, must return with
  /// them disabled.
  virtual void do_irq(irq_line line) = 0;
  /// The timer set by set_timer() expired.
  virtual void do_timer() = 0;
  /// The machine's own tick came while that timer is not due yet.  The tick is a timer like others and takes along what
  /// is due softly (hrtimer_interrupt).
  virtual void do_tick() {}
  /// Another CPU's send_ipi() arrived.
  virtual void do_ipi() {}
};

/// Where a CPU's costs collect: the end of its stretch.
struct cost_meter {
  std::int64_t* end;
  void add(std::int64_t cycles) { *end += cycles; }
};

class host {
 public:
  virtual ~host() = default;

  /// False when the run is over and software is only taken apart: no other CPU will let go of anything.
  virtual bool running() const { return true; }

  // ---- CPUs and time ----
  virtual unsigned cpu_count() const = 0;
  /// CPU of the running context.
  virtual unsigned this_cpu() const = 0;
  /// Spends the table's cycles for `what`, `times` over (per byte costs: times = bytes).
  /// Called twenty times for a frame, so it is a call of its own only where a cost needs more than to be added.
  void consume(cost what, std::uint64_t times = 1) {
    if (meter_ == nullptr) [[unlikely]]
      return spend(what, times);
    meter_->add(cycles_of(what, times));
  }
  /// Local time of this CPU, the unpublished stretch included.
  virtual sim_time now() const = 0;
  virtual void sync() = 0;
  /// sync() when more than one CPU exists; for state only other CPUs' software can see.
  virtual void sync_smp() = 0;
  /// sync() for state that only this CPU can see, interrupts and softirqs included: the CPU need not wait while none of
  /// its interrupts can come.
  virtual void sync_irq() { sync(); }
  /// sync() for state that only software can see, on any CPU.
  void sync_software() {
    sync_smp();
    sync_irq();
  }
  /// Interrupt enable flag of this CPU; nests through the returned value.  Restoring to enabled synchronises when an
  /// interrupt may be pending.
  virtual bool local_irq_save() = 0;
  virtual void local_irq_restore(bool enabled) = 0;
  void local_irq_enable() { local_irq_restore(true); }
  /// One-shot timer of this CPU: do_timer() at or after `when`; a later call replaces it, time_never cancels.
  virtual void set_timer(sim_time when) = 0;

  /// Interrupts `cpu`: do_ipi() there, once for all that are sent before it gets there.
  virtual void send_ipi(unsigned cpu) = 0;

  // ---- Interrupt controller ----
  virtual void unmask_irq(irq_line line) = 0;
  virtual void mask_irq(irq_line line) = 0;
  /// End of interrupt: the controller samples the level again.
  virtual void eoi(irq_line line) = 0;
  /// True for a message-signalled vector: each message interrupts once, and one that comes when it is masked waits.
  virtual bool irq_is_message(irq_line line) const = 0;
  /// From now on it interrupts `cpu`.
  virtual void set_irq_affinity(irq_line line, unsigned cpu) = 0;

  // ---- Bus: addresses are PCI bus addresses.  Reads stall for the whole round trip, writes post. ----
  virtual std::uint32_t mmio_read32(bus_address address) = 0;
  virtual void mmio_write32(bus_address address, std::uint32_t value) = 0;
  virtual std::uint32_t io_read32(std::uint32_t port) = 0;
  virtual void io_write32(std::uint32_t port, std::uint32_t value) = 0;
  /// Configuration space of `device` (number on the bus), dword offset.  Reads of absent devices return all ones.
  virtual std::uint32_t config_read32(unsigned device, std::uint32_t offset) = 0;
  virtual void config_write32(unsigned device, std::uint32_t offset, std::uint32_t value) = 0;

  // ---- Memory ----
  /// All of memory as the CPU sees it now, bus address 0 first.  A caller that reads what a device may write, or writes
  /// what a device may read, calls sync() right before.
  virtual std::span<std::byte> memory() = 0;
  /// True when CPU and devices always see the same bytes; the three calls below are then not needed.
  virtual bool dma_coherent() const { return true; }
  /// Non-coherent memory: the CPU sees what the device wrote to [address, address + bytes) / the device sees what the
  /// CPU wrote / the CPU gives up its copy, since the device will write.  Until then each side sees its own bytes.  The
  /// machine charges for each cache line.
  virtual void dma_sync_for_cpu(bus_address address, std::size_t bytes) = 0;
  virtual void dma_sync_for_device(bus_address address, std::size_t bytes) = 0;
  virtual void dma_invalidate(bus_address address, std::size_t bytes) {
    static_cast<void>(address);
    static_cast<void>(bytes);
  }
  /// Both sides see the same bytes there from now on (on) or no longer: coherent allocations.
  virtual void set_coherent(bus_address address, std::size_t bytes, bool on) {
    static_cast<void>(address);
    static_cast<void>(bytes);
    static_cast<void>(on);
  }
  /// The frame whose payload was last drained to that address (shadow map), 0 when none.
  virtual frame_id frame_at(bus_address address) const = 0;
  /// What a device reads there from now on belongs to `frame` (shadow map): who maps a packet to be sent says so.
  virtual void mark_frame(bus_address address, std::size_t bytes, frame_id frame) = 0;

  // ---- Tasks: real threads of control, one running per CPU ----
  /// Starts a task on `cpu`; `body` returns when the task ends.
  virtual task_id spawn(unsigned cpu, std::string name, std::function<void()> body) = 0;
  virtual task_id current_task() const = 0;
  /// Sleeping protocol of the kernel: prepare_to_sleep(); if (!condition) schedule(); a wake() in between is not lost.
  virtual void prepare_to_sleep() = 0;
  virtual void finish_sleep() = 0;
  /// Gives up the CPU while prepared to sleep; returns at once when a wake() came.
  virtual void schedule() = 0;
  /// Makes a sleeping task runnable; it runs when its CPU schedules.
  virtual void wake(task_id task) = 0;
  /// True when another task should run on this CPU.
  virtual bool need_resched() const = 0;
  /// Lets the scheduler choose anew when need_resched(), the running task among them.
  virtual void cond_resched() = 0;
  /// Forbids (nests) or allows preemption of the running task at interrupt exit.
  virtual void preempt_disable() = 0;
  virtual void preempt_enable() = 0;

  // ---- Observation ----
  /// Records an event at the local time of this CPU.
  virtual void emit(stage what, frame_id frame = 0, std::uint64_t a = 0, std::uint64_t b = 0) = 0;

 protected:
  /// consume() without a meter.
  virtual void spend(cost what, std::uint64_t times) = 0;
  /// From now on costs only have to be added there, to the running CPU's; null: they take spend().
  void use_meter(cost_meter* meter) { meter_ = meter; }
  void set_costs(const cost_table& costs) {
    for (std::size_t i = 0; i < sixteenths_.size(); ++i) sixteenths_[i] = costs.sixteenths(static_cast<cost>(i));
    // A look at a taken lock that took no time would be the last thing to happen.
    std::uint64_t& wait = sixteenths_[static_cast<std::size_t>(cost::spin_wait)];
    wait = std::max<std::uint64_t>(wait, 16);
  }
  /// CPU cycles of a cost, rounded up to whole ones.
  std::int64_t cycles_of(cost what, std::uint64_t times) const {
    return static_cast<std::int64_t>((sixteenths_[static_cast<std::size_t>(what)] * times + 15) / 16);
  }

 private:
  cost_meter* meter_ = nullptr;
  std::array<std::uint64_t, cost_count> sixteenths_{};  // of a cycle, what a cost takes
};

}  // namespace ringside::kernel

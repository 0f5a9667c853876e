// The driver of an 82540EM: probe, open, interrupt, watchdog, close.  Reads top-down along fact-sheet section 10.
//
// Owner: the platform (one per card).  probe(), open() and close() sleep: call them from a task, after kernel::boot()
// and net_stack::register_protocols().
#pragma once

#include <cstdint>
#include <memory>

#include "sw/driver/config.h"
#include "sw/driver/hardware.h"
#include "sw/driver/nic_statistics.h"
#include "sw/driver/receive_mode.h"
#include "sw/driver/receiver.h"
#include "sw/driver/registers.h"
#include "sw/kernel/work_queue.h"
#include "sw/stack/net_stack.h"

namespace ringside::driver {

enum class driver_status : std::uint8_t {
  ok,
  bad_config,
  no_device,   // nothing, or another chip, in the slot
  no_bar,      // BAR0 or the I/O BAR is missing (P-1)
  not_copper,  // STATUS.TBIMODE set
  no_address,  // RA0 not valid after reset
  no_memory,
  no_irq,
  not_probed,
  busy  // already open
};

std::string_view name(driver_status s);

class e1000 {
 public:
  e1000(stack::net_stack& net, const pci_slot& slot, const config& settings);
  ~e1000();
  e1000(const e1000&) = delete;
  e1000& operator=(const e1000&) = delete;

  /// 10.1: finds the card, resets it, learns its address.  No interrupt until open().
  driver_status probe();
  /// 10.2: ring, buffers, interrupt, first LSC.
  driver_status open();
  /// 10.8.  Afterwards the chip touches no memory of ours (D-6).
  void close();

  /// Reads the chip's counters now.  Task context.
  void update_statistics();
  const nic_statistics& hardware_counters() const { return hardware_counters_; }
  const receiver_statistics& receive_counters() const { return receiver_->counters(); }
  const stack::net_device& device() const { return dev_; }
  const config& settings() const { return settings_; }
  bool is_open() const { return open_; }
  std::uint64_t watchdog_runs() const { return watchdog_runs_; }

 private:
  kernel::irq_return on_irq();
  bool enable_device();
  void run_watchdog();

  stack::net_stack& net_;
  kernel::kernel& kernel_;
  kernel::host& host_;
  pci_slot slot_;
  config settings_;
  registers regs_;
  hardware hardware_;
  stack::net_device dev_;
  std::unique_ptr<receiver> receiver_;
  bool down_ = true;
  std::unique_ptr<receive_mode> mode_;
  nic_statistics hardware_counters_;
  kernel::delayed_work watchdog_;
  std::uint64_t watchdog_runs_ = 0;
  bool probed_ = false;
  bool open_ = false;
};

}  // namespace ringside::driver

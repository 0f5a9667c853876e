// SPDX-License-Identifier: Apache-2.0
// The driver of an 82540EM: probe, open, interrupt, watchdog, reconfiguration, close.  Reads top-down along fact-sheet
// section 10.
//
// Owner: the platform (one per card).  Everything that changes it sleeps: call it from a task, after kernel::boot() and
// net_stack::register_protocols().
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "common/reconfiguration.h"
#include "sw/driver/config.h"
#include "sw/driver/e1000_ops.h"
#include "sw/driver/eeprom.h"
#include "sw/driver/hardware.h"
#include "sw/driver/link.h"
#include "sw/driver/nic_statistics.h"
#include "sw/driver/receive_mode.h"
#include "sw/driver/receiver.h"
#include "sw/driver/registers.h"
#include "sw/driver/rx_filter.h"
#include "sw/driver/transmitter.h"
#include "sw/kernel/work_queue.h"
#include "sw/stack/net_stack.h"

namespace ringside::driver {

enum class driver_status : std::uint8_t {
  ok,
  bad_config,
  no_device,   // nothing, or another chip, in the slot
  no_bar,      // BAR0 or the I/O BAR is missing (P-1)
  not_copper,  // STATUS.TBIMODE set
  no_address,  // the EEPROM's sum is wrong, so nobody knows it
  no_memory,
  no_irq,
  not_probed,
  busy,    // already open
  exists,  // the address or VID is on the list already
  absent   // ... is not on it
};

std::string_view name(driver_status s);

class e1000 {
 public:
  e1000(stack::net_stack& net, const pci_slot& slot, const config& settings);
  ~e1000();
  e1000(const e1000&) = delete;
  e1000& operator=(const e1000&) = delete;

  /// FS 10.1: finds the card, resets it, learns its address.  No interrupt until open().
  driver_status probe();
  /// FS 10.2: ring, buffers, interrupt, first LSC.
  driver_status open();
  /// FS 10.8.  Afterwards the chip touches no memory of ours (D-6).
  void close();

  // ---- Reconfiguration, open or not (reconfigure.cpp).  One task at a time.
  /// ethtool -G.  no_memory: goes on with the old rings.
  driver_status set_ring_size(std::uint32_t descriptors);
  driver_status set_tx_ring_size(std::uint32_t descriptors);
  /// ethtool -A, -s, -r: the link is set up anew.
  driver_status set_pause(const stack::pause_parameters& wished);
  stack::pause_parameters pause() const;
  driver_status set_link(const stack::link_settings& wished);
  stack::link_settings link_now();
  driver_status restart_autoneg();
  bool get_link();

  // ---- ethtool (ethtool.cpp, self_test.cpp): 0 or an errno.
  /// -d: 32 dwords in Linux' order.
  std::vector<std::uint32_t> dump_registers();
  std::size_t eeprom_bytes() const { return std::size_t{2} * eeprom_.words(); }
  /// -e, -E.  Writing needs vendor and device as `magic`, and makes the checksum right again.
  int read_eeprom(std::size_t offset, std::span<std::uint8_t> to);
  int write_eeprom(std::uint32_t magic, std::size_t offset, std::span<const std::uint8_t> from);
  /// -p: the LED.
  int identify(stack::identify_state state);
  /// -t.  Offline the interface is taken down for it.
  stack::self_test_result self_test(bool offline);
  /// ip link set mtu: with it buffer size, LPE, chains and PBA.
  driver_status change_mtu(std::uint32_t mtu);
  /// ethtool -K rx, rxvlan.  These do not touch the device's features, which netdev_change_feature() keeps.
  driver_status set_rx_checksum(bool on);
  driver_status set_vlan_strip(bool on);
  /// ethtool -K rx-all: RCTL.SBP.
  driver_status set_store_bad(bool on);
  /// pthresh, hthresh or wthresh of RXDCTL.
  driver_status set_threshold(reconfiguration which, std::uint32_t descriptors);
  /// PAUSE frames of its own though the partner takes none; the next link-up turns them off.
  driver_status send_pause(bool on);
  /// Stops the transmitter and tells nobody: what the hang detector and the queue's watchdog are there for.
  driver_status hang();
  /// ip link set promisc, allmulticast.
  driver_status set_promiscuous(bool on);
  driver_status set_all_multicast(bool on);
  driver_status add_multicast(const stack::mac_address& address);
  driver_status remove_multicast(const stack::mac_address& address);
  driver_status add_unicast(const stack::mac_address& address);
  driver_status remove_unicast(const stack::mac_address& address);
  driver_status vlan_rx_add_vid(std::uint16_t vid);
  driver_status vlan_rx_kill_vid(std::uint16_t vid);

  /// Who sees each frame before it becomes a packet, null for nobody.  bad_config where a frame may take several
  /// buffers; busy while the interface is up.
  driver_status set_frame_hook(frame_hook hook);

  /// Reads the chip's counters now.  Task context.
  void update_statistics();
  const nic_statistics& hardware_counters() const { return hardware_counters_; }
  const receiver_statistics& receive_counters() const { return receiver_->counters(); }
  const transmitter_statistics& transmit_counters() const { return transmitter_.counters(); }
  const stack::net_device& device() const { return dev_; }
  stack::net_device& device() { return dev_; }
  const config& settings() const { return settings_; }
  bool is_open() const { return open_; }
  std::uint64_t watchdog_runs() const { return watchdog_runs_; }
  /// How often EEPROM or PHY did not answer at a reset ("Hardware Error").
  std::uint64_t hardware_errors() const { return hardware_errors_; }

  // ---- Transmit
  stack::netdev_tx xmit_frame(stack::skb_ptr& skb) { return transmitter_.xmit_frame(skb); }
  /// Asks for a reset outside of the softirq (e1000_tx_timeout).
  void tx_timeout();

 private:
  kernel::irq_return on_irq();
  bool enable_device();
  void configure();
  void start();
  void down();
  void up();
  void reset();
  void reset_task();
  void service_link(bool up);
  // self_test.cpp
  std::uint64_t register_test();
  std::uint64_t eeprom_test();
  std::uint64_t interrupt_test();
  std::uint64_t link_test();
  driver_status set_up_again();
  void power_down_phy();
  // reconfigure.cpp
  driver_status traced(reconfiguration what, std::uint64_t value, const std::function<driver_status()>& change);
  driver_status around_a_stop(const std::function<driver_status(bool running)>& change);
  void begin_reset();
  void end_reset();
  void mask_around(const std::function<void()>& change);
  void rx_mode_changed();
  driver_status add_address(std::vector<stack::mac_address>& list, const stack::mac_address& address);
  driver_status remove_address(std::vector<stack::mac_address>& list, const stack::mac_address& address);
  void run_watchdog();

  stack::net_stack& net_;
  kernel::kernel& kernel_;
  kernel::host& host_;
  pci_slot slot_;
  config settings_;
  registers regs_;
  eeprom eeprom_;
  link link_;
  hardware hardware_;
  rx_filter filter_;
  e1000_ops ops_{*this};
  stack::net_device dev_;
  std::unique_ptr<receiver> receiver_;
  transmitter transmitter_;
  bool down_ = true;      // __E1000_DOWN
  bool gigabit_ = false;  // link_speed is SPEED_1000
  std::uint32_t link_speed_ = 0;
  std::uint32_t wake_on_lan_ = 0;  // WUFC bits
  bool resetting_ = false;         // __E1000_RESETTING
  std::unique_ptr<receive_mode> mode_;
  nic_statistics hardware_counters_;
  kernel::delayed_work watchdog_;
  kernel::delayed_work reset_task_;
  kernel::delayed_work phy_info_task_;
  std::uint64_t hardware_errors_ = 0;
  std::uint64_t idle_errors_ = 0;     // phy_stats
  std::uint64_t receive_errors_ = 0;  // ... of the PHY
  std::uint64_t watchdog_runs_ = 0;
  bool probed_ = false;
  bool open_ = false;
};

}  // namespace ringside::driver

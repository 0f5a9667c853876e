// SPDX-License-Identifier: Apache-2.0
#include "sw/driver/e1000.h"

#include <array>
#include <utility>

#include "sw/stack/eth.h"

namespace ringside::driver {
namespace {

// PCI 2.3 chapter 6: configuration header.
constexpr std::uint32_t config_id = 0x00;
constexpr std::uint32_t config_command = 0x04;
constexpr std::uint32_t config_bar0 = 0x10;
constexpr std::uint32_t command_io = 1;
constexpr std::uint32_t command_memory = 2;
constexpr std::uint32_t command_master = 4;
constexpr std::uint32_t device_82540em = 0x100E8086;
constexpr std::uint32_t bar_is_io = 1;
constexpr std::uint32_t io_mask = 0xFFFFFFFC;
constexpr std::uint32_t memory_mask = 0xFFFFFFF0;
constexpr std::uint16_t word_24_apme = 0x0400;
constexpr std::uint32_t wake_magic = 0x2;  // WUFC.MAG
constexpr sim_time phy_info_delay = 2 * second;

config with_whole_ring(config settings) {
  if (!check(settings).empty()) return settings;
  settings.ring_size = ring_descriptors(settings.ring_size);
  settings.tx_ring_size = ring_descriptors(settings.tx_ring_size);
  return settings;
}

}  // namespace

std::string_view name(driver_status s) {
  static constexpr auto names =
      std::to_array<std::string_view>({"ok", "bad_config", "no_device", "no_bar", "not_copper", "no_address",
                                       "no_memory", "no_irq", "not_probed", "busy", "exists", "absent"});
  return names.at(static_cast<std::size_t>(s));
}

e1000::e1000(stack::net_stack& net, const pci_slot& slot, const config& settings)
    : net_(net),
      kernel_(net.os()),
      host_(net.machine()),
      slot_(slot),
      settings_(with_whole_ring(settings)),
      regs_(host_),
      eeprom_(host_, regs_, settings_),
      link_(host_, regs_, eeprom_, settings_),
      hardware_(regs_, kernel_.clock(), settings_, eeprom_, link_),
      filter_(regs_, settings_),
      receiver_(std::make_unique<receiver>(net, dev_, regs_, settings_)),
      transmitter_(net, dev_, regs_, settings_, down_),
      mode_(make_receive_mode({net_, dev_, regs_, *receiver_, transmitter_, settings_, down_, gigabit_})) {
  using f = stack::device_feature;
  dev_.ops = &ops_;
  dev_.mtu = settings_.mtu;
  dev_.promiscuous = settings_.promiscuous;
  dev_.all_multicast = settings_.all_multicast;
  dev_.unicast = settings_.unicast;
  dev_.multicast = settings_.multicast;
  for (const std::uint16_t vid : settings_.vlans) filter_.note_vlan(vid);
  dev_.hw_features = {f::sg, f::tx_checksum, f::tso, f::rx_checksum, f::rx_vlan, f::rx_all};
  dev_.vlan_features = {f::sg, f::tx_checksum, f::tso};
  dev_.features = dev_.hw_features.with(f::vlan_filter)
                      .with(f::sg, settings_.scatter_gather)
                      .with(f::tx_checksum, settings_.tx_checksum)
                      .with(f::tso, settings_.tso)
                      .with(f::rx_checksum, settings_.checksum_offload)
                      .with(f::rx_vlan, settings_.vlan_offload)
                      .with(f::rx_all, settings_.store_bad);
  dev_.features = stack::netdev_fix_features(ops_.ndo_fix_features(dev_.features));
  dev_.wanted_features = dev_.features & dev_.hw_features;
  net_.transmit().alloc_queues(dev_);
  net_.packets().register_netdevice(dev_);
  watchdog_.function = [this] { run_watchdog(); };
  reset_task_.function = [this] { reset_task(); };
  phy_info_task_.function = [this] {
    if (!down_) link_.read_info();
  };
}

e1000::~e1000() {
  net_.transmit().forget(dev_);
  net_.packets().unregister_netdevice(dev_);
}

// FS 10.1 step 1.
bool e1000::enable_device() {
  std::uint32_t io_base = 0;
  const std::uint32_t bar0 = host_.config_read32(slot_.device, config_bar0);
  if ((bar0 & bar_is_io) != 0 || (bar0 & memory_mask) == 0) return false;
  for (std::uint32_t bar = 1; bar <= 5 && io_base == 0; ++bar) {  // P-1: the first I/O BAR of BAR1..BAR5
    const std::uint32_t value = host_.config_read32(slot_.device, config_bar0 + 4 * bar);
    if ((value & bar_is_io) != 0) io_base = value & io_mask;
  }
  if (io_base == 0) return false;
  // The upper half is the status register, whose bits clear on a 1: write 0 there.
  const std::uint32_t command = host_.config_read32(slot_.device, config_command) & 0xFFFF;
  host_.config_write32(slot_.device, config_command, command | command_io | command_memory | command_master);
  regs_.set_bases(bar0 & memory_mask, io_base);
  return true;
}

driver_status e1000::probe() {
  if (!check(settings_).empty()) return driver_status::bad_config;
  if (host_.config_read32(slot_.device, config_id) != device_82540em) return driver_status::no_device;
  if (!enable_device()) return driver_status::no_bar;
  // Step 2: media.
  if ((regs_.read(reg::STATUS) & status::TBIMODE) != 0) return driver_status::not_copper;
  // Step 3: from here to the first IMS no interrupt may come.
  regs_.write(reg::IMC, 0xFFFFFFFF);
  regs_.flush();
  // Steps 4 to 6.  A card whose EEPROM is damaged is there, but has no address (E-3).
  eeprom_.init();
  hardware_.reset_hw();
  net_.packets().set_address(dev_, hardware_.read_address());
  const std::uint16_t control = eeprom_.read(eeprom_word::INIT_CONTROL_3).value_or(0);
  if ((control & word_24_apme) != 0) wake_on_lan_ = wake_magic;
  // Steps 7 and 8.
  reset();
  filter_.set_vlan_strip(settings_.vlan_offload);
  filter_.set_vlan_filter(false, dev_);
  probed_ = true;
  host_.emit(stage::driver_probe);
  return driver_status::ok;
}

void e1000::configure() {
  filter_.set_rx_mode(dev_);
  filter_.restore_vlans(dev_);
  hardware_.configure_tx(transmitter_.ring());
  hardware_.setup_rctl();
  hardware_.configure_rx(receiver_->ring(), mode_->itr());
  receiver_->fill();  // frames may come from here on (D-2)
}

// FS 10.2 step 8 without the interrupt line.
void e1000::start() {
  host_.sync();
  down_ = false;
  mode_->start();
  dev_.tx.front()->wake();
  host_.emit(stage::driver_open);
  if (mode_->uses_interrupts()) {
    regs_.write(reg::ICS, icr::LSC);  // starts the watchdog from the handler
  } else if (settings_.watchdog) {
    kernel_.work().schedule_delayed_work(watchdog_, kernel::timers::jiffy);
  }
}

driver_status e1000::open() {
  if (!probed_) return driver_status::not_probed;
  if (open_) return driver_status::busy;
  if (dev_.address == stack::mac_address{} || stack::is_multicast(dev_.address)) return driver_status::no_address;
  if (!receiver_->allocate()) return driver_status::no_memory;
  if (!transmitter_.allocate()) {
    receiver_->release();
    return driver_status::no_memory;
  }
  link_.power_phy(true);
  net_.ipv4().device_up(dev_);
  configure();
  if (mode_->uses_interrupts() &&
      !kernel_.irqs().request_irq(slot_.line, dev_.name, this, [this](kernel::irq_line) { return on_irq(); })) {
    power_down_phy();
    hardware_.stop_receiver();
    hardware_.stop_transmitter();
    reset();
    receiver_->clean_ring();
    receiver_->release();
    transmitter_.release();
    net_.device_down(dev_);
    return driver_status::no_irq;
  }
  open_ = true;
  dev_.up = true;
  start();
  net_.transmit().dev_activate(dev_);
  net_.vlans_follow(dev_);
  return driver_status::ok;
}

// FS 10.3.
kernel::irq_return e1000::on_irq() {
  const std::uint32_t causes = regs_.read_icr();
  if (causes == 0) return kernel::irq_return::none;
  if (down_) return kernel::irq_return::handled;
  if ((causes & (icr::LSC | icr::RXSEQ)) != 0) {
    link_.changed();
    if (settings_.watchdog) kernel_.work().schedule_delayed_work(watchdog_, kernel::timers::jiffy);
  }
  mode_->on_interrupt(causes);
  return kernel::irq_return::handled;
}

// e1000_reset, which goes on whatever it found.
void e1000::reset() {
  if (!hardware_.reset(dev_.address)) ++hardware_errors_;
}

// FS 10.7.
void e1000::run_watchdog() {
  if (down_) return;
  ++watchdog_runs_;
  if (!mode_->uses_interrupts()) link_.changed();  // nothing else would say so
  service_link(link_.up());
  if (link_speed_ != 0) update_statistics();
  if (!dev_.carrier && !transmitter_.idle()) {
    // The card sends nothing more, so what waits in the ring would wait for ever.
    transmitter_.count_timeout();
    kernel_.work().schedule_delayed_work(reset_task_, 0);
    return;
  }
  // D-4: a cause lost by a broken chip would stall reception until here.
  if (mode_->uses_interrupts()) regs_.write(reg::ICS, icr::RXDMT0);
  transmitter_.detect_hang();
  if (!down_) kernel_.work().schedule_delayed_work(watchdog_, settings_.watchdog_period);
}

// L-4: only with a link the transmitter is on.
void e1000::service_link(bool up) {
  if (up == dev_.carrier) return;
  if (up) {
    const link_mode mode = link_.mode();
    regs_.read(reg::CTRL);  // Linux says what flow control there is
    link_speed_ = mode.speed;
    gigabit_ = mode.speed == 1000;
    transmitter_.set_timeout_factor(mode.speed == 10 ? 16 : 1);
    hardware_.enable_transmitter();
    net_.transmit().netif_carrier_on(dev_);
  } else {
    link_speed_ = 0;
    gigabit_ = false;
    net_.transmit().netif_carrier_off(dev_);
  }
  if (!down_) kernel_.work().schedule_delayed_work(phy_info_task_, phy_info_delay);
}

// e1000_update_stats: the interface's counters are the card's, not what software met of them.
void e1000::update_statistics() {
  hardware_counters_.update(regs_);
  const nic_statistics& c = hardware_counters_;
  dev_.stats.rx_crc_errors = c["CRCERRS"];
  dev_.stats.rx_frame_errors = c["ALGNERRC"];
  dev_.stats.rx_length_errors = c["RUC"] + c["ROC"];
  dev_.stats.multicast = c["MPRC"];
  dev_.stats.rx_missed_errors = c["MPC"];
  dev_.stats.rx_errors = c["RXERRC"] + c["CRCERRS"] + c["ALGNERRC"] + c["RUC"] + c["ROC"] + c["CEXTERR"];
  dev_.stats.collisions = c["COLC"];
  dev_.stats.tx_errors = c["ECOL"] + c["LATECOL"];
  dev_.stats.tx_aborted_errors = c["ECOL"];
  dev_.stats.tx_window_errors = c["LATECOL"];
  dev_.stats.tx_carrier_errors = c["TNCRS"];
  constexpr std::uint16_t idle_error_count = 0x00FF;
  if (gigabit_) idle_errors_ += link_.transceiver().read(phy_reg::STATUS_1000T).value_or(0) & idle_error_count;
  receive_errors_ += link_.transceiver().read(phy_reg::RX_ERROR_COUNT).value_or(0);
}

void e1000::tx_timeout() {
  transmitter_.count_timeout();
  kernel_.work().schedule_delayed_work(reset_task_, 0);
}

// e1000_reinit_locked.
void e1000::reset_task() {
  begin_reset();
  if (!down_) {
    down();
    up();
  }
  end_reset();
}

// FS 10.8.  Polls go on while the chip stops, so what has arrived is still taken; what is left after the reset is
// dropped.  Carrier goes behind the transmitter: the watchdog must not switch that on again.
void e1000::down() {
  hardware_.stop_receiver();
  net_.transmit().netif_tx_disable(dev_);
  hardware_.stop_transmitter();
  net_.transmit().netif_carrier_off(dev_);
  mode_->stop();
  host_.sync();
  down_ = true;
  kernel_.irqs().synchronize_irq(slot_.line);
  kernel_.work().cancel_delayed_work_sync(watchdog_);
  kernel_.work().cancel_delayed_work_sync(phy_info_task_);
  update_statistics();  // the reset clears them
  gigabit_ = false;
  link_speed_ = 0;
  reset();
  transmitter_.clean_ring();
  regs_.write(reg::RDH, 0);
  regs_.write(reg::RDT, 0);
  receiver_->clean_ring();
  host_.emit(stage::driver_close);
}

void e1000::up() {
  configure();
  start();
}

void e1000::close() {
  begin_reset();
  const bool was_open = open_;
  if (was_open) {
    down_ = true;  // before all else, as e1000_close does: nothing restarts what is being stopped
    open_ = false;
    dev_.up = false;
    net_.transmit().dev_deactivate(dev_);
    down();
    power_down_phy();
    if (mode_->uses_interrupts()) kernel_.irqs().free_irq(slot_.line, this);
    receiver_->release();
    transmitter_.release();
    net_.device_down(dev_);
  }
  end_reset();
  // A reset that waited for its turn has found the interface down.
  if (was_open) kernel_.work().cancel_delayed_work_sync(reset_task_);
}

// M-9: not where somebody may want to wake the machine by it.
void e1000::power_down_phy() {
  if (wake_on_lan_ != 0 || (regs_.read(reg::MANC) & manc::SMBUS_EN) != 0) return;
  link_.power_phy(false);
  kernel_.clock().msleep(1 * ms);
}

}  // namespace ringside::driver

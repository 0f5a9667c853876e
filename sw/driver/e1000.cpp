// SPDX-License-Identifier: Apache-2.0
#include "sw/driver/e1000.h"

#include <array>

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
constexpr std::uint32_t speed_1000 = 2U << status::SPEED_SHIFT;  // 10, and 11 means the same (FS 2.3)

config with_whole_ring(config settings) {
  if (check(settings).empty()) settings.ring_size = ring_descriptors(settings.ring_size);
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
      hardware_(regs_, kernel_.clock(), settings_),
      filter_(regs_, settings_),
      receiver_(std::make_unique<receiver>(net, dev_, regs_, settings_)),
      mode_(make_receive_mode({net_, dev_, regs_, *receiver_, settings_, down_, gigabit_})) {
  dev_.ops = &ops_;
  dev_.mtu = settings_.mtu;
  dev_.promiscuous = settings_.promiscuous;
  dev_.all_multicast = settings_.all_multicast;
  dev_.unicast = settings_.unicast;
  dev_.multicast = settings_.multicast;
  for (const std::uint16_t vid : settings_.vlans) filter_.note_vlan(vid);
  dev_.rx_checksum = settings_.checksum_offload;
  dev_.rx_vlan_offload = settings_.vlan_offload;
  net_.packets().register_netdevice(dev_);
  watchdog_.function = [this] { run_watchdog(); };
}

e1000::~e1000() {
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
  // Steps 5 and 6: the reset reloads RA0; the EEPROM itself is not read.
  hardware_.reset_hw();
  stack::mac_address found{};
  if (!hardware_.read_address(found)) return driver_status::no_address;
  net_.packets().set_address(dev_, found);
  // Steps 7 and 8.
  hardware_.reset(dev_.address);
  filter_.set_vlan_strip(dev_.rx_vlan_offload);
  filter_.set_vlan_filter(false, dev_);
  probed_ = true;
  host_.emit(stage::driver_probe);
  return driver_status::ok;
}

// FS 10.2 steps 2 to 7.
void e1000::configure() {
  filter_.set_rx_mode(dev_);
  filter_.restore_vlans(dev_);
  hardware_.setup_rctl();
  hardware_.configure_rx(receiver_->ring(), mode_->itr());
  receiver_->fill();  // frames may come from here on (D-2)
}

// FS 10.2 step 8 without the interrupt line.
void e1000::start() {
  host_.sync();
  down_ = false;
  mode_->start();
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
  if (!receiver_->allocate()) return driver_status::no_memory;
  net_.ipv4().ip_mc_up(dev_);
  configure();
  if (mode_->uses_interrupts() &&
      !kernel_.irqs().request_irq(slot_.line, dev_.name, this, [this](kernel::irq_line) { return on_irq(); })) {
    hardware_.stop();
    hardware_.reset(dev_.address);
    receiver_->clean_ring();
    receiver_->release();
    return driver_status::no_irq;
  }
  open_ = true;
  dev_.up = true;
  start();
  return driver_status::ok;
}

// FS 10.3.
kernel::irq_return e1000::on_irq() {
  const std::uint32_t causes = regs_.read_icr();
  if (causes == 0) return kernel::irq_return::none;
  if (down_) return kernel::irq_return::handled;
  if ((causes & (icr::LSC | icr::RXSEQ)) != 0 && settings_.watchdog)
    kernel_.work().schedule_delayed_work(watchdog_, kernel::timers::jiffy);
  mode_->on_interrupt(causes);
  return kernel::irq_return::handled;
}

// FS 10.7.
void e1000::run_watchdog() {
  if (down_) return;
  ++watchdog_runs_;
  const std::uint32_t link = regs_.read(reg::STATUS);
  dev_.carrier = (link & status::LU) != 0;
  gigabit_ = dev_.carrier && (link & status::SPEED) >= speed_1000;
  if (dev_.carrier) update_statistics();
  // D-4: a cause lost by a broken chip would stall reception until here.
  if (mode_->uses_interrupts()) regs_.write(reg::ICS, icr::RXDMT0);
  if (!down_) kernel_.work().schedule_delayed_work(watchdog_, settings_.watchdog_period);
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
}

// FS 10.8.  Polls go on while the chip stops, so what has arrived is still taken; what is left after the reset is
// dropped.
void e1000::down() {
  hardware_.stop();
  mode_->stop();
  host_.sync();
  down_ = true;
  kernel_.irqs().synchronize_irq(slot_.line);
  kernel_.work().cancel_delayed_work_sync(watchdog_);
  dev_.carrier = gigabit_ = false;
  update_statistics();  // the reset clears them
  hardware_.reset(dev_.address);
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
  if (open_) {
    down_ = true;  // before all else, as e1000_close does: nothing restarts what is being stopped
    open_ = false;
    dev_.up = false;
    down();
    if (mode_->uses_interrupts()) kernel_.irqs().free_irq(slot_.line, this);
    receiver_->release();
  }
  end_reset();
}

}  // namespace ringside::driver

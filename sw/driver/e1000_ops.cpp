// SPDX-License-Identifier: Apache-2.0
#include "sw/driver/e1000_ops.h"

#include "sw/driver/e1000.h"
#include "sw/stack/eth.h"

namespace ringside::driver {
namespace {

int error_of(driver_status s) {
  switch (s) {
    case driver_status::ok:
      return 0;
    case driver_status::bad_config:
      return -EINVAL;
    case driver_status::no_device:
    case driver_status::no_bar:
    case driver_status::not_probed:
      return -ENODEV;
    case driver_status::not_copper:
      return -EOPNOTSUPP;
    case driver_status::no_address:
      return -EADDRNOTAVAIL;
    case driver_status::no_memory:
      return -ENOMEM;
    case driver_status::no_irq:
    case driver_status::busy:
      return -EBUSY;
    case driver_status::exists:
      return -EEXIST;
    case driver_status::absent:
      return -ENOENT;
  }
  return -EINVAL;
}

}  // namespace

int e1000_ops::ndo_open() {
  return error_of(card_.open());
}
int e1000_ops::ndo_stop() {
  card_.close();
  return 0;
}
int e1000_ops::ndo_change_mtu(std::uint32_t mtu) {
  return error_of(card_.change_mtu(mtu));
}
stack::netdev_tx e1000_ops::ndo_start_xmit(stack::skb_ptr& skb) {
  return card_.xmit_frame(skb);
}
void e1000_ops::ndo_tx_timeout(unsigned /*queue*/) {
  card_.tx_timeout();
}

// e1000_fix_features: CTRL.VME is one switch for both directions.
stack::feature_set e1000_ops::ndo_fix_features(stack::feature_set wished) {
  return wished.with(stack::device_feature::tx_vlan, wished.has(stack::device_feature::rx_vlan));
}

// e1000_set_features: what the stack alone looks at needs nothing of the card.
int e1000_ops::ndo_set_features(stack::feature_set wished) {
  using f = stack::device_feature;
  const auto changed = [&](f which) { return wished.has(which) != card_.device().features.has(which); };
  driver_status result = driver_status::ok;
  if (changed(f::rx_vlan)) result = card_.set_vlan_strip(wished.has(f::rx_vlan));
  if (result == driver_status::ok && changed(f::rx_checksum))
    result = card_.set_rx_checksum(wished.has(f::rx_checksum));
  if (result == driver_status::ok && changed(f::rx_all)) result = card_.set_store_bad(wished.has(f::rx_all));
  return error_of(result);
}
// The card knows one TPID (VET): NETIF_F_HW_VLAN_CTAG_FILTER.
int e1000_ops::ndo_vlan_rx_add_vid(std::uint16_t tpid, std::uint16_t vid) {
  return tpid == stack::ether_type::vlan ? error_of(card_.vlan_rx_add_vid(vid)) : -EOPNOTSUPP;
}
int e1000_ops::ndo_vlan_rx_kill_vid(std::uint16_t tpid, std::uint16_t vid) {
  return tpid == stack::ether_type::vlan ? error_of(card_.vlan_rx_kill_vid(vid)) : -EOPNOTSUPP;
}
int e1000_ops::set_promiscuous(bool on) {
  return error_of(card_.set_promiscuous(on));
}
int e1000_ops::set_all_multicast(bool on) {
  return error_of(card_.set_all_multicast(on));
}
int e1000_ops::multicast_add(const stack::mac_address& address) {
  return error_of(card_.add_multicast(address));
}
int e1000_ops::multicast_remove(const stack::mac_address& address) {
  return error_of(card_.remove_multicast(address));
}
int e1000_ops::unicast_add(const stack::mac_address& address) {
  return error_of(card_.add_unicast(address));
}
int e1000_ops::unicast_remove(const stack::mac_address& address) {
  return error_of(card_.remove_unicast(address));
}
// e1000_set_ringparam, each ring for itself: the one that does not change stays.  Asked for what is there the interface
// goes down and up all the same, as Linux' does.
int e1000_ops::set_ringparam(std::uint32_t rx_pending, std::uint32_t tx_pending) {
  const config& now = card_.settings();
  driver_status result = driver_status::ok;
  if (rx_pending != now.ring_size || tx_pending == now.tx_ring_size) result = card_.set_ring_size(rx_pending);
  if (result == driver_status::ok && tx_pending != now.tx_ring_size) result = card_.set_tx_ring_size(tx_pending);
  return error_of(result);
}
stack::ring_parameters e1000_ops::get_ringparam() const {
  constexpr std::uint32_t most = 4096;  // E1000_MAX_82544_RXD, E1000_MAX_82544_TXD
  return {most, most, card_.settings().ring_size, card_.settings().tx_ring_size};
}
int e1000_ops::set_pauseparam(const stack::pause_parameters& wished) {
  return error_of(card_.set_pause(wished));
}
stack::pause_parameters e1000_ops::get_pauseparam() const {
  return card_.pause();
}
int e1000_ops::get_link_settings(stack::link_settings& now) {
  now = card_.link_now();
  return 0;
}
int e1000_ops::set_link_settings(const stack::link_settings& wished) {
  return error_of(card_.set_link(wished));
}
bool e1000_ops::get_link() {
  return card_.get_link();
}
int e1000_ops::nway_reset() {
  return error_of(card_.restart_autoneg());
}
std::vector<std::uint32_t> e1000_ops::get_regs() {
  return card_.dump_registers();
}
std::size_t e1000_ops::get_eeprom_len() const {
  return card_.eeprom_bytes();
}
int e1000_ops::get_eeprom(std::size_t offset, std::span<std::uint8_t> to) {
  return card_.read_eeprom(offset, to);
}
int e1000_ops::set_eeprom(std::uint32_t magic, std::size_t offset, std::span<const std::uint8_t> from) {
  return card_.write_eeprom(magic, offset, from);
}
stack::self_test_result e1000_ops::self_test(bool offline) {
  return card_.self_test(offline);
}
int e1000_ops::set_phys_id(stack::identify_state state) {
  return card_.identify(state);
}
int e1000_ops::set_tunable(reconfiguration which, std::uint32_t value) {
  switch (which) {
    case reconfiguration::pthresh:
    case reconfiguration::hthresh:
    case reconfiguration::wthresh:
      return error_of(card_.set_threshold(which, value));
    case reconfiguration::pause_sent:
      return error_of(card_.send_pause(value != 0));
    case reconfiguration::hang:
      return error_of(card_.hang());
    default:
      return -EOPNOTSUPP;
  }
}

// e1000_gstrings_stats of Linux 6.1's e1000_ethtool.c, in its order.
e1000_ops::named_counts e1000_ops::get_ethtool_stats() const {
  const nic_statistics& c = card_.hardware_counters();
  const receiver_statistics& r = card_.receive_counters();
  const transmitter_statistics& t = card_.transmit_counters();
  const stack::net_device_statistics& dev = card_.device().stats;
  return {{"rx_packets", c["GPRC"]},
          {"tx_packets", c["GPTC"]},
          {"rx_bytes", c["GORC"]},
          {"tx_bytes", c["GOTC"]},
          {"rx_broadcast", c["BPRC"]},
          {"tx_broadcast", c["BPTC"]},
          {"rx_multicast", c["MPRC"]},
          {"tx_multicast", c["MPTC"]},
          {"rx_errors", c["RXERRC"]},
          {"tx_errors", c["ECOL"] + c["LATECOL"]},
          {"tx_dropped", dev.tx_dropped},
          {"multicast", c["MPRC"]},
          {"collisions", c["COLC"]},
          {"rx_length_errors", c["RUC"] + c["ROC"]},
          {"rx_over_errors", 0},
          {"rx_crc_errors", c["CRCERRS"]},
          {"rx_frame_errors", dev.rx_frame_errors},
          {"rx_no_buffer_count", c["RNBC"]},
          {"rx_missed_errors", c["MPC"]},
          {"tx_aborted_errors", c["ECOL"]},
          {"tx_carrier_errors", c["TNCRS"]},
          {"tx_fifo_errors", 0},
          {"tx_heartbeat_errors", 0},
          {"tx_window_errors", c["LATECOL"]},
          {"tx_abort_late_coll", c["LATECOL"]},
          {"tx_deferred_ok", c["DC"]},
          {"tx_single_coll_ok", c["SCC"]},
          {"tx_multi_coll_ok", c["MCC"]},
          {"tx_timeout_count", t.timeouts},
          {"tx_restart_queue", t.restarts},
          {"rx_long_length_errors", c["ROC"]},
          {"rx_short_length_errors", c["RUC"]},
          {"rx_align_errors", c["ALGNERRC"]},
          {"tx_tcp_seg_good", c["TSCTC"]},
          {"tx_tcp_seg_failed", c["TSCTFC"]},
          {"rx_flow_control_xon", c["XONRXC"]},
          {"rx_flow_control_xoff", c["XOFFRXC"]},
          {"tx_flow_control_xon", c["XONTXC"]},
          {"tx_flow_control_xoff", c["XOFFTXC"]},
          {"rx_long_byte_count", c["GORC"]},
          {"rx_csum_offload_good", r.checksum_good},
          {"rx_csum_offload_errors", r.checksum_bad},
          {"alloc_rx_buff_failed", r.buffer_failures},
          {"tx_smbus", c["MGTPTC"]},
          {"rx_smbus", c["MGTPRC"]},
          {"dropped_smbus", c["MGTPDC"]}};
}

}  // namespace ringside::driver

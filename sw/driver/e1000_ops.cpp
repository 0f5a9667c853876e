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
      return -EIO;
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
int e1000_ops::ndo_set_features(stack::device_feature which, bool on) {
  switch (which) {
    case stack::device_feature::rx_checksum:
      return error_of(card_.set_rx_checksum(on));
    case stack::device_feature::rx_vlan:
      return error_of(card_.set_vlan_strip(on));
    case stack::device_feature::rx_all:
      return error_of(card_.set_store_bad(on));
  }
  return -EINVAL;
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
int e1000_ops::set_ringparam(std::uint32_t rx_pending) {
  return error_of(card_.set_ring_size(rx_pending));
}
int e1000_ops::set_tunable(reconfiguration which, std::uint32_t value) {
  switch (which) {
    case reconfiguration::pthresh:
    case reconfiguration::hthresh:
    case reconfiguration::wthresh:
      return error_of(card_.set_threshold(which, value));
    default:
      return -EOPNOTSUPP;
  }
}

// e1000_gstrings_stats of Linux 6.1's e1000_ethtool.c, in its order.  There is no transmitter and no SMBus manager:
// tx_* that no register of this card counts and tx_smbus stay 0.
e1000_ops::named_counts e1000_ops::get_ethtool_stats() const {
  const nic_statistics& c = card_.hardware_counters();
  const receiver_statistics& r = card_.receive_counters();
  const stack::net_device_statistics& dev = card_.device().stats;
  return {{"rx_packets", c["GPRC"]},
          {"tx_packets", 0},
          {"rx_bytes", c["GORC"]},
          {"tx_bytes", 0},
          {"rx_broadcast", c["BPRC"]},
          {"tx_broadcast", 0},
          {"rx_multicast", c["MPRC"]},
          {"tx_multicast", 0},
          {"rx_errors", c["RXERRC"]},
          {"tx_errors", 0},
          {"tx_dropped", 0},
          {"multicast", c["MPRC"]},
          {"collisions", 0},
          {"rx_length_errors", c["RUC"] + c["ROC"]},
          {"rx_over_errors", 0},
          {"rx_crc_errors", c["CRCERRS"]},
          {"rx_frame_errors", dev.rx_frame_errors},
          {"rx_no_buffer_count", c["RNBC"]},
          {"rx_missed_errors", c["MPC"]},
          {"tx_aborted_errors", 0},
          {"tx_carrier_errors", 0},
          {"tx_fifo_errors", 0},
          {"tx_heartbeat_errors", 0},
          {"tx_window_errors", 0},
          {"tx_abort_late_coll", 0},
          {"tx_deferred_ok", 0},
          {"tx_single_coll_ok", 0},
          {"tx_multi_coll_ok", 0},
          {"tx_timeout_count", 0},
          {"tx_restart_queue", 0},
          {"rx_long_length_errors", c["ROC"]},
          {"rx_short_length_errors", c["RUC"]},
          {"rx_align_errors", c["ALGNERRC"]},
          {"tx_tcp_seg_good", 0},
          {"tx_tcp_seg_failed", 0},
          {"rx_flow_control_xon", c["XONRXC"]},
          {"rx_flow_control_xoff", c["XOFFRXC"]},
          {"tx_flow_control_xon", c["XONTXC"]},
          {"tx_flow_control_xoff", c["XOFFTXC"]},
          {"rx_long_byte_count", c["GORC"]},
          {"rx_csum_offload_good", r.checksum_good},
          {"rx_csum_offload_errors", r.checksum_bad},
          {"alloc_rx_buff_failed", r.buffer_failures},
          {"tx_smbus", 0},
          {"rx_smbus", c["MGTPRC"]},
          {"dropped_smbus", 0}};
}

}  // namespace ringside::driver

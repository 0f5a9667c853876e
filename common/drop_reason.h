// Why a frame was dropped: one list for chip, driver and stack, since every frame has exactly one fate.
#pragma once

#include <cstdint>
#include <string_view>

namespace ringside {

enum class drop_reason : std::uint8_t {
  none,
  // Chip; the first twelve carry the values of e1000_pkg::rx_reason_e.
  rx_disabled,  // RCTL.EN = 0 at its first byte
  link_down,
  address_filter,
  vlan_filter,
  mac_control,    // PAUSE or MAC control kept from the host
  crc_error,      // CRCERRS
  rx_error,       // RXERRC
  undersize,      // RUC
  fragment,       // RFC
  oversize,       // ROC
  jabber,         // RJC
  fifo_overflow,  // MPC
  nic_reset,      // in the FIFO or on its way to memory when CTRL.RST came
  // Driver.
  driver_error,  // error bits the driver does not accept (e1000_clean_rx_irq: 0x97)
  driver_chain,  // frame over several descriptors that the mode does not take
  driver_no_memory,
  driver_down,  // descriptor still in the ring when the interface was closed
  // Device-independent layer.
  backlog_full,  // softnet_data.dropped
  other_host,    // PACKET_OTHERHOST, seen only when promiscuous
  no_protocol,   // no handler for the EtherType
  vlan_unknown,  // tagged for a VLAN that is not configured
  // IPv4.
  ip_header,  // truncated, version or header length wrong
  ip_checksum,
  ip_length,   // total length beyond the frame
  ip_address,  // not for this host
  ip_option,
  ip_fragment,     // reassembly failed or timed out
  ip_no_protocol,  // no handler for the IP protocol
  // Transport and socket.
  udp_header,
  udp_checksum,
  no_socket,      // no socket bound to the port
  socket_rcvbuf,  // receive buffer full
  icmp_header,
  icmp_checksum,
  arp_header,
  tcp_no_socket,
  count
};

/// Name as printed in frames.dropped.<name>; "none" for none.
std::string_view name(drop_reason reason);

}  // namespace ringside

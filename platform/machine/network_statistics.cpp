// SPDX-License-Identifier: Apache-2.0
#include "platform/machine/network_statistics.h"

#include <algorithm>
#include <cmath>

#include "sw/kernel/kernel.h"
#include "sw/stack/app.h"
#include "sw/stack/net_device_ops.h"
#include "sw/stack/net_stack.h"

namespace ringside::platform {
namespace {

link_statistics link_of(const stack::net_device& dev) {
  link_statistics l;
  l.index = dev.index;
  l.name = dev.name;
  l.up = dev.up;
  l.carrier = dev.carrier;
  l.promiscuous = dev.promiscuous;
  l.all_multicast = dev.all_multicast;
  l.mtu = dev.mtu;
  l.address = dev.address;
  l.rx_bytes = dev.stats.rx_bytes;
  l.rx_packets = dev.stats.rx_packets;
  l.rx_errors = dev.stats.rx_errors;
  l.rx_dropped = dev.stats.rx_dropped;
  l.rx_missed_errors = dev.stats.rx_missed_errors;
  l.multicast = dev.stats.multicast;
  l.rx_length_errors = dev.stats.rx_length_errors;
  l.rx_crc_errors = dev.stats.rx_crc_errors;
  l.rx_frame_errors = dev.stats.rx_frame_errors;
  l.rx_fifo_errors = dev.stats.rx_fifo_errors;
  l.rx_otherhost_dropped = dev.stats.rx_otherhost_dropped;
  return l;
}

// A wrong checksum is a header error too (csum_error falls through to inhdr_error in ip_rcv_core).
snmp_row ip_row(stack::net_stack& net) {
  stack::ipv4_layer& layer = net.ipv4();
  const stack::ip_output_statistics& o = net.output().counters();
  const stack::ipv4_statistics& c = layer.counters();
  const stack::fragment_statistics& f = layer.fragments().counters();
  return {"Ip",
          {{"Forwarding", 2},
           {"DefaultTTL", net.routes().sysctls().default_ttl},
           {"InReceives", c.in_receives},
           {"InHdrErrors", c.in_header_errors + c.in_checksum_errors + c.in_option_errors},
           {"InAddrErrors", c.in_address_errors},
           {"ForwDatagrams", 0},
           {"InUnknownProtos", c.in_unknown_protocols},
           {"InDiscards", c.in_discards},
           {"InDelivers", c.in_delivers},
           {"OutRequests", o.out_packets},
           {"OutDiscards", o.out_discards},
           {"OutNoRoutes", o.out_no_routes},
           {"ReasmTimeout", f.timeouts},
           {"ReasmReqds", f.reassembly_requests},
           {"ReasmOKs", f.reassembled},
           {"ReasmFails", f.failures},
           {"FragOKs", o.fragmented},
           {"FragFails", o.frag_fails},
           {"FragCreates", o.frag_creates}}};
}

// icmp_rcv: every message counts; a wrong checksum is an error, too.
snmp_row icmp_row(const stack::icmp_statistics& c) {
  snmp_row row{
      "Icmp",
      {{"InMsgs", c.messages}, {"InErrors", c.header_errors + c.checksum_errors}, {"InCsumErrors", c.checksum_errors}}};
  constexpr std::pair<const char*, std::size_t> kinds[] = {
      {"DestUnreachs", 3},   {"TimeExcds", 11}, {"ParmProbs", 12},   {"SrcQuenchs", 4},
      {"Redirects", 5},      {"Echos", 8},      {"EchoReps", 0},     {"Timestamps", 13},
      {"TimestampReps", 14}, {"AddrMasks", 17}, {"AddrMaskReps", 18}};
  for (const auto& [name, type] : kinds) row.counts.emplace_back(std::string("In") + name, c.by_type[type]);
  row.counts.emplace_back("OutMsgs", c.out_messages);
  row.counts.emplace_back("OutErrors", c.out_errors);
  row.counts.emplace_back("OutRateLimitGlobal", c.out_rate_limit_global);
  row.counts.emplace_back("OutRateLimitHost", c.out_rate_limit_host);
  for (const auto& [name, type] : kinds) row.counts.emplace_back(std::string("Out") + name, c.out_by_type[type]);
  return row;
}

snmp_row udp_row(const stack::udp_statistics& c) {
  return {"Udp",
          {{"InDatagrams", c.in_datagrams},
           {"NoPorts", c.no_ports},
           {"InErrors", c.header_errors + c.checksum_errors + c.receive_buffer_errors},
           {"OutDatagrams", c.out_datagrams},
           {"RcvbufErrors", c.receive_buffer_errors},
           {"SndbufErrors", c.send_buffer_errors},
           {"InCsumErrors", c.checksum_errors},
           {"IgnoredMulti", c.ignored_multicast},
           {"MemErrors", 0}}};
}

}  // namespace

ping_report ping_report_of(const stack::ping_statistics& s, std::uint32_t destination) {
  ping_report r{destination, s.transmitted, s.received, s.duplicates, s.errors};
  if (s.received == 0) return r;
  const auto in_ps = [](double in_ns) { return static_cast<sim_time>(std::llround(in_ns * static_cast<double>(ns))); };
  r.minimum = s.minimum;
  r.maximum = s.maximum;
  r.average = in_ps(s.mean_ns);
  r.deviation = in_ps(std::sqrt(s.squares / static_cast<double>(s.received)));
  return r;
}

net_statistics network_statistics(std::span<const stack::net_device* const> devices, stack::net_stack& net,
                                  kernel::kernel& os, unsigned cpus) {
  net_statistics out;
  for (const stack::net_device* dev : devices) {
    interface_statistics& one = out.interfaces.emplace_back();
    if (dev->ops != nullptr) one.ethtool = dev->ops->get_ethtool_stats();
    one.link = link_of(*dev);
  }
  out.snmp = {ip_row(net), icmp_row(net.icmp().counters()), udp_row(net.udp().counters())};
  for (unsigned cpu = 0; cpu < cpus; ++cpu) {
    const kernel::softnet_statistics c = os.counters().softnet_of(cpu);
    out.softnet.push_back({c.processed, c.dropped, c.time_squeeze, os.net().backlog_length(cpu)});
  }
  return out;
}

}  // namespace ringside::platform

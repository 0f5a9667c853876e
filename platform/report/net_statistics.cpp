// SPDX-License-Identifier: Apache-2.0
#include "platform/report/net_statistics.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace ringside::platform {
namespace {

// ethtool prints names behind five blanks.
std::string ethtool_part(const interface_statistics& s) {
  std::string out = fmt::format("$ ethtool -S {}\nNIC statistics:\n", s.link.name);
  for (const auto& [name, value] : s.ethtool) out += fmt::format("     {}: {}\n", name, value);
  return out;
}

std::string flags_of(const link_statistics& l) {
  std::string out = "BROADCAST";
  if (l.up && !l.carrier) out = "NO-CARRIER," + out;
  if (l.all_multicast) out += ",ALLMULTI";
  if (l.promiscuous) out += ",PROMISC";
  out += ",MULTICAST";
  if (l.up) out += ",UP";
  if (l.up && l.carrier) out += ",LOWER_UP";
  return out;
}

struct column {
  std::string_view name;
  std::uint64_t value;
  std::size_t least;  // width
};

// iproute2 6.1: names and values right-aligned below each other; the title stands in the first column.
std::string link_lines(std::string_view title, std::initializer_list<column> columns) {
  std::string names;
  std::string values;
  for (const column& c : columns) {
    const std::string value = fmt::format("{}", c.value);
    const std::size_t width = std::max(c.least, value.size());
    names += names.empty() ? fmt::format("    {}{:>{}}", title, c.name, width - title.size())
                           : fmt::format(" {:>{}}", c.name, width);
    values += values.empty() ? fmt::format("    {:>{}}", value, width) : fmt::format(" {:>{}}", value, width);
  }
  return names + "\n" + values + "\n";
}

std::string link_part(const link_statistics& l) {
  std::string out = fmt::format("$ ip -s -s link show {}\n{}: {}: <{}> mtu {} state {}\n", l.name, l.index, l.name,
                                flags_of(l), l.mtu, l.up && l.carrier ? "UP" : "DOWN");
  out += fmt::format("    link/ether {:02x} brd ff:ff:ff:ff:ff:ff\n", fmt::join(l.address, ":"));
  out += link_lines("RX:", {{"bytes", l.rx_bytes, 10},
                            {"packets", l.rx_packets, 7},
                            {"errors", l.rx_errors, 6},
                            {"dropped", l.rx_dropped, 7},
                            {"missed", l.rx_missed_errors, 7},
                            {"mcast", l.multicast, 7}});
  out += link_lines("RX errors:", {{"length", l.rx_length_errors, 18},
                                   {"crc", l.rx_crc_errors, 6},
                                   {"frame", l.rx_frame_errors, 7},
                                   {"fifo", l.rx_fifo_errors, 7},
                                   {"overrun", l.rx_over_errors, 7}});
  return out;
}

// snmp_seq_show: a line of names and a line of values.
std::string snmp_part(const std::vector<snmp_row>& rows) {
  std::string out = "$ cat /proc/net/snmp\n";
  for (const snmp_row& row : rows) {
    std::string names = row.name + ":";
    std::string values = names;
    for (const auto& [name, value] : row.counts) {
      names += " " + name;
      values += fmt::format(" {}", value);
    }
    out += fmt::format("{}\n{}\n", names, values);
  }
  return out;
}

// softnet_seq_show: thirteen hexadecimal columns, 4 to 9 no longer in use; no RPS and no flow limit here (10, 11).
std::string softnet_part(const std::vector<softnet_row>& rows) {
  std::string out = "$ cat /proc/net/softnet_stat\n";
  for (std::size_t cpu = 0; cpu < rows.size(); ++cpu) {
    const softnet_row& r = rows[cpu];
    const std::array<std::uint64_t, 13> columns{r.processed, r.dropped, r.time_squeeze, 0,  0, 0, 0, 0, 0,
                                                0,           0,         r.backlog_len,  cpu};
    for (std::size_t i = 0; i < columns.size(); ++i)
      out += fmt::format("{:08x}{}", static_cast<std::uint32_t>(columns[i]), i + 1 == columns.size() ? "\n" : " ");
  }
  return out;
}

}  // namespace

std::string print_net_statistics(const net_statistics& s) {
  std::string out;
  for (const interface_statistics& one : s.interfaces) out += ethtool_part(one) + link_part(one.link);
  return out + snmp_part(s.snmp) + softnet_part(s.softnet);
}

}  // namespace ringside::platform

#include "common/drop_reason.h"

#include <array>
#include <cstddef>

namespace ringside {
namespace {
constexpr auto names = std::to_array<std::string_view>({
    "none",          "rx_disabled", "link_down",     "address_filter", "vlan_filter",      "mac_control",
    "crc_error",     "rx_error",    "undersize",     "fragment",       "oversize",         "jabber",
    "fifo_overflow", "nic_reset",   "driver_error",  "driver_chain",   "driver_no_memory", "driver_down",
    "backlog_full",  "other_host",  "no_protocol",   "vlan_unknown",   "ip_header",        "ip_checksum",
    "ip_length",     "ip_address",  "ip_option",     "ip_fragment",    "ip_no_protocol",   "udp_header",
    "udp_checksum",  "no_socket",   "socket_rcvbuf", "icmp_header",    "icmp_checksum",    "arp_header",
    "tcp_no_socket",
});
static_assert(names.size() == static_cast<std::size_t>(drop_reason::count));
}  // namespace

std::string_view name(drop_reason reason) {
  return names.at(static_cast<std::size_t>(reason));
}

}  // namespace ringside

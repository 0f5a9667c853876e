// SPDX-License-Identifier: Apache-2.0
// The keys of the software side and of the run.
#include <array>

#include "platform/scenario/key_rules.h"
#include "platform/scenario/key_table.h"

namespace ringside::platform {
namespace {

using namespace key_rules;

void store_ports(scenario& s, const value& v) {
  s.app.ports.clear();
  for (const auto port : v.list) s.app.ports.push_back(static_cast<std::uint16_t>(port));
}

std::vector<std::array<std::uint8_t, 6>> addresses_of(const value& v) {
  std::vector<std::array<std::uint8_t, 6>> list(v.list.size() / 6);
  for (std::size_t i = 0; i < v.list.size(); ++i) list[i / 6][i % 6] = static_cast<std::uint8_t>(v.list[i]);
  return list;
}
template <class number>
std::vector<number> numbers_of(const value& v) {
  std::vector<number> list;
  for (const auto item : v.list) list.push_back(static_cast<number>(item));
  return list;
}

constexpr value_rule addresses(std::string_view cast) {
  return {.kind = kind::macs, .low = 0, .high = 64, .words = cast};
}

const auto software_table = std::to_array<key_row>({
    {"driver.mode", "napi", choice("napi|irq|poll"), "NAPI, one interrupt per batch without NAPI, or polling only",
     "Linux 6.1 e1000: NAPI",
     [](scenario& s, const value& v) { s.driver.mode = static_cast<driver::receive_mode_kind>(v.number); }},
    {"driver.ring_size",
     "256",
     {.kind = kind::whole, .low = 8, .high = 4096, .unit = "descriptors"},
     "receive descriptors, rounded up to a multiple of 8",
     "SDM RDLEN in 128 B steps; Linux E1000_DEFAULT_RXD 256, REQ_RX_DESCRIPTOR_MULTIPLE 8",
     [](scenario& s, const value& v) { s.driver.ring_size = u32(v); }},
    {"driver.buffer_size",
     "2048",
     {.kind = kind::number_or, .low = 256, .high = 16384, .power_of_two = true, .unit = "B", .words = "auto"},
     "receive buffer (RCTL.BSIZE, BSEX); auto: 2048, above an MTU of 2030 4096; at an MTU of 1500 1522 of it are used",
     "SDM RCTL; Linux e1000_change_mtu: 2048",
     [](scenario& s, const value& v) { s.driver.buffer_size = u32(v); }},
    {"driver.copybreak", "256", whole(0, 16384, "B"), "frames up to this size are copied, the buffer stays in the ring",
     "Linux 6.1 e1000 parameter copybreak", [](scenario& s, const value& v) { s.driver.copybreak = u32(v); }},
    {"driver.budget", "64", whole(1, 1024, "frames"), "most frames of one poll", "Linux NAPI_POLL_WEIGHT 64",
     [](scenario& s, const value& v) { s.driver.budget = u32(v); }},
    {"driver.itr",
     "20000",
     {.kind = kind::number_or, .low = 60, .high = 3'906'250, .unit = "interrupts/s", .words = "off|dynamic"},
     "interrupt throttle rate; the register takes 10^9/(rate*256); dynamic: from 20000, by the traffic of each poll",
     "SDM 291 ITR; Linux InterruptThrottleRate, 3 by default: dynamic (e1000_set_itr)",
     [](scenario& s, const value& v) {
       s.driver.dynamic_itr = v.text == "dynamic";
       s.driver.itr = s.driver.dynamic_itr ? 20000 : u32(v);
     }},
    {"driver.rdtr", "0", whole(0, 65535, "1.024 us"), "receive packet delay timer; 0: at once", "SDM 305 RDTR; Linux 0",
     [](scenario& s, const value& v) { s.driver.rdtr = u32(v); }},
    {"driver.radv", "8", whole(0, 65535, "1.024 us"), "receive absolute delay timer; no effect while rdtr is 0",
     "SDM 29 RADV; Linux 8", [](scenario& s, const value& v) { s.driver.radv = u32(v); }},
    {"driver.pthresh", "0", whole(0, 63, "descriptors"),
     "descriptors are prefetched when fewer unused ones are on the chip (RXDCTL.PTHRESH)",
     "SDM 320 RXDCTL; Linux leaves it as reset", [](scenario& s, const value& v) { s.driver.pthresh = u32(v); }},
    {"driver.hthresh", "0", whole(0, 63, "descriptors"), "... and at least so many are posted (RXDCTL.HTHRESH)",
     "SDM 320 RXDCTL; Linux leaves it as reset", [](scenario& s, const value& v) { s.driver.hthresh = u32(v); }},
    {"driver.wthresh", "0", whole(0, 63, "descriptors"),
     "descriptors are written back by so many, or when a timer or an empty ring asks (RXDCTL.WTHRESH)",
     "SDM 320 RXDCTL; Linux leaves it as reset", [](scenario& s, const value& v) { s.driver.wthresh = u32(v); }},
    {"driver.rdmts", "0", whole(0, 2), "free descriptors that raise RXDMT0: 1/2, 1/4 or 1/8 of the ring (RCTL.RDMTS)",
     "SDM 300 RCTL; Linux 0: 1/2", [](scenario& s, const value& v) { s.driver.rdmts = u32(v); }},
    {"driver.rsrpd", "0", whole(0, 4095, "B"), "frames up to this size raise SRPD at once (RSRPD); 0: none",
     "SDM RSRPD; Linux never writes it", [](scenario& s, const value& v) { s.driver.rsrpd = u32(v); }},
    {"driver.buffer_offset", "0", whole(0, 4095, "B"),
     "receive buffers begin so much later in their memory: any alignment, across pages", "SDM 20: any byte address",
     [](scenario& s, const value& v) { s.driver.buffer_offset = u32(v); }},
    {"driver.promiscuous", "off", toggle, "RCTL.UPE and MPE", "Linux IFF_PROMISC",
     [](scenario& s, const value& v) { s.driver.promiscuous = v.number != 0; }},
    {"driver.all_multicast", "off", toggle, "RCTL.MPE", "Linux IFF_ALLMULTI",
     [](scenario& s, const value& v) { s.driver.all_multicast = v.number != 0; }},
    {"driver.unicast", "", addresses("unicast"), "further addresses of the station; more than 14 turn RCTL.UPE on",
     "Linux e1000_set_rx_mode: netdev->uc", [](scenario& s, const value& v) { s.driver.unicast = addresses_of(v); }},
    {"driver.multicast", "", addresses("multicast"),
     "groups listened to: RA1..RA14 as far as free, then the hash table MTA", "Linux e1000_set_rx_mode: netdev->mc",
     [](scenario& s, const value& v) { s.driver.multicast = addresses_of(v); }},
    {"driver.multicast_offset", "0", whole(0, 3), "address bits that are hashed (RCTL.MO)",
     "SDM 324; Linux mc_filter_type 0", [](scenario& s, const value& v) { s.driver.multicast_offset = u32(v); }},
    {"driver.vlans",
     "",
     {.kind = kind::vids, .low = 0, .high = 4094},
     "802.1Q VLANs the interface is in; any turns the filter on, with VID 0 (RCTL.VFE, VFTA)",
     "Linux e1000_vlan_rx_add_vid, vlan_device_event; IEEE 802.1Q 9.6",
     [](scenario& s, const value& v) { s.driver.vlans = s.stack.vlans = numbers_of<std::uint16_t>(v); }},
    {"driver.vlan_strip", "on", toggle, "the chip takes VLAN tags out (CTRL.VME)", "Linux NETIF_F_HW_VLAN_CTAG_RX",
     [](scenario& s, const value& v) { s.driver.vlan_offload = v.number != 0; }},
    {"driver.rx_checksum", "on", toggle, "the chip verifies TCP and UDP checksums (RXCSUM.TUOFL)",
     "Linux NETIF_F_RXCSUM", [](scenario& s, const value& v) { s.driver.checksum_offload = v.number != 0; }},
    {"driver.quiesce", "10ms", time_up_to(100 * ms), "wait between RCTL.EN=0 and reset; from 4 ms on to the jiffy",
     "Linux e1000_down: msleep(10); less: this project",
     [](scenario& s, const value& v) { s.driver.quiesce_delay = v.number; }},
    {"driver.reset_wait", "5ms", time_up_to(100 * ms), "wait after CTRL.RST; from 4 ms on to the jiffy",
     "Linux e1000_get_auto_rd_done: msleep(5); less: this project",
     [](scenario& s, const value& v) { s.driver.reset_delay = v.number; }},
    {"driver.mtu", "1500", whole(68, 16110, "B"), "largest IP packet; above 1500 the chip takes long frames (RCTL.LPE)",
     "IEEE 802.3 clause 3.2.7; RFC 791: 68; Linux e1000: 16110",
     [](scenario& s, const value& v) { s.driver.mtu = u32(v); }},
    {"driver.watchdog", "on", toggle, "two-second watchdog", "Linux e1000_watchdog",
     [](scenario& s, const value& v) { s.driver.watchdog = v.number != 0; }},
    {"driver.strip_crc", "off", toggle, "the chip strips the FCS (RCTL.SECRC)", "SDM RCTL; Linux e1000: off",
     [](scenario& s, const value& v) { s.driver.strip_crc = v.number != 0; }},
    {"driver.store_bad", "off", toggle, "damaged frames are stored (RCTL.SBP) and go up the stack: ethtool -K rx-all",
     "SDM RCTL; Linux NETIF_F_RXALL", [](scenario& s, const value& v) { s.driver.store_bad = v.number != 0; }},
    {"driver.tx_ring_size", "256", whole(48, 4096, "descriptors"),
     "transmit descriptors, rounded up to a multiple of 8", "Linux e1000 parameter TxDescriptors; E1000_MIN_TXD 48",
     [](scenario& s, const value& v) { s.driver.tx_ring_size = u32(v); }},
    {"driver.tx_int_delay", "8", whole(0, 65535, "1.024 us"),
     "transmit interrupt delay timer (TIDV); 0: at once, and no descriptor asks for it", "Linux TxIntDelay 8; T-61",
     [](scenario& s, const value& v) { s.driver.tx_int_delay = u32(v); }},
    {"driver.tx_abs_int_delay", "32", whole(0, 65535, "1.024 us"), "... at most (TADV)", "Linux TxAbsIntDelay 32; T-61",
     [](scenario& s, const value& v) { s.driver.tx_abs_int_delay = u32(v); }},
    {"driver.flow_control", "eeprom", choice("none|rx|tx|full|eeprom"),
     "PAUSE frames: obeyed (rx), sent (tx), both; as the link partner allows; eeprom: as the card's EEPROM says",
     "Linux FlowControl; IEEE 802.3 annex 28B",
     [](scenario& s, const value& v) { s.driver.pause = static_cast<driver::flow_control>(v.number); }},
    {"driver.autoneg", "47", whole(1, 47),
     "modes advertised, a sum: 1 10/half, 2 10/full, 4 100/half, 8 100/full, 32 1000/full", "Linux AutoNeg 0x2F",
     [](scenario& s, const value& v) { s.driver.autoneg = u32(v); }},
    {"driver.duplex", "auto", choice("auto|half|full"), "with driver.speed: forced; alone: what is advertised",
     "Linux Duplex", [](scenario& s, const value& v) { s.driver.duplex = u32(v); }},
    {"driver.speed", "auto", choice("auto|10|100|1000"),
     "Mb/s; with driver.duplex 10 and 100 are forced, else it is what is advertised", "Linux Speed",
     [](scenario& s, const value& v) {
       s.driver.speed = std::array<std::uint32_t, 4>{0, 10, 100, 1000}.at(u32(v));
     }},
    {"driver.tx_checksum", "on", toggle, "the chip completes checksums that the stack began", "Linux NETIF_F_HW_CSUM",
     [](scenario& s, const value& v) { s.driver.tx_checksum = v.number != 0; }},
    {"driver.scatter_gather", "on", toggle, "packets in pieces go to the chip as they are", "Linux NETIF_F_SG",
     [](scenario& s, const value& v) { s.driver.scatter_gather = v.number != 0; }},
    {"driver.tso", "on", toggle, "the chip cuts large TCP packets into segments", "Linux NETIF_F_TSO",
     [](scenario& s, const value& v) { s.driver.tso = v.number != 0; }},
    {"driver.irq_quota",
     "off",
     {.kind = kind::number_or, .low = 1, .high = 4096, .unit = "frames", .words = "off"},
     "most frames of one interrupt in mode irq; off: until the ring is empty",
     "this project; off: drivers before NAPI",
     [](scenario& s, const value& v) { s.driver.irq_quota = u32(v); }},
    {"driver.skip_dma_sync", "off", toggle, "planted bug: frames are copied without dma_sync_single_for_cpu",
     "a lesson; shows with bus.coherent = off",
     [](scenario& s, const value& v) { s.driver.skip_dma_sync = v.number != 0; }},
    {"driver.ack_after_poll", "off", toggle, "planted bug: the poll clears ICR after its last look at the ring",
     "a lesson; loses a wakeup in mode napi",
     [](scenario& s, const value& v) { s.driver.ack_after_poll = v.number != 0; }},

    {"stack.rcvbuf", "212992", whole(2304, 1'073'741'824, "B"), "socket receive buffer limit, buffer overhead counted",
     "Linux net.core.rmem_default 212992; SOCK_MIN_RCVBUF",
     [](scenario& s, const value& v) { s.stack.sockets.rmem_default = u32(v); }},
    {"stack.address",
     "10.0.0.2",
     {.kind = kind::ipv4},
     "IPv4 address of the interface",
     "RFC 1918",
     [](scenario& s, const value& v) {
       s.stack.addresses = {{u32(v), 24}};
     }},
    {"stack.groups",
     "",
     {.kind = kind::groups},
     "multicast groups joined; their Ethernet addresses join driver.multicast",
     "RFC 1112 6.4",
     [](scenario& s, const value& v) { s.stack.groups = numbers_of<std::uint32_t>(v); }},
    {"stack.service_vlans",
     "",
     {.kind = kind::vids, .low = 0, .high = 4094},
     "802.1ad VLANs (TPID 88a8) the interface is in; the chip knows nothing of them",
     "Linux vlan_find_dev: by TPID and VID",
     [](scenario& s, const value& v) { s.stack.service_vlans = numbers_of<std::uint16_t>(v); }},
    {"stack.frag_timeout_ms", "30000", whole(1, 3'600'000, "ms"), "a datagram's fragments are kept so long at most",
     "Linux net.ipv4.ipfrag_time 30 s", [](scenario& s, const value& v) { s.stack.fragments.timeout = v.number * ms; }},
    {"stack.frag_high_thresh", "4MB", whole(0, 1'073'741'824, "B"), "memory all fragments together may hold",
     "Linux net.ipv4.ipfrag_high_thresh 4 MB",
     [](scenario& s, const value& v) { s.stack.fragments.memory_limit = static_cast<std::size_t>(v.number); }},
    {"stack.frag_max_dist",
     "64",
     {.kind = kind::number_or, .low = 1, .high = 1'000'000, .unit = "fragments", .words = "off"},
     "fragments of one sender between two of a datagram, at most; more throw the datagram away",
     "Linux net.ipv4.ipfrag_max_dist 64",
     [](scenario& s, const value& v) { s.stack.fragments.max_distance = u32(v); }},
    {"stack.udp_ports",
     "5001",
     {.kind = kind::ports},
     "ports the application listens on",
     "iperf's default port",
     store_ports},
    {"stack.app_wait", "blocking", choice("blocking|select|poll|epoll|epoll_edge|epoll_oneshot"),
     "how the application waits; epoll: level-triggered, or with EPOLLET or EPOLLONESHOT",
     "recvmsg(2), select(2), poll(2), epoll(7)",
     [](scenario& s, const value& v) { s.app.wait = static_cast<stack::app_wait>(v.number); }},
    {"stack.app_cost_ns", "0", whole(0, 1'000'000'000, "ns"), "work of the application for each datagram",
     "this project", [](scenario& s, const value& v) { s.app_cost_ns = u32(v); }},

    {"reconfigure.actions",
     "",
     {.kind = kind::actions},
     "changes while traffic runs, each at a time after the first frame may come",
     "ip link, ip maddr, ethtool; Linux e1000_set_ringparam, e1000_change_mtu, e1000_set_rx_mode, e1000_set_features",
     [](scenario& s, const value& v) { s.reconfigure.actions = *parse_reconfigure_actions(v.text); }},

    {"run.seed", "1", whole(0, 9'223'372'036'854'775'807), "seed of everything random", "this project",
     [](scenario& s, const value& v) { s.run.seed = static_cast<std::uint64_t>(v.number); }},
    {"run.time_limit",
     "10s",
     {.kind = kind::whole, .low = 1 * us, .high = 86'400 * second, .unit = "ms", .grain = "ps"},
     "simulated time after which the run ends",
     "this project",
     [](scenario& s, const value& v) { s.run.time_limit = v.number; }},
    {"run.end", "traffic", choice("traffic|time_limit"),
     "the run ends when the traffic is over, or at run.time_limit whatever there is", "this project",
     [](scenario& s, const value& v) { s.run.end = static_cast<run_end>(v.number); }},
    {"run.drain_ms", "1000", whole(0, 10'000, "ms"),
     "longest simulated wait for frames in flight after the last one was sent", "this project",
     [](scenario& s, const value& v) { s.run.drain_ms = u32(v); }},
    {"run.step", "ahead", choice("ahead|cycle"), "RTL runs ahead to the next event, or one kernel step per cycle",
     "same event hash either way", [](scenario& s, const value& v) { s.run.step = static_cast<step_mode>(v.number); }},
    {"run.skip", "on", toggle, "skip cycles in which the RTL asks for no clock", "same event hash either way",
     [](scenario& s, const value& v) { s.run.skip = v.number != 0; }},
    {"run.gate_clocks", "on", toggle, "the RTL's clocks run when they are asked for, or else at every edge",
     "same event hash either way", [](scenario& s, const value& v) { s.run.gate_clocks = v.number != 0; }},
    {"run.direct_call", "on", toggle, "the Verilated card is called past eval() where the build allows it",
     "same event hash either way", [](scenario& s, const value& v) { s.run.direct_call = v.number != 0; }},
    {"run.cpu_accumulate", "on", toggle, "CPU costs accumulate between synchronisations", "same event hash either way",
     [](scenario& s, const value& v) { s.run.cpu_accumulate = v.number != 0; }},

    {"checker.enabled", "on", toggle, "contract checker", "spec/82540em.md",
     [](scenario& s, const value& v) { s.checker.enabled = v.number != 0; }},
    {"checker.off",
     "",
     {.kind = kind::identifiers},
     "rules that are not checked, such as R-21,N-1",
     "spec/82540em.md",
     [](scenario& s, const value& v) { s.checker.off = v.names; }},
});

}  // namespace

std::span<const key_row> software_rows() {
  return software_table;
}

}  // namespace ringside::platform

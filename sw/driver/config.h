// SPDX-License-Identifier: Apache-2.0
// What a user can choose about the driver: the scenario keys driver.*.
//
// Owner: the platform.  Read by every part of the driver; changed while open by reconfigure.cpp alone.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "common/ethernet.h"
#include "common/time.h"
#include "sw/kernel/host.h"
#include "sw/stack/bytes.h"

namespace ringside::driver {

enum class receive_mode_kind : std::uint8_t {
  napi,  // interrupt, then polling in the receive softirq
  irq,   // everything in the hardirq, netif_rx to the backlog
  poll   // a task that never stops polling, no interrupts
};

/// What happens to a frame that spans several descriptors.
enum class chain_policy : std::uint8_t {
  automatic,  // accepted above an MTU of 1500, as in Linux, and when a frame may need several buffers
  accept,     // joined as fragments (e1000_clean_jumbo_rx_irq)
  discard     // dropped up to its EOP (e1000_clean_rx_irq)
};

/// PAUSE frames: none, obey them, send them, both; by_eeprom: as the card's EEPROM says (Linux' parameter FlowControl).
enum class flow_control : std::uint8_t { none = 0, rx = 1, tx = 2, full = 3, by_eeprom };

struct config {
  receive_mode_kind mode = receive_mode_kind::napi;
  std::uint32_t ring_size = 256;     // descriptors: 8..4096 (Linux: from 48), rounded up to a multiple of 8
  std::uint32_t buffer_size = 2048;  // bytes: 256, 512, 1024, 2048, 4096, 8192, 16384; 0 = as Linux chooses for the MTU
  std::uint32_t copybreak = 256;     // frames up to this many bytes, FCS included, are copied
  std::uint32_t budget = 64;         // NAPI weight
  std::uint32_t itr = 20000;         // interrupts per second at most; 0 = no limit
  bool dynamic_itr = false;          // itr follows the traffic, from 4000 to 20000 (InterruptThrottleRate=3); NAPI only
  std::uint32_t rdtr = 0;            // 1.024 us units
  std::uint32_t radv = 8;            // 1.024 us units
  std::uint32_t pthresh = 0;         // RXDCTL, descriptors; all three 0: the register stays as reset, as in Linux
  std::uint32_t hthresh = 0;
  std::uint32_t wthresh = 0;
  std::uint32_t rdmts = 0;          // RCTL.RDMTS: 0..2 = RXDMT0 at 1/2, 1/4, 1/8 of the ring free
  std::uint32_t rsrpd = 0;          // bytes; 0 = no small packet detect
  std::uint32_t buffer_offset = 0;  // bytes by which each buffer begins later in its memory: 0..4095
  bool promiscuous = false;
  bool all_multicast = false;
  std::uint32_t multicast_offset = 0;         // RCTL.MO; Linux: 0
  std::vector<stack::mac_address> unicast;    // further addresses of the station
  std::vector<stack::mac_address> multicast;  // groups it listens to
  std::vector<std::uint16_t> vlans;           // VIDs it is a member of
  std::uint32_t mtu = 1500;                   // 46..16110
  bool watchdog = true;
  bool vlan_offload = true;      // CTRL.VME
  bool checksum_offload = true;  // RXCSUM.TUOFL
  bool store_bad = false;        // NETIF_F_RXALL, RCTL.SBP: damaged frames come too and go up the stack
  bool strip_crc = false;        // RCTL.SECRC; Linux leaves the FCS in memory and trims it
  chain_policy chains = chain_policy::automatic;
  std::uint32_t tx_ring_size = 256;              // descriptors: 48..4096, rounded up to a multiple of 8 (TxDescriptors)
  std::uint32_t tx_int_delay = 8;                // TIDV, 1.024 us units; 0: no descriptor asks for it (TxIntDelay)
  std::uint32_t tx_abs_int_delay = 32;           // TADV, 1.024 us units (TxAbsIntDelay)
  flow_control pause = flow_control::by_eeprom;  // FlowControl
  std::uint32_t autoneg = 0x2F;  // modes advertised: 1 10/half, 2 10/full, 4 100/half, 8 100/full, 20 1000/full
  std::uint32_t duplex = 0;      // Duplex: 0 negotiated, 1 half, 2 full
  std::uint32_t speed = 0;       // Speed: 0 negotiated, 10, 100, 1000 Mb/s
  bool tx_checksum = true;       // NETIF_F_HW_CSUM
  bool scatter_gather = true;    // NETIF_F_SG
  bool tso = true;               // NETIF_F_TSO
  std::uint32_t irq_quota = 0;   // frames per interrupt in mode irq; 0 = until the ring is empty
  bool skip_dma_sync = false;    // planted bug, for lessons: copies without dma_sync_single_for_cpu
  bool ack_after_poll = false;   // planted bug, for lessons: the poll clears ICR after its last look at the ring
  std::uint32_t pba_kb = 48;     // receive share of the packet buffer, PBA.RXA; 0 = as Linux chooses for the MTU
  unsigned cpu = 0;              // of the polling task in mode poll
  sim_time watchdog_period = 2 * second;
  sim_time quiesce_delay = 10 * ms;   // after EN=0, before reset
  sim_time reset_delay = 5 * ms;      // EEPROM auto-load after reset
  sim_time eeprom_delay = 50 * us;    // half a clock of the EEPROM
  sim_time phy_read_delay = 50 * us;  // before each look whether the PHY has answered a read
  sim_time phy_write_delay = 5 * us;  // ... and a write

  bool operator==(const config&) const = default;
};

/// Where the card sits.
struct pci_slot {
  unsigned device = 0;        // number on the bus
  kernel::irq_line line = 0;  // interrupt line its INTA# is routed to
};

/// Empty when the settings are usable, otherwise what is wrong with which key.
std::string_view check(const config& settings);

// Frame sizes with FCS (FS 10.5, FS 10.6).
inline constexpr std::uint32_t eth_header_bytes = ethernet::header_bytes;
inline constexpr std::uint32_t fcs_bytes = ethernet::fcs_bytes;
inline constexpr std::uint32_t vlan_tag_bytes = ethernet::tag_bytes;
inline constexpr std::uint32_t standard_frame_bytes = ethernet::longest_frame;  // 1500 + header + tag + FCS: R-40
inline constexpr std::uint32_t max_mtu = 16110;

/// Largest frame the MTU allows on the wire, DA..FCS, untagged (Linux' max_frame_size).
inline constexpr std::uint32_t max_frame_bytes(const config& c) {
  return c.mtu + eth_header_bytes + fcs_bytes;
}
/// Descriptors of a ring of that setting (ethtool -G: REQ_RX_DESCRIPTOR_MULTIPLE, REQ_TX_DESCRIPTOR_MULTIPLE).
inline constexpr std::uint32_t ring_descriptors(std::uint32_t setting) {
  return (setting + 7) / 8 * 8;
}
/// FCS bytes the chip leaves at the end of a frame in memory.
inline constexpr std::uint32_t trailer_bytes(const config& c) {
  return c.strip_crc ? 0 : fcs_bytes;
}
/// Value of BSIZE in bytes: what the chip may write into one buffer.
std::uint32_t hardware_buffer_bytes(const config& c);
/// Bytes of each buffer posted.
std::uint32_t posted_buffer_bytes(const config& c);
/// Whether multi-descriptor frames are joined.
bool accepts_chains(const config& c);

}  // namespace ringside::driver

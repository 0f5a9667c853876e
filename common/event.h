// The typed event: everything an observer can learn about a run.
//
// Hardware models, bus, CPU, driver and stack emit events; waveforms, journeys, statistics, latency histograms, the
// contract checker and the event hash consume them (event_stream.h).  There is no second set of probes.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/time.h"

namespace ringside {

/// Identifies a frame from the wire to its fate; 0 = no frame.  Wire number in the upper 16 bits, below it a count from
/// 1 in wire order.
using frame_id = std::uint64_t;
inline constexpr unsigned frame_wire_shift = 48;

/// What happened.  The comment gives the meaning of event::a and event::b.
enum class stage : std::uint16_t {
  // Stages of a frame's journey, wire to memory.
  wire_sof,         // first preamble byte on GMII        a = bytes DA..FCS, b = wire_mark bits
  wire_eof,         // last FCS byte on GMII              a = bytes DA..FCS
  filter_accept,    // address filter took it
  filter_reject,    // fate                               b = drop_reason
  fifo_commit,      // whole frame in the FIFO
  fifo_drop,        // fate                               a = drop_mark bits, b = drop_reason
  desc_fetch,       // fetch burst complete on the bus    a = address, b = bytes
  dma_start,        // first payload address phase        a = address, b = bytes of the burst
  dma_done,         // last payload data phase            a = address after the last byte
  desc_writeback,   // descriptor complete on the bus     a = descriptor address, b = its bytes 8..15
  dd_visible,       // ... and drained into memory        a = descriptor address, b = its bytes 8..15
  cause_set,        // ICR bits set                       a = bits
  moderation_hold,  // a cause begins to wait for ITR     a = bits
  intx_assert,
  intx_deassert,
  // CPU, driver, kernel.
  hardirq_enter,  // a = interrupt line
  icr_read,       // value returned to the driver       a = value
  imc_write,      // a = bits
  napi_schedule,
  softirq_raise,  // a = softirq number
  hardirq_exit,
  softirq_enter,
  ksoftirqd_run,
  napi_poll,  // a = budget left
  dma_sync,   // buffer handed to the CPU           a = bus address, b = bytes
  skb_build,  // a = bytes, b = 1 when copied (copybreak)
  // Stack.
  netif_receive_skb,  // a = bytes from the Ethernet header on
  tap,                // a = bytes the tap saw
  ip_rcv,
  udp_rcv,
  tcp_v4_rcv,
  icmp_rcv,
  arp_rcv,
  socket_enqueue,  // fate: delivered                    a = socket and socket_mark bits, b = payload bytes
  task_wake,       // a = task
  app_read,        // a = socket, b = bytes
  skb_consume,     // fate: consumed by a protocol
  skb_drop,        // fate                               a = drop_mark bits, b = drop_reason
  // Driver to chip.
  rdt_write,      // a = value
  napi_complete,  // a = work done
  ims_write,      // a = bits
  softirq_exit,   // a = restarts used
  // Bring-up and tear-down.
  boot_ksoftirqd,
  boot_net_dev_init,
  boot_proto_register,  // a = EtherType or IP protocol
  driver_probe,
  driver_open,
  driver_close,
  // The rest: what consumers need beyond the journey.
  dma_write,         // payload burst complete on the bus  a = bus address, b = bytes
  desc_load,         // descriptor arrived on chip         a = descriptor address, b = buffer address it held
  pci_transaction,   // left the bus                       a = address, b = pci_word (pci_bus.h)
  reg_write,         // NIC register took a value          a = offset, b = value
  reg_read,          // NIC register answered              a = offset, b = value
  nic_reset,         // CTRL.RST took effect
  link_change,       // a = 1 up
  rnbc,              // good frame met an empty ring
  desc_post,         // driver wrote a descriptor          a = descriptor address, b = buffer address
  desc_take,         // driver saw DD and took it          a = descriptor address, b = its bytes 8..15
  dma_map,           // a = bus address, b = bytes
  dma_unmap,         // a = bus address, b = bytes
  task_switch,       // the CPU goes over to a task        a = task, 0 = idle
  reconfigure,       // interface changed while it runs    a = reconfiguration, with marks at its end; b = value
  dma_misuse,        // the DMA API's own check objects    a = bus address, b = dma_fault
  socket_copy,       // another socket gets a copy as well a = socket, b = payload bytes
  irq_nobody_cared,  // a line nobody serves is shut off   a = interrupt line
  count
};

/// event::a of reg_write and reg_read for configuration space: this base plus the dword offset.
inline constexpr std::uint64_t config_event_base = 0x1000'0000;

/// Who saw it; also the tie order of events at one instant: software at T precedes the bus, the bus the RTL edge at T.
enum class origin : std::uint8_t { cpu = 0, bus = 1, nic = 2 };

struct event {
  sim_time time = 0;
  frame_id frame = 0;
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  // Together one word of 32 bits, as event_hash reads them.
  std::uint8_t unit = 0;  // number of the CPU, bus or NIC
  origin from = origin::cpu;
  stage what = stage::count;
};

/// Lane a stage is drawn in.
enum class lane : std::uint8_t { wire, fifo, bus, memory, cpu };

struct stage_info {
  stage what;
  std::string_view name;
  lane where;
  std::string_view reference;  // manual section, standard clause or kernel function it stands for
  bool journey;                // shown in a frame's journey
};

/// Name, lane and reference of a stage.
const stage_info& info(stage what);
/// The stage of that name, or stage::count.
stage stage_by_name(std::string_view name);

/// What the DMA API objects to (event::b of dma_misuse).
namespace dma_fault {
inline constexpr std::uint64_t overlap = 0;
inline constexpr std::uint64_t not_mapped = 1;
inline constexpr std::uint64_t size_mismatch = 2;
inline constexpr std::uint64_t direction = 3;
inline constexpr std::uint64_t not_allocated = 4;
inline constexpr std::uint64_t cpu_access = 5;
}  // namespace dma_fault

/// Marks of a delivered frame (event::a of socket_enqueue).
namespace socket_mark {
inline constexpr std::uint64_t unverified = std::uint64_t{1} << 63;  // its reader verifies the checksum
}  // namespace socket_mark

/// Marks of a drop (event::a of skb_drop).
namespace drop_mark {
inline constexpr std::uint64_t revoked = 1;  // it had been delivered: this is its fate instead
inline constexpr std::uint64_t stored = 2;   // it had been committed to the FIFO
}  // namespace drop_mark

/// Marks of a frame on the wire (event::b of wire_sof).
namespace wire_mark {
inline constexpr std::uint64_t bad_fcs = 1;
inline constexpr std::uint64_t rx_er = 2;
inline constexpr std::uint64_t runt = 4;
inline constexpr std::uint64_t oversize = 8;
inline constexpr std::uint64_t padded = 16;  // below 60 bytes, padded as a sender's MAC would
inline constexpr std::uint64_t broadcast = 32;
inline constexpr std::uint64_t multicast = 64;     // and not broadcast
inline constexpr std::uint64_t mac_control = 128;  // of type 8808: PAUSE and its like
inline constexpr std::uint64_t damaged = bad_fcs | rx_er;
}  // namespace wire_mark

}  // namespace ringside
